// The repositories: git is real and comes first; commits, branches and heads of pull requests are copied into the
// emulator's tables under git's own ids, so that its pull requests, checks and reviews go on working.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Objects, git } from './objects.mjs';
import { readRef, readRefs, writeRef } from './refs.mjs';

const zero = '0'.repeat(40);

export class Repositories {
    #emulator;
    #folder;
    #base;
    #open = new Map();
    #formerNames = new Map();

    constructor(emulator, folder, base) {
        this.#emulator = emulator;
        this.#folder = folder;
        this.#base = base;

        // A pull request and the reference to its head are made at once: whoever hears of it may fetch it.
        const pulls = emulator.tables.pullRequests;
        const insert = pulls.insert.bind(pulls);
        pulls.insert = (row) => {
            const pull = insert(row);
            this.#keepHead(this.byId(pull.repo_id), pull.number, pull.head_sha);
            return pull;
        };
    }

    get tables() {
        return this.#emulator.tables;
    }

    /** The repository of this name, or undefined. GitHub does not mind the case. */
    find(owner, name) {
        const full = `${owner}/${name}`.toLowerCase();
        const row = this.tables.repos.all().find((one) => one.full_name.toLowerCase() === full);
        return row && this.#of(row);
    }

    byId(id) {
        const row = this.tables.repos.get(id);
        return row && this.#of(row);
    }

    /** The id of the repository that had this name before it was renamed. */
    formerly(owner, name) {
        return this.#formerNames.get(`${owner}/${name}`.toLowerCase());
    }

    /** Makes a repository with files (path → text, or {base64}) as its first commit; without files it is empty. */
    create({ owner, name, files, private: isPrivate = false, default_branch: branch = 'main' }) {
        this.#emulator.add({ users: [{ login: owner }], repos: [{ owner, name, private: isPrivate, default_branch: branch, auto_init: false }] });
        const repository = this.find(owner, name);
        for (const installation of this.tables.appInstallations.all().filter((one) => one.account_login.toLowerCase() === owner.toLowerCase())) {
            const app = this.tables.apps.all().find((one) => one.app_id === installation.app_id);
            this.allow(repository, `${app.slug}[bot]`, 'push');
        }
        if (files) this.push(repository, { branch, message: 'First commit', files, login: owner });
        return repository;
    }

    /** Gives a person a role: pull, triage, push, maintain, admin; none takes it away. */
    allow(repository, login, permission) {
        this.#emulator.add({ users: [{ login }] });
        const user = this.tables.users.findOneBy('login', login);
        const known = this.tables.collaborators.findBy('repo_id', repository.id).find((one) => one.user_id === user.id);
        if (known) this.tables.collaborators.delete(known.id);
        if (permission !== 'none') this.tables.collaborators.insert({ repo_id: repository.id, user_id: user.id, permission });
    }

    mayWrite(repository, login) {
        if (!login) return false;
        const user = this.tables.users.findOneBy('login', login);
        const row = this.tables.repos.get(repository.id);
        if (user && row.owner_type === 'User' && row.owner_id === user.id) return true;
        const role = this.tables.collaborators.findBy('repo_id', repository.id).find((one) => one.user_id === user?.id)?.permission;
        return ['push', 'write', 'maintain', 'admin'].includes(role);
    }

    mayRead(repository, login) {
        const row = this.tables.repos.get(repository.id);
        if (!row.private) return true;
        const user = login && this.tables.users.findOneBy('login', login);
        return Boolean(user) && (this.mayWrite(repository, login) || this.tables.collaborators.findBy('repo_id', repository.id).some((one) => one.user_id === user.id));
    }

    /** What GitHub answers when it is asked for a person's permission; undefined for nobody. */
    role(repository, login) {
        const user = this.tables.users.findOneBy('login', login);
        if (!user) return undefined;
        const { row } = repository;
        const own = row.owner_type === 'User' && row.owner_id === user.id;
        const given = own ? 'admin' : this.tables.collaborators.findBy('repo_id', repository.id).find((one) => one.user_id === user.id)?.permission;
        const permission = { admin: 'admin', maintain: 'write', push: 'write', triage: 'read', pull: 'read' }[given] ?? (row.private ? 'none' : 'read');
        return { permission, role_name: given === 'push' ? 'write' : given === 'pull' ? 'read' : given ?? permission, user: { login, id: user.id, type: user.type } };
    }

    rename(repository, name) {
        const row = this.tables.repos.get(repository.id);
        this.#formerNames.set(row.full_name.toLowerCase(), row.id);
        this.tables.repos.update(row.id, { name, full_name: `${row.full_name.split('/')[0]}/${name}` });
    }

    /** A commit by a person on a branch, as a push makes it. A file of null is deleted. Returns the commit. */
    push(repository, { branch, message, files, login, force = false, from }) {
        const { objects } = repository;
        const tip = this.ref(repository, `refs/heads/${branch}`);
        const parent = from ?? tip ?? (this.refs(repository).size > 0 ? this.ref(repository, `refs/heads/${repository.row.default_branch}`) : undefined);
        const changes = Object.entries(files).map(([path, text]) => ({
            path,
            mode: text?.mode ?? '100644',
            sha: text === null ? null : objects.write('blob', Buffer.from(text.base64 ?? text.text ?? text, text.base64 === undefined ? 'utf8' : 'base64')),
        }));
        const who = { ...this.person(login), date: new Date().toISOString() };
        const tree = objects.edit(parent && objects.commit(parent).tree, changes);
        const commit = objects.writeCommit({ tree, parents: parent ? [parent] : [], author: who, committer: who, message: `${message}\n` });
        this.setRef(repository, `refs/heads/${branch}`, commit, login, { force });
        return commit;
    }

    person(login) {
        const user = this.tables.users.findOneBy('login', login);
        return { name: user?.name ?? login, email: user?.email ?? `${user?.id ?? 0}+${login}@users.noreply.github.com` };
    }

    ref(repository, ref) {
        return readRef(repository.directory, ref);
    }

    refs(repository) {
        return readRefs(repository.directory);
    }

    /** Whether the move is a fast-forward. */
    isForward(repository, ref, sha) {
        const old = this.ref(repository, ref);
        return !old || repository.objects.isAncestor(old, sha);
    }

    /** Points a reference at a commit, in git and in the emulator, and tells the hooks. */
    setRef(repository, ref, sha, login, { quiet = false } = {}) {
        const old = this.ref(repository, ref);
        if (old === sha) return;
        writeRef(repository.directory, ref, sha);
        this.#mirror(repository, ref, sha);
        if (!quiet) this.#tell(repository, ref, old, sha, login);
    }

    deleteRef(repository, ref, login) {
        const old = this.ref(repository, ref);
        git(repository.directory, 'update-ref', '-d', ref);
        this.#mirror(repository, ref, undefined);
        this.#tell(repository, ref, old, undefined, login);
    }

    /** Takes over what a push through git itself has changed. */
    sync(repository, login) {
        const now = this.refs(repository);
        const known = new Map(this.tables.refs.findBy('repo_id', repository.id).map((row) => [row.ref, row.sha]));
        for (const [ref, sha] of now) {
            if (known.get(ref) !== sha) {
                this.#mirror(repository, ref, sha);
                this.#tell(repository, ref, known.get(ref), sha, login);
            }
        }
        for (const [ref, sha] of known) {
            if (!now.has(ref)) {
                this.#mirror(repository, ref, undefined);
                this.#tell(repository, ref, sha, undefined, login);
            }
        }
    }

    /** A webhook of the repository; a payload that has to be asked for is a function, and its delivery keeps its place. */
    dispatch(repository, event, action, payload, login) {
        const { row } = repository;
        const user = this.tables.users.findOneBy('login', login ?? row.full_name.split('/')[0]);
        const [owner, name] = row.full_name.split('/');
        const sender = { login: user.login, id: user.id, node_id: user.node_id, type: user.type, site_admin: false, html_url: `${this.#base}/${user.login}` };
        const about = { id: row.id, node_id: row.node_id, name, full_name: row.full_name, private: row.private, owner: { login: owner }, default_branch: row.default_branch, archived: row.archived, html_url: `${this.#base}/${row.full_name}`, clone_url: `${this.#base}/${row.full_name}.git` };
        const whole = (own) => ({ ...(action ? { action } : {}), ...own, repository: about, sender });
        this.#emulator.webhooks.dispatch(event, action, typeof payload === 'function' ? async () => whole(await payload()) : whole(payload), owner, name);
    }

    /** What the API shows of a pull request now, to whoever waits for it: a function for a payload. */
    shown(repository, number) {
        const asked = this.#emulator.ask(`/repos/${repository.row.full_name}/pulls/${number}`, this.#emulator.everywhere);
        asked.catch(() => {});
        return () => asked;
    }

    #of(row) {
        let repository = this.#open.get(row.id);
        if (!repository) {
            const directory = join(this.#folder, `${row.id}.git`);
            for (const inside of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) mkdirSync(join(directory, inside), { recursive: true });
            writeFileSync(join(directory, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfilesRefLockTimeout = 60000\n\tpackedRefsTimeout = 60000\n[http]\n\treceivepack = true\n[uploadpack]\n\tallowAnySHA1InWant = true\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n\thideRefs = refs/pull\n');
            const objects = new Objects(directory);
            const { tables } = this;
            repository = {
                id: row.id,
                directory,
                objects,
                head: undefined,
                get row() {
                    return tables.repos.get(row.id);
                },
            };
            this.#open.set(row.id, repository);
        }
        if (repository.head !== row.default_branch) {
            // Never half written: a repository without a HEAD is none, and somebody may be fetching.
            writeFileSync(join(repository.directory, 'HEAD.new'), `ref: refs/heads/${row.default_branch}\n`);
            renameSync(join(repository.directory, 'HEAD.new'), join(repository.directory, 'HEAD'));
            repository.head = row.default_branch;
        }
        return repository;
    }

    remove(repository) {
        this.#open.delete(repository.id);

        // Somebody may be fetching or pushing.
        rmSync(repository.directory, { recursive: true, force: true, maxRetries: 10 });
    }

    // Commits that the emulator does not know yet, the branch and the reference, and the heads of open pull requests.
    #mirror(repository, ref, sha) {
        const { tables } = this;
        const open = sha ? [sha] : [];
        while (open.length > 0) {
            const id = open.pop();
            const commit = repository.objects.commit(id);
            if (!commit || tables.commits.findBy('sha', id).some((one) => one.repo_id === repository.id)) continue;
            this.know(repository, commit);
            open.push(...commit.parents);
        }
        const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
        const change = (table, found, values) => {
            if (!sha) {
                if (found) table.delete(found.id);
            } else if (found) {
                table.update(found.id, { sha });
            } else {
                table.insert(values);
            }
        };
        change(tables.refs, tables.refs.findBy('repo_id', repository.id).find((one) => one.ref === ref), { repo_id: repository.id, ref, sha, node_id: ref });
        if (!branch) return;
        change(tables.branches, tables.branches.findBy('repo_id', repository.id).find((one) => one.name === branch), { repo_id: repository.id, name: branch, sha, protected: false });
        for (const pull of this.#pulls(repository, branch)) {
            if (!sha) continue;
            tables.pullRequests.update(pull.id, { head_sha: sha });
            this.#keepHead(repository, pull.number, sha);
        }
    }

    // Outlives its branch, is nobody's to push and told to no hook, as on GitHub.
    #keepHead(repository, number, sha) {
        this.setRef(repository, `refs/pull/${number}/head`, sha, undefined, { quiet: true });
    }

    /** Puts a commit into the emulator's table. */
    know(repository, commit) {
        const { tables } = this;
        if (tables.commits.findBy('sha', commit.sha).some((one) => one.repo_id === repository.id)) return;
        tables.commits.insert({
            repo_id: repository.id, sha: commit.sha, node_id: commit.sha, message: commit.message, tree_sha: commit.tree, parent_shas: commit.parents, user_id: null,
            author_name: commit.author.name, author_email: commit.author.email, author_date: commit.author.date,
            committer_name: commit.committer.name, committer_email: commit.committer.email, committer_date: commit.committer.date,
        });
    }

    #pulls(repository, branch) {
        return this.tables.pullRequests.findBy('repo_id', repository.id).filter((pull) => pull.state === 'open' && pull.head_repo_id === repository.id && pull.head_ref === branch);
    }

    #tell(repository, ref, before, after, login) {
        const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
        const commit = after && repository.objects.commit(after);
        this.dispatch(repository, 'push', undefined, {
            ref, before: before ?? zero, after: after ?? zero, created: !before, deleted: !after, forced: false, base_ref: null, commits: [],
            head_commit: commit ? { id: after, tree_id: commit.tree, message: commit.message, timestamp: commit.committer.date, author: commit.author, committer: commit.committer } : null,
            pusher: { name: login ?? 'unknown' },
        }, login);
        if (!branch || !before || !after) return;
        for (const pull of this.#pulls(repository, branch)) {
            const shown = this.shown(repository, pull.number);
            const told = async () => {
                // Moved again meanwhile, it is another push's to tell.
                const whole = await shown();
                return { number: pull.number, before, after, pull_request: { ...whole, head: { ...whole.head, sha: after } } };
            };
            this.dispatch(repository, 'pull_request', 'synchronize', told, login);
        }
    }
}
