// GitHub's REST API for the tests. Reads the emulator's seed as JSON from standard input, prints one line
// {"url": …, "emulator": …}, and ends when standard input closes.
//
// Requests go through a proxy that checks method, path, query and body against GitHub's own OpenAPI description;
// what does not fit is listed at GET /_violations. The emulator itself accepts more than GitHub does.
import { createServer, request as send } from 'node:http';
import { createRequire } from 'node:module';
import { createServer as reserve } from 'node:net';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { createEmulator } from 'emulate';

const require = createRequire(import.meta.url);
const description = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, logger: false });
addFormats(ajv);
ajv.addSchema(description, 'github');

const operations = Object.entries(description.paths).flatMap(([template, item]) =>
    Object.keys(item)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method) => ({ method: method.toUpperCase(), template, literals: (template.match(/\{/g) ?? []).length, pattern: pattern(template), item, operation: item[method] })));
const violations = [];

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

const port = await freePort();
const emulator = await createEmulator({ service: 'github', port, seed });
const proxy = createServer((incoming, outgoing) => {
    const body = [];
    incoming.on('data', (chunk) => body.push(chunk));
    incoming.on('end', () => {
        const url = new URL(incoming.url, 'http://proxy');
        if (url.pathname === '/_violations') {
            outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(violations));
            return;
        }
        check(incoming.method, url, Buffer.concat(body).toString('utf8'));
        const headers = { ...incoming.headers, host: `localhost:${port}` };
        const forwarded = send({ host: 'localhost', port, method: incoming.method, path: incoming.url, headers }, (answer) => {
            outgoing.writeHead(answer.statusCode, answer.headers);
            answer.pipe(outgoing);
        });
        forwarded.on('error', (problem) => outgoing.writeHead(502).end(problem.message));
        forwarded.end(Buffer.concat(body));
    });
}).listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${proxy.address().port}/`, emulator: emulator.url })));
