// Who asks. Personal tokens are the emulator's own. Apps sign in here, because the emulator's library refuses a private key
// where it verifies: JSON web tokens are verified as GitHub does, and installation tokens are minted for the repositories
// that they name. An App acts as its bot.
import { createPublicKey, randomBytes, verify } from 'node:crypto';

const badCredentials = [401, { message: 'Bad credentials' }];

export class Credentials {
    #apps;
    #emulator;
    #minted = new Map();

    /** What a repository is called now: a token is good for it under its former names, too. */
    presentName = (owner, name) => name;

    constructor(apps, emulator) {
        this.#apps = apps;
        this.#emulator = emulator;
        for (const app of apps) {
            emulator.add({ users: [{ login: `${app.slug}[bot]` }] });
            const { users } = emulator.tables;
            users.update(users.findOneBy('login', `${app.slug}[bot]`).id, { type: 'Bot' });
        }
    }

    /** Gives a person a token, and makes the person when there is none of this name. */
    add(token, login) {
        this.#emulator.add({ users: [{ login }] });
        this.#emulator.tokens.set(token, { login, id: this.#emulator.tables.users.findOneBy('login', login).id, scopes: ['repo'] });
    }

    /** Makes every installation token that was minted so far useless. */
    revoke() {
        for (const token of this.#minted.keys()) this.#emulator.tokens.delete(token);
        this.#minted.clear();
    }

    /** The token of a header, of git's basic form too. */
    static token(header) {
        const [, kind, value] = (header ?? '').match(/^(\w+) (.+)$/) ?? [];
        return kind?.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().replace(/^[^:]*:/, '') || Buffer.from(value, 'base64').toString().split(':')[0] : value;
    }

    /** The answer to a call that needs no installation: the App itself, and the exchange of a manifest's code. */
    ofApp(method, path) {
        const [app] = this.#apps;
        const shown = { id: app.app_id, slug: app.slug, name: app.name, html_url: `https://github.com/apps/${app.slug}`, permissions: app.permissions, events: app.events ?? [] };
        if (method === 'POST' && /^\/app-manifests\/[^/]+\/conversions$/.test(path)) {
            if (path.split('/')[2] !== 'good-code') return [404, { message: 'Not Found' }];
            return [201, { ...shown, client_id: 'Iv1.0', client_secret: 'not-used', webhook_secret: 'made-by-github-for-the-app', pem: app.private_key }];
        }
        return method === 'GET' && path === '/app' ? [200, shown] : undefined;
    }

    /** {login, isApp} of an API call, or {answer} when it may not go on. */
    of(method, path, header, payload) {
        const token = Credentials.token(header);
        if (path.startsWith('/app-manifests/')) return { answer: this.ofApp(method, path) };
        if (token === undefined) return {};
        if (token.startsWith('eyJ')) return this.#asApp(token, method, path, payload);
        const known = this.#emulator.tokens.get(token);
        if (!known) return { answer: badCredentials };
        const minted = this.#minted.get(token);
        if (minted && path === '/installation/repositories') return { answer: [200, this.#installed(minted)] };
        return minted && !this.#covers(minted, path) ? { answer: [404, { message: 'Not Found' }] } : { login: known.login, isApp: minted !== undefined };
    }

    #asApp(token, method, path, payload) {
        const app = this.#signedBy(token);
        if (!app) return { answer: [401, { message: 'A JSON web token could not be decoded' }] };
        if (path === '/app') return { answer: this.ofApp(method, path) };
        if (path === '/app/installations') return { answer: [200, this.#emulator.tables.appInstallations.all().map((one) => ({ id: one.installation_id, account: { login: one.account_login }, suspended_at: one.suspended_at ?? null }))] };
        const wanted = path.match(/^\/app\/installations\/(\d+)\/access_tokens$/);
        if (!wanted || method !== 'POST') return { isAppItself: true };
        const installation = this.#emulator.tables.appInstallations.all().find((one) => one.installation_id === Number(wanted[1]));
        if (!installation) return { answer: [404, { message: 'Not Found' }] };
        if (installation.suspended_at) return { answer: [403, { message: 'This installation has been suspended' }] };
        const body = payload.length > 0 ? JSON.parse(payload) : {};
        const names = this.#emulator.tables.repos.all().map((one) => one.full_name.toLowerCase());
        if (body.repositories?.some((name) => !names.includes(`${installation.account_login}/${name}`.toLowerCase()))) {
            return { answer: [422, { message: 'There is at least one repository that does not exist or is not accessible to the parent installation.' }] };
        }
        const value = `ghs_${randomBytes(20).toString('hex')}`;
        this.#minted.set(value, { account: installation.account_login, repositories: body.repositories });
        this.#emulator.tokens.set(value, { login: `${app.slug}[bot]`, id: 0, scopes: ['repo'] });
        return { answer: [201, { token: value, expires_at: new Date(Date.now() + 3600_000).toISOString(), permissions: body.permissions ?? app.permissions, repository_selection: body.repositories ? 'selected' : 'all' }] };
    }

    #installed({ account, repositories }) {
        const all = this.#emulator.tables.repos.all().filter((one) => one.full_name.toLowerCase().startsWith(`${account}/`.toLowerCase()) && (repositories?.includes(one.name) ?? true));
        return { total_count: all.length, repositories: all.map((one) => ({ id: one.id, full_name: one.full_name })) };
    }

    #covers(minted, path) {
        const [, owner, name] = path.match(/^\/(?:repos\/)?([^/]+)\/([^/]+?)(?:\.git)?(?:\/|$)/) ?? [];
        if (owner === 'repositories' || path === '/graphql') return true;
        const present = owner && this.presentName(owner, name);
        return owner?.toLowerCase() === minted.account.toLowerCase() && (minted.repositories?.some((one) => this.presentName(owner, one).toLowerCase() === present.toLowerCase()) ?? true);
    }

    // RS256 by hand: the claims and the limits of docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App".
    #signedBy(token) {
        try {
            const [head, body, signature] = token.split('.');
            const claims = JSON.parse(Buffer.from(body, 'base64url'));
            const app = this.#apps.find((one) => String(one.app_id) === String(claims.iss));
            const now = Date.now() / 1000;
            const good = app && JSON.parse(Buffer.from(head, 'base64url')).alg === 'RS256' && claims.iat <= now && claims.exp > now && claims.exp - now <= 600
                && verify('RSA-SHA256', Buffer.from(`${head}.${body}`), createPublicKey(app.private_key), Buffer.from(signature, 'base64url'));
            return good ? app : undefined;
        } catch {
            return undefined;
        }
    }
}
