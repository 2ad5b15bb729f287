// What a test does to the world around the client: POST /_control/{what} with JSON, answers JSON. None of it is GitHub's.
import { forgive } from './description.mjs';

export function control({ repositories, credentials, faults, webhooks, emulator }) {
    const { tables } = emulator;
    const the = ({ repository }) => {
        const found = repositories.find(...repository.split('/'));
        if (!found) throw new Error(`there is no repository ${repository}`);
        return found;
    };
    const installation = (account) => tables.appInstallations.all().find((one) => one.account_login === account);
    return {
        /** {owner, name, files, private, default_branch} → {id, clone_url} */
        repositories: (body) => ({ id: repositories.create(body).id }),
        /** {repository, branch, message, files, login, from} → {sha}; a file of null is deleted */
        commits: (body) => ({ sha: repositories.push(the(body), body) }),
        /** {repository} → {"refs/heads/main": sha, …} */
        refs: (body) => Object.fromEntries(repositories.refs(the(body))),
        /** {repository, ref} deletes it, {repository, ref, sha} moves it as a forced push does */
        move: (body) => {
            if (body.sha) repositories.setRef(the(body), body.ref, body.sha, body.login);
            else repositories.deleteRef(the(body), body.ref, body.login);
            return {};
        },
        /** {repository, archived, private, default_branch, …}: columns of the repository */
        change: ({ repository, ...columns }) => {
            tables.repos.update(the({ repository }).id, columns);
            return {};
        },
        /** {repository, name} */
        rename: (body) => {
            repositories.rename(the(body), body.name);
            return {};
        },
        /** {repository} is gone, as if deleted or made invisible */
        remove: (body) => {
            const found = the(body);
            tables.repos.delete(found.id);
            repositories.remove(found);
            return {};
        },
        /** {repository, branch}: needs reviews, takes no direct move */
        protect: (body) => {
            tables.branchProtections.insert({ repo_id: the(body).id, branch_name: body.branch, required_status_checks: null, required_pull_request_reviews: { required_approving_review_count: 1 } });
            return {};
        },
        /** {repository, number, …}: columns of a pull request, for example draft or mergeable */
        pull: ({ repository, number, ...columns }) => {
            tables.pullRequests.update(tables.pullRequests.findBy('repo_id', the({ repository }).id).find((one) => one.number === number).id, columns);
            return {};
        },
        /** {repository, number}: nobody without write access may comment */
        lock: (body) => {
            tables.issues.update(tables.issues.findBy('repo_id', the(body).id).find((one) => one.number === body.number).id, { locked: true });
            return {};
        },
        /** {login, token} and, with {repository, permission}, a role: pull, triage, push, maintain, admin, none */
        people: (body) => {
            if (body.token) credentials.add(body.token, body.login);
            if (body.repository) repositories.allow(the(body), body.login, body.permission);
            return {};
        },
        /** {account, suspended: true|false} or {account, removed: true}; tokens that were minted are worth nothing any more */
        installation: (body) => {
            const found = installation(body.account);
            if (body.removed) tables.appInstallations.delete(found.id);
            else tables.appInstallations.update(found.id, { suspended_at: body.suspended ? new Date().toISOString() : null });
            credentials.revoke();
            return {};
        },
        /** One fault, a draw or a list of them; see faults.mjs */
        faults: (body) => {
            faults.plan(body);
            return {};
        },
        /** {call: "POST /path"} → the violations of it, which are forgotten */
        forgive: (body) => forgive(body.call),
        /** {path?} → what was injected */
        calm: (body) => faults.clear(body.path),
        /** {repository?, url, secret, events?}; without a repository it is the App's hook */
        hooks: (body) => ({ id: webhooks.add(body) }),
        unhook: () => {
            webhooks.clear();
            return {};
        },
        /** → deliveries so far, each with its payload */
        deliveries: async () => {
            await webhooks.settled();
            return webhooks.deliveries();
        },
        /** {id} */
        redeliver: async (body) => ({ found: await webhooks.redeliver(body.id) }),
    };
}
