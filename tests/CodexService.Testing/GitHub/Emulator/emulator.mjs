// Starts the emulator inside this process and keeps hold of its tables, so that what git knows can be put into them.
import { readFileSync } from 'node:fs';
import { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createEmulator } from 'emulate';

/**
 * @param {string} baseUrl address that its answers name: the proxy's
 * @returns tables of the emulator, its tokens, its webhooks, and `add`, which seeds more people and repositories
 */
export async function start(baseUrl, seed) {
    const folder = dirname(fileURLToPath(import.meta.resolve('emulate')));
    const [, file] = readFileSync(join(folder, 'api.js'), 'utf8').match(/import\("\.\/([^"]+)"\);\s*return \{ ?\s*plugin: mod\.githubPlugin/);
    const github = await import(pathToFileURL(join(folder, file)));
    const register = github.githubPlugin.register;
    let captured;
    github.githubPlugin.register = (app, store, webhooks, url, tokens) => {
        captured = { store, webhooks, tokens };
        register(app, store, webhooks, url, tokens);
    };
    const port = await listening(() => createEmulator({ service: 'github', port: 0, baseUrl, seed }));
    const { store, webhooks, tokens } = captured;
    const headers = (authorization) => (authorization ? { authorization } : {});
    return {
        tables: github.getGitHubStore(store),
        webhooks,
        tokens,
        port,
        add: (config) => github.seedFromConfig(store, baseUrl, config),
        /** A GET past the proxy, as the holder of the credentials. */
        ask: async (path, authorization) => (await fetch(`http://127.0.0.1:${port}${path}`, { headers: headers(authorization) })).json(),
    };
}

// The emulator does not tell which port the system gave it, and a port that is looked for before may be somebody else's by the time that
// it listens. It never ends idle connections: a request that is on its way at that moment would be lost.
function listening(begin) {
    return new Promise((done, fail) => {
        const { listen } = Server.prototype;
        Server.prototype.listen = function (port) {
            Server.prototype.listen = listen;
            this.keepAliveTimeout = 0;
            this.once('error', fail).once('listening', () => done(this.address().port));
            return listen.call(this, port, '127.0.0.1');
        };
        begin().catch(fail);
    });
}
