// GitHub for the tests: REST API, git over HTTP, webhooks. Reads its seed as one line of JSON from standard input, prints one
// line {"url": …, "enterprise": …}, and ends when standard input closes. The second address is the same as an Enterprise Server
// has it (enterprise.mjs).
//
// Behind the proxy stands emulate 0.9.0 from npm for people, issues, comments, labels, pull requests, reviews and checks. Every
// request is checked against GitHub's OpenAPI description (description.mjs); what does not fit is listed at GET /_violations.
// What the emulator does otherwise than GitHub documents, or not at all, is done here:
//   - git is real (repositories.mjs, objects.mjs, gitdata.mjs, transport.mjs): bare repositories; clone, fetch and push;
//     git/refs, git/commits, git/trees, git/blobs, contents, compare, pulls/{n}/files, diffs and merges are answered from
//     them. Commits, branches and heads go into the emulator's tables under git's own ids; refs/pull/{n}/head is kept;
//   - a push or a moved reference is told to hooks as push and as synchronize of its pull requests;
//   - GraphQL knows one mutation, which marks a draft as ready;
//   - Apps sign in, act as their bot and are limited to the repositories of their token (credentials.mjs);
//   - Apps write no tree with workflows in it, as they do without the permission "workflows" (404);
//   - writes by people without write access, and to archived repositories, are refused; renamed ones answer 301;
//   - a second open pull request of a branch, one without commits or without its branches is refused (differences.mjs);
//   - a merge looks at the expected head, at draft and at conflicts, with GitHub's statuses, and closes the issues that the
//     body names;
//   - a pull request is found as an issue; review comments may name a line; replies have their newer form; reactions and
//     commit statuses are answered and forgotten;
//   - roles are called admin, write, read and none, and everybody who is there may read what is public;
//   - webhooks (webhooks.mjs) have GUIDs, App's installation, and say pull_request of a pull request's labels and assignees;
//     an App finds those that failed and asks for them again.
// Not made up for: commits have no signature in git (verification of an App's own says valid); mergeable is known at once; pull
// requests from forks; the rate limit (see faults).
//
// POST /_control/{what} changes the world (control.mjs) and injects faults (faults.mjs).
import { createServer, request as send } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, violations } from './description.mjs';
import { control } from './control.mjs';
import { Credentials } from './credentials.mjs';
import { differences } from './differences.mjs';
import { start } from './emulator.mjs';
import { asEnterprise } from './enterprise.mjs';
import { Faults, inPlace } from './faults.mjs';
import { gitRoutes } from './gitdata.mjs';
import { Repositories } from './repositories.mjs';
import { serveGit } from './transport.mjs';
import { Webhooks } from './webhooks.mjs';

// One line is the seed; what follows is only waited for.
const readSeed = () => new Promise((done) => {
    let text = '';
    process.stdin.setEncoding('utf8').on('data', function read(part) {
        text += part;
        if (!text.includes('\n')) return;
        process.stdin.off('data', read).resume();
        done(JSON.parse(text.slice(0, text.indexOf('\n'))));
    });
});

const folder = mkdtempSync(join(tmpdir(), 'codex-github-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.stdin.on('end', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));

// Idle connections stay, those that nothing was ever sent on too: a request that is on its way when one is ended would be lost.
const listen = async () => {
    const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    return [server, `http://127.0.0.1:${server.address().port}`];
};
const [proxy, address] = await listen();
const [enterpriseProxy, enterpriseAddress] = await listen();
const enterprise = asEnterprise(address, enterpriseAddress);

const seed = await readSeed();
const everywhere = 'token everything-for-the-proxy';
const { repos = [], apps = [], ...github } = seed.github;
const tokens = { ...seed.tokens, 'everything-for-the-proxy': { login: 'admin', scopes: ['repo'] } };
const emulator = { ...(await start(address, { tokens, github: { ...github, apps } })), everywhere };
const credentials = new Credentials(apps, emulator);
const faults = new Faults();
const webhooks = new Webhooks(emulator);
const repositories = new Repositories(emulator, folder, address);
credentials.presentName = (owner, name) => repositories.byId(repositories.formerly(owner, name) ?? 0)?.row.name ?? name;
repos.forEach((one) => repositories.create(one));
const routes = gitRoutes(repositories, emulator, address);
const controls = control({ repositories, credentials, faults, webhooks, emulator });

// Writes that need no write access: to say something.
const open = /^\/(issues(\/\d+\/(comments|reactions))?|issues\/comments\/\d+(\/reactions)?|pulls\/\d+\/(comments|reviews)(\/\d+\/replies)?|pulls\/comments\/\d+(\/reactions)?)$/;

async function answerTo({ method, url, payload, headers, accept }) {
    const path = url.pathname;
    const who = credentials.of(method, path, headers.authorization, payload);
    if (who.answer) return who.answer;
    if (path === '/graphql') return graphql(JSON.parse(payload));
    if (who.isAppItself && path.startsWith('/app/hook/deliveries')) return webhooks.ofApp(method, path);
    const [, byId, rest0 = ''] = path.match(/^\/repositories\/(\d+)(\/.*)?$/) ?? [];
    const [, owner, name, rest = ''] = byId ? [undefined, ...repositories.byId(Number(byId)).row.full_name.split('/'), rest0] : path.match(/^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/) ?? [];
    if (owner === undefined) return forward({ method, path: path + url.search, payload, headers });
    const repository = repositories.find(owner, name);
    if (!repository) {
        const moved = repositories.formerly(owner, name);
        return moved
            ? [301, { message: 'Moved Permanently', url: `${address}/repositories/${moved}${rest}` }, { location: `${address}/repositories/${moved}${rest}${url.search}` }]
            : [404, { message: 'Not Found' }];
    }
    if (rest !== '/installation' && !repositories.mayRead(repository, who.login)) return [404, { message: 'Not Found' }];
    if (method !== 'GET') {
        if (!who.login) return [401, { message: 'Requires authentication' }];
        if (repository.row.archived) return [403, { message: 'Repository was archived so is read-only.' }];
        if (!open.test(rest) && !repositories.mayWrite(repository, who.login)) return [403, { message: who.isApp ? 'Resource not accessible by integration' : 'Resource not accessible by personal access token' }];
    }
    const body = payload.length > 0 ? JSON.parse(payload) : undefined;
    const route = routes.find((one) => one.method === method && one.path.test(rest) && (!one.accept || one.accept.test(accept)));
    const answered = route?.handle({ repository, login: who.login, isApp: who.isApp, match: rest.match(route.path).map((part) => part && decodeURIComponent(part)), url, body, accept });
    if (answered) return answered;
    return bent({ method, path: `/repos/${repository.row.full_name}${rest}`, search: url.search, payload, body, headers, repository });
}

// The one mutation that the REST API has no call for.
function graphql({ query, variables }) {
    const pull = emulator.tables.pullRequests.all().find((one) => one.node_id === variables.id);
    if (!query.includes('markPullRequestReadyForReview') || !pull) return [200, { errors: [{ type: 'NOT_FOUND', message: 'Could not resolve to a node' }] }];
    emulator.tables.pullRequests.update(pull.id, { draft: false });
    return [200, { data: { markPullRequestReadyForReview: { clientMutationId: null } } }];
}

async function bent({ method, path, search, payload, body, headers, repository }) {
    const difference = differences.find((one) => one.method === method && one.pattern.test(path));
    const match = difference && path.match(difference.pattern);
    const help = { ask: (what) => emulator.ask(what, everywhere), ref: (ref) => repositories.ref(repository, ref), role: (login) => repositories.role(repository, login) };
    if (difference?.made) return [201, difference.made(body)];
    if (difference?.refuse) return inTurn(repository.id, async () => await difference.refuse(match, body, help) ?? forward({ method, path: path + search, payload, headers }));
    const instead = await difference?.instead?.(match, help);
    if (instead) return [200, instead];
    if (!difference?.request) return forward({ method, path: path + search, payload, headers });
    const changed = difference.request(match, body);
    return forward({ method, path: changed.path, payload: Buffer.from(JSON.stringify(changed.body)), headers });
}

// One after the other: two that look at the same time would both find that nothing stands against them.
const turns = new Map();
function inTurn(key, work) {
    const mine = (turns.get(key) ?? Promise.resolve()).then(work);
    turns.set(key, mine.catch(() => {}));
    return mine;
}

const forward = ({ method, path, payload, headers: { 'transfer-encoding': chunked, ...headers } }) => new Promise((done) => {
    const forwarded = send({ host: '127.0.0.1', port: emulator.port, method, path, headers: { ...headers, host: new URL(address).host, 'content-length': payload.length } }, (answered) => {
        const parts = [];
        answered.on('data', (part) => parts.push(part));
        answered.on('end', () => done([answered.statusCode, Buffer.concat(parts), answered.headers]));
    });
    forwarded.on('error', (problem) => done([502, { message: problem.message }]));
    forwarded.end(payload);
});

function write(outgoing, answer) {
    const [status, value, extra] = outgoing.isEnterprise ? enterprise.answer(answer) : answer;
    const headers = typeof extra === 'string' ? { 'content-type': extra } : extra ?? {};
    if (Buffer.isBuffer(value)) outgoing.writeHead(status, headers).end(value);
    else if (value === undefined) outgoing.writeHead(status, headers).end();
    else outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(value));
}

async function handle(incoming, outgoing, payload) {
    const url = new URL(outgoing.isEnterprise ? enterprise.path(incoming.url) : incoming.url, address);
    if (url.pathname === '/_violations') return write(outgoing, [200, violations]);
    const [, what] = url.pathname.match(/^\/_control\/(\w+)$/) ?? [];
    if (what) return write(outgoing, controls[what] ? [200, await controls[what](payload.length > 0 ? JSON.parse(payload) : {})] : [404, { message: `there is no control ${what}` }]);

    const fault = faults.next(incoming.method, url.pathname);
    if (fault?.kind === 'cut') return incoming.socket.destroy();
    if (fault?.kind === 'delay') await new Promise((passed) => setTimeout(passed, fault.milliseconds));
    const [, owner, name, rest] = url.pathname.match(/^\/([^/]+)\/([^/]+)\.git(\/.*)$/) ?? [];
    if (owner) return clone(incoming, outgoing, { url, payload, owner, name, rest });
    if (!/^\/(repositories\/|graphql$)/.test(url.pathname)) check(incoming.method, url, payload.toString('utf8'));
    const answer = inPlace(fault) ?? await answerTo({ method: incoming.method, url, payload, headers: incoming.headers, accept: incoming.headers.accept ?? '' });
    if (fault?.kind === 'lost') return incoming.socket.destroy();
    return write(outgoing, fault?.kind === 'failed' ? [502, { message: 'Server Error' }] : answer);
}

function clone(incoming, outgoing, { url, payload, owner, name, rest }) {
    const { login, answer } = credentials.of('GIT', `/${owner}/${name}`, incoming.headers.authorization, payload);
    if (answer) return write(outgoing, answer);
    const repository = repositories.find(owner, name);
    if (repository) return serveGit(repositories, repository, rest, { incoming, outgoing, url, payload, login });
    const moved = repositories.formerly(owner, name);
    return write(outgoing, moved ? [301, undefined, { location: `${address}/${repositories.byId(moved).row.full_name}.git${rest}${url.search}` }] : [404, { message: 'Repository not found.' }]);
}

const serve = (server, isEnterprise) => server.on('request', (incoming, outgoing) => {
    outgoing.isEnterprise = isEnterprise;
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => handle(incoming, outgoing, Buffer.concat(parts)).catch((problem) => {
        if (!outgoing.headersSent) write(outgoing, [500, { message: `the proxy failed: ${problem.stack ?? problem}` }]);
    }));
});
serve(proxy, false);
serve(enterpriseProxy, true);
console.log(JSON.stringify({ url: `${address}/`, enterprise: `${enterpriseAddress}/api/v3/` }));
