// Git's own protocol over HTTP, by git's http-backend: clone and fetch for whoever may read, push for whoever may write.
import { spawn } from 'node:child_process';

// What protocol version 2 says first names no references: it is the same for every repository, and asked for most often.
let capabilities;

/** Answers a request for /{owner}/{name}.git/…; `login` is who asks, undefined for nobody. */
export function serveGit(repositories, repository, rest, { incoming, outgoing, url, payload, login }) {
    const pushes = url.searchParams.get('service') === 'git-receive-pack' || rest === '/git-receive-pack';
    const may = pushes ? repositories.mayWrite(repository, login) && !repository.row.archived : repositories.mayRead(repository, login);
    if (!may) {
        if (login) outgoing.writeHead(pushes ? 403 : 404).end(pushes ? 'Permission denied\n' : 'Repository not found.\n');
        else outgoing.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
        return;
    }
    const asksCapabilities = url.search === '?service=git-upload-pack' && rest === '/info/refs' && incoming.headers['git-protocol'] === 'version=2';
    if (asksCapabilities && capabilities) {
        outgoing.writeHead(...capabilities.head).end(capabilities.body);
        return;
    }
    const backend = spawn('git', ['http-backend'], {
        env: {
            PATH: process.env.PATH,
            GIT_CONFIG_NOSYSTEM: '1',
            GIT_CONFIG_GLOBAL: '/dev/null',
            GIT_PROJECT_ROOT: repository.directory,
            GIT_HTTP_EXPORT_ALL: '1',
            PATH_INFO: rest,
            QUERY_STRING: url.search.slice(1),
            REQUEST_METHOD: incoming.method,
            CONTENT_TYPE: incoming.headers['content-type'] ?? '',
            CONTENT_LENGTH: String(payload.length),
            HTTP_CONTENT_ENCODING: incoming.headers['content-encoding'] ?? '',
            GIT_PROTOCOL: incoming.headers['git-protocol'] ?? '',
            REMOTE_ADDR: '127.0.0.1',
            ...(login ? { REMOTE_USER: login } : {}),
        },
    });
    const parts = [];
    backend.stdout.on('data', (part) => parts.push(part));
    backend.stderr.resume();
    backend.on('close', () => {
        const whole = Buffer.concat(parts);
        const end = whole.indexOf('\r\n\r\n');
        const headers = Object.fromEntries(whole.toString('latin1', 0, Math.max(end, 0)).split('\r\n').filter(Boolean).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
        const status = Number(headers.status?.slice(0, 3) ?? (end < 0 ? 500 : 200));
        delete headers.status;
        if (rest === '/git-receive-pack' && incoming.method === 'POST') repositories.sync(repository, login);
        if (asksCapabilities && status === 200) capabilities = { head: [status, headers], body: whole.subarray(end + 4) };
        outgoing.writeHead(status, headers).end(whole.subarray(end + 4));
    });
    backend.stdin.on('error', () => {});
    backend.stdin.end(payload);
}
