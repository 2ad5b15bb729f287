// GitHub's REST API for the tests. Reads the emulator's seed as JSON from standard input, prints one line
// {"url": …, "emulator": …}, and ends when standard input closes.
//
// Requests go through a proxy that checks method, path, query and body against GitHub's own OpenAPI description;
// what does not fit is listed at GET /_violations. The emulator itself accepts more than GitHub does.
//
// Where emulate 0.9.0 differs from GitHub's documentation, the proxy makes up for it (see `differences`):
//   - GET git/commits/{sha} answers in the form of GET commits/{sha}: tree, message and verification lie one level deeper;
//   - replies to review comments are only known in their older form, POST pulls/{n}/comments with in_reply_to_id;
//   - reactions are not known: they are answered and forgotten;
//   - no App can sign in: it verifies tokens with the private key, which its library refuses. The proxy verifies them
//     as GitHub does, mints installation tokens that are good for the repositories they name, and lets them pass as a
//     token of the account;
//   - a second open pull request of a branch is not refused, a merge does not look at the expected head, a pull request
//     is not found as an issue, and comments of a review need a position in place of a line.
// Not made up for: object ids are random and not git's, so what was pushed cannot be cloned; commits are not signed;
// GET contents/{path} is missing.
import { createServer, request as send } from 'node:http';
import { createRequire } from 'node:module';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { createServer as reserve } from 'node:net';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { createEmulator } from 'emulate';

const require = createRequire(import.meta.url);
const description = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
allowNull(description);
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, logger: false });
addFormats(ajv);
ajv.addSchema(description, 'github');

const operations = Object.entries(description.paths).flatMap(([template, item]) =>
    Object.keys(item)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method) => ({ method: method.toUpperCase(), template, literals: (template.match(/\{/g) ?? []).length, pattern: pattern(template), item, operation: item[method] })));
const violations = [];

// OpenAPI 3.0's nullable beside anything but a type is unknown to the validator.
function allowNull(node) {
    if (node === null || typeof node !== 'object') return;
    if (node.nullable === true && node.type === undefined && !Array.isArray(node)) {
        const { nullable, ...rest } = node;
        Object.keys(node).forEach((key) => delete node[key]);
        node.anyOf = [rest, { type: 'null' }];
    }
    Object.values(node).forEach(allowNull);
}

// A path parameter is one segment; GitHub's {path} and {ref} may hold several.
function pattern(template) {
    const source = template.split('/').map((part) => part.startsWith('{') ? (part === '{path}' || part === '{ref}' ? '.+' : '[^/]+') : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('/');
    return new RegExp(`^${source}$`);
}

function resolve(node) {
    return node?.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], description) : node;
}

function check(method, url, body) {
    const found = operations.filter((one) => one.method === method && one.pattern.test(url.pathname)).sort((a, b) => a.literals - b.literals)[0];
    const says = (problem) => violations.push(`${method} ${url.pathname}: ${problem}`);
    if (!found) {
        says('there is no such operation');
        return;
    }
    const parameters = [...(found.item.parameters ?? []), ...(found.operation.parameters ?? [])].map(resolve).filter((one) => one.in === 'query');
    for (const name of url.searchParams.keys()) {
        if (!parameters.some((one) => one.name === name)) says(`there is no query parameter ${name}`);
    }
    const escape = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');
    const content = resolve(found.operation.requestBody)?.content?.['application/json'];
    if (body.length === 0) {
        if (resolve(found.operation.requestBody)?.required) says('the body is missing');
        return;
    }
    if (!content) {
        says('there should be no body');
        return;
    }
    let value;
    try {
        value = JSON.parse(body);
    } catch (problem) {
        says(`the body is no JSON: ${problem.message}`);
        return;
    }
    const pointer = found.operation.requestBody.$ref
        ? `${found.operation.requestBody.$ref}/content/application~1json/schema`
        : `#/paths/${escape(found.template)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
    const validate = ajv.getSchema(`github${encodeURI(pointer)}`) ?? ajv.compile({ $ref: `github${encodeURI(pointer)}` });
    if (!validate(value)) says(ajv.errorsText(validate.errors));
    const known = resolve(content.schema)?.properties;
    for (const name of Object.keys(value)) {
        if (known && !Object.hasOwn(known, name)) says(`there is no field ${name}`);
    }
}

const differences = [
    {
        method: 'GET',
        pattern: /\/git\/commits\/[^/]+$/,
        answer: (body) => body.commit ? { ...body, tree: body.commit.tree, message: body.commit.message, verification: body.commit.verification } : body,
    },
    {
        method: 'POST',
        pattern: /^(.*\/pulls\/\d+\/comments)\/(\d+)\/replies$/,
        request: ([, path, id], body) => ({ path, body: { ...body, in_reply_to_id: Number(id) } }),
    },
    {
        method: 'POST',
        pattern: /^(.*\/pulls\/\d+\/reviews)$/,
        request: ([, path], body) => ({ path, body: { ...body, comments: body.comments?.map((one) => ({ ...one, position: one.line })) } }),
    },
    {
        method: 'POST',
        pattern: /^(\/repos\/([^/]+)\/[^/]+)\/pulls$/,
        refuse: async ([, repository, owner], body, ask) => {
            const open = await ask(`${repository}/pulls?state=open&head=${encodeURIComponent(`${owner}:${body.head}`)}`);
            return open.length > 0 ? [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message: `A pull request already exists for ${owner}:${body.head}.` }] }] : undefined;
        },
    },
    {
        method: 'PUT',
        pattern: /^(\/repos\/[^/]+\/[^/]+)\/pulls\/(\d+)\/merge$/,
        refuse: async ([, repository, number], body, ask) => {
            const { head } = await ask(`${repository}/pulls/${number}`);
            const at = await ask(`${repository}/git/ref/heads/${head.ref}`);
            return body.sha && at.object.sha !== body.sha ? [409, { message: 'Head branch was modified. Review and try the merge again.' }] : undefined;
        },
    },
    {
        method: 'GET',
        pattern: /^(\/repos\/[^/]+\/[^/]+)\/issues\/(\d+)$/,
        instead: async ([, repository, number], ask) => {
            const pull = await ask(`${repository}/pulls/${number}`);
            return pull.number ? { ...pull, locked: pull.locked ?? false } : undefined;
        },
    },
    { method: 'POST', pattern: /\/reactions$/, made: (body) => ({ id: 1, content: body.content, created_at: new Date().toISOString() }) },
];

const freePort = () => new Promise((done, fail) => {
    const server = reserve().once('error', fail).listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => done(port));
    });
});

const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
const seed = await new Promise((done) => {
    // One line is the seed; what follows is only waited for.
    const look = () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (text.includes('\n')) done(JSON.parse(text.slice(0, text.indexOf('\n'))));
        else process.stdin.once('data', look);
    };
    look();
});
process.stdin.on('end', () => process.exit(0));

const apps = seed.github?.apps ?? [];
const minted = new Map();
for (const installation of apps.flatMap((app) => app.installations)) {
    (seed.tokens ??= {})[`account-${installation.installation_id}`] = { login: installation.account, scopes: ['repo'] };
}

// RS256 by hand: the claims and the limits of docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App".
function signedBy(token) {
    const [head, body, signature] = token.split('.');
    try {
        const claims = JSON.parse(Buffer.from(body, 'base64url'));
        const app = apps.find((one) => String(one.app_id) === String(claims.iss));
        const now = Date.now() / 1000;
        const good = app && JSON.parse(Buffer.from(head, 'base64url')).alg === 'RS256' && claims.iat <= now && claims.exp > now && claims.exp - now <= 600
            && verify('RSA-SHA256', Buffer.from(`${head}.${body}`), createPublicKey(app.private_key), Buffer.from(signature, 'base64url'));
        return good ? app : undefined;
    } catch {
        return undefined;
    }
}

// What the emulator gets in place of an App's credentials, or an answer in its place.
function signIn(incoming, url, payload) {
    const token = (incoming.headers.authorization ?? '').replace(/^(Bearer|token) /i, '');
    if (token.startsWith('eyJ')) {
        const app = signedBy(token);
        if (!app) return { answer: [401, { message: 'A JSON web token could not be decoded' }] };
        const wanted = url.pathname.match(/^\/app\/installations\/(\d+)\/access_tokens$/);
        if (!wanted || incoming.method !== 'POST') return {};
        const installation = app.installations.find((one) => one.installation_id === Number(wanted[1]));
        if (!installation) return { answer: [404, { message: 'Not Found' }] };
        const value = `ghs_${randomBytes(20).toString('hex')}`;
        minted.set(value, { installation, repositories: payload.length > 0 ? JSON.parse(payload).repositories : undefined });
        return { answer: [201, { token: value, expires_at: new Date(Date.now() + 3600_000).toISOString(), permissions: app.permissions, repository_selection: 'selected' }] };
    }
    if (!token.startsWith('ghs_')) return {};
    const known = minted.get(token);
    if (!known) return { answer: [401, { message: 'Bad credentials' }] };
    const [, owner, name] = url.pathname.match(/^\/repos\/([^/]+)\/([^/]+)/) ?? [];
    return owner?.toLowerCase() === known.installation.account.toLowerCase() && (known.repositories?.includes(name) ?? true)
        ? { authorization: `Bearer account-${known.installation.installation_id}` }
        : { answer: [404, { message: 'Not Found' }] };
}

const port = await freePort();
const emulator = await createEmulator({ service: 'github', port, seed });
const proxy = createServer((incoming, outgoing) => {
    const body = [];
    incoming.on('data', (chunk) => body.push(chunk));
    const answer = (status, value) => outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    incoming.on('end', async () => {
        const url = new URL(incoming.url, 'http://proxy');
        if (url.pathname === '/_violations') {
            answer(200, violations);
            return;
        }
        let payload = Buffer.concat(body);
        let path = incoming.url;
        check(incoming.method, url, payload.toString('utf8'));
        const signed = signIn(incoming, url, payload);
        if (signed.answer) {
            answer(...signed.answer);
            return;
        }
        const authorization = signed.authorization ?? incoming.headers.authorization;
        const ask = async (what) => (await fetch(`http://localhost:${port}${what}`, { headers: authorization ? { authorization } : {} })).json();
        const difference = differences.find((one) => one.method === incoming.method && one.pattern.test(url.pathname));
        if (difference?.made) {
            answer(201, difference.made(JSON.parse(payload)));
            return;
        }
        const refused = await difference?.refuse?.(url.pathname.match(difference.pattern), JSON.parse(payload), ask);
        if (refused) {
            answer(...refused);
            return;
        }
        const instead = await difference?.instead?.(url.pathname.match(difference.pattern), ask);
        if (instead) {
            answer(200, instead);
            return;
        }
        if (difference?.request) {
            const changed = difference.request(url.pathname.match(difference.pattern), JSON.parse(payload));
            path = changed.path;
            payload = Buffer.from(JSON.stringify(changed.body));
        }
        const headers = { ...incoming.headers, host: `localhost:${port}`, 'content-length': payload.length };
        if (authorization) headers.authorization = authorization;
        const forwarded = send({ host: 'localhost', port, method: incoming.method, path, headers }, (answered) => {
            if (!difference?.answer || answered.statusCode !== 200) {
                outgoing.writeHead(answered.statusCode, answered.headers);
                answered.pipe(outgoing);
                return;
            }
            const parts = [];
            answered.on('data', (part) => parts.push(part));
            answered.on('end', () => answer(200, difference.answer(JSON.parse(Buffer.concat(parts)))));
        });
        forwarded.on('error', (problem) => outgoing.writeHead(502).end(problem.message));
        forwarded.end(payload);
    });
}).listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${proxy.address().port}/`, emulator: emulator.url })));
