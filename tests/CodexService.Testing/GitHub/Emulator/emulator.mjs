// Starts the emulator inside this process and keeps hold of its tables, so that what git knows can be put into them.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createEmulator } from 'emulate';

/**
 * @param {number} port where the emulator listens
 * @param {string} baseUrl address that its answers name: the proxy's
 * @returns tables of the emulator, its tokens, its webhooks, and `add`, which seeds more people and repositories
 */
export async function start(port, baseUrl, seed) {
    const folder = dirname(fileURLToPath(import.meta.resolve('emulate')));
    const [, file] = readFileSync(join(folder, 'api.js'), 'utf8').match(/import\("\.\/([^"]+)"\);\s*return \{ ?\s*plugin: mod\.githubPlugin/);
    const github = await import(pathToFileURL(join(folder, file)));
    const register = github.githubPlugin.register;
    let captured;
    github.githubPlugin.register = (app, store, webhooks, url, tokens) => {
        captured = { store, webhooks, tokens };
        register(app, store, webhooks, url, tokens);
    };
    await createEmulator({ service: 'github', port, baseUrl, seed });
    const { store, webhooks, tokens } = captured;
    const headers = (authorization) => (authorization ? { authorization } : {});
    return {
        tables: github.getGitHubStore(store),
        webhooks,
        tokens,
        address: `http://localhost:${port}`,
        add: (config) => github.seedFromConfig(store, baseUrl, config),
        /** A GET past the proxy, as the holder of the credentials. */
        ask: async (path, authorization) => (await fetch(`http://localhost:${port}${path}`, { headers: headers(authorization) })).json(),
    };
}
