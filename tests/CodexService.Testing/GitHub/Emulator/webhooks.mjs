// Delivers webhooks: the payloads are the emulator's (with what GitHub's have and its lack), delivery ids are GUIDs, and every
// delivery is signed. Deliveries of one hook keep their order.
import { createHmac, randomUUID } from 'node:crypto';

export class Webhooks {
    #emulator;
    #hooks = [];
    #deliveries = [];
    #tries = [];
    #queue = Promise.resolve();

    constructor(emulator) {
        this.#emulator = emulator;
        const { webhooks } = emulator;
        webhooks.dispatch = (event, action, payload, owner, name) => {
            this.#queue = this.#queue.then(async () => this.#dispatch(event, typeof payload === 'function' ? await payload() : payload, owner, name)).catch((problem) => console.error(problem));
            return this.#queue;
        };
    }

    /** A hook of one repository ("owner/name"), or of the App, which hears of every repository that it is installed on. */
    add({ repository, url, secret, events = ['*'] }) {
        this.#hooks.push({ id: this.#hooks.length + 1, repository: repository?.toLowerCase(), url, secret, events });
        return this.#hooks.length;
    }

    clear() {
        this.#hooks = [];
    }

    deliveries() {
        return this.#deliveries.map(({ id, event, action, url, status, body }) => ({ id, event, action, url, status, payload: JSON.parse(body) }));
    }

    /** Sends a delivery again, under its own id, as GitHub's "redeliver" does. */
    async redeliver(id) {
        const delivery = this.#deliveries.find((one) => one.id === id);
        if (delivery) await this.#send(delivery);
        return delivery !== undefined;
    }

    /** The App's own calls: tries that failed, newest first, and another try. */
    async ofApp(method, path) {
        if (method === 'GET') return [200, this.#tries.filter((one) => one.status_code < 200 || one.status_code >= 400).reverse()];
        const one = this.#tries.find((known) => known.id === Number(path.split('/')[4]));
        if (!one) return [422, { message: 'Validation Failed' }];
        await this.redeliver(one.guid);
        return [202, {}];
    }

    /** Resolves when everything that was dispatched so far is delivered. */
    settled() {
        return this.#queue;
    }

    async #dispatch(event, payload, owner, name) {
        const installed = this.#emulator.tables.appInstallations.all().find((one) => one.account_login.toLowerCase() === owner?.toLowerCase() && !one.suspended_at);
        const full = `${owner}/${name}`.toLowerCase();
        const subscribed = this.#emulator.webhooks.getSubscriptions(owner, name).filter((one) => one.active).map((one) => ({ ...one, id: `r${one.id}` }));
        const hooks = [...this.#hooks.filter((hook) => (hook.repository ? hook.repository === full : installed)), ...subscribed];
        const [kind, whole] = await this.#complete(event, payload, owner, name);
        for (const hook of hooks.filter((one) => one.events.includes('*') || one.events.includes(kind))) {
            const body = JSON.stringify(installed ? { ...whole, installation: { id: installed.installation_id, node_id: `I${installed.installation_id}` } } : whole);
            const delivery = { id: randomUUID(), event: kind, action: whole.action, url: hook.url, secret: hook.secret, hook: hook.id, body, status: null };
            this.#deliveries.push(delivery);
            await this.#send(delivery);
        }
    }

    // What the emulator says of pull requests as if they were issues, GitHub says of pull requests.
    async #complete(event, payload, owner, name) {
        const repository = this.#emulator.tables.repos.findOneBy('full_name', `${owner}/${name}`);
        const number = payload.issue?.number;
        const isPull = repository && number && this.#emulator.tables.pullRequests.findBy('repo_id', repository.id).some((one) => one.number === number);
        if (!isPull) return [event, payload];
        const pull = await this.#emulator.ask(`/repos/${owner}/${name}/pulls/${number}`, this.#emulator.everywhere);
        if (event === 'issues') {
            const { issue, ...rest } = payload;
            return ['pull_request', { ...rest, number, pull_request: pull }];
        }
        return [event, { ...payload, issue: { ...payload.issue, title: pull.title, body: pull.body, state: pull.state, user: pull.user, labels: pull.labels, pull_request: { url: pull.url, html_url: pull.html_url } } }];
    }

    async #send(delivery) {
        const signature = delivery.secret ? { 'x-hub-signature-256': `sha256=${createHmac('sha256', delivery.secret).update(delivery.body).digest('hex')}` } : {};
        try {
            const answer = await fetch(delivery.url, {
                method: 'POST',
                body: delivery.body,
                headers: { 'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/emulated', 'x-github-event': delivery.event, 'x-github-delivery': delivery.id, 'x-github-hook-id': String(delivery.hook), ...signature },
                signal: AbortSignal.timeout(60_000),
            });
            delivery.status = answer.status;
            await answer.arrayBuffer();
        } catch (problem) {
            delivery.status = 0;
        }
        const known = this.#tries.some((one) => one.guid === delivery.id);
        this.#tries.push({ id: this.#tries.length + 1, guid: delivery.id, delivered_at: new Date().toISOString(), redelivery: known, duration: 0.1, status: delivery.status < 400 && delivery.status > 0 ? 'OK' : 'failed', status_code: delivery.status, event: delivery.event, action: delivery.action ?? null, installation_id: 1, repository_id: null });
    }
}
