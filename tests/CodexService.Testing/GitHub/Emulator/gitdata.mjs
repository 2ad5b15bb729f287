// The Git data API, file contents, files of pull requests and merges, answered from real git.
import { git } from './objects.mjs';

const notFound = [404, { message: 'Not Found' }];
const refused = (message) => [422, { message }];

/**
 * The routes. Each handler gets {repository, login, match, url, body, accept, isApp} and returns [status, value] or
 * [status, bytes, content type].
 */
export function gitRoutes(repositories, emulator, base) {
    const signed = new Set();
    const address = (repository, rest) => `${base}/repos/${repository.row.full_name}/git/${rest}`;

    const shownRef = (repository, ref, sha) => ({ ref, node_id: ref, url: address(repository, ref), object: { type: repository.objects.read(sha).type, sha, url: address(repository, `commits/${sha}`) } });

    const shownCommit = (repository, commit) => ({
        sha: commit.sha,
        node_id: commit.sha,
        url: address(repository, `commits/${commit.sha}`),
        html_url: `${base}/${repository.row.full_name}/commit/${commit.sha}`,
        author: commit.author,
        committer: commit.committer,
        message: commit.message,
        tree: { sha: commit.tree, url: address(repository, `trees/${commit.tree}`) },
        parents: commit.parents.map((sha) => ({ sha, url: address(repository, `commits/${sha}`) })),
        verification: { verified: signed.has(commit.sha), reason: signed.has(commit.sha) ? 'valid' : 'unsigned', signature: null, payload: null, verified_at: null },
    });

    /** The commit that a branch, tag or id names. */
    const resolve = (repository, name) => repositories.ref(repository, `refs/heads/${name}`) ?? repositories.ref(repository, `refs/tags/${name}`)
        ?? (repository.objects.read(name, 'commit') ? name : undefined);

    const merged = (repository, ours, theirs) => {
        try {
            return git(repository.directory, 'merge-tree', '--write-tree', ours, theirs).toString().trim();
        } catch {
            return undefined;
        }
    };

    const protectedAgainst = (repository, ref) => {
        const branch = ref.replace(/^refs\/heads\//, '');
        return repositories.tables.branchProtections.findBy('repo_id', repository.id).some((rule) => rule.branch_name === branch);
    };

    return [
        { method: 'GET', path: /^\/git\/ref\/(.+)$/, handle: ({ repository, match: [, name] }) => {
            const sha = repositories.ref(repository, `refs/${name}`);
            return sha ? [200, shownRef(repository, `refs/${name}`, sha)] : notFound;
        } },
        { method: 'GET', path: /^\/git\/matching-refs\/(.+)$/, handle: ({ repository, match: [, name] }) =>
            [200, [...repositories.refs(repository)].filter(([ref]) => ref.startsWith(`refs/${name}`)).sort().map(([ref, sha]) => shownRef(repository, ref, sha))] },
        { method: 'POST', path: /^\/git\/refs$/, writes: true, handle: ({ repository, body, login }) => {
            if (!/^refs\/[^/]+\/./.test(body.ref)) return refused('Reference name is not valid');
            if (!repository.objects.read(body.sha)) return refused('Object does not exist');
            if (repositories.ref(repository, body.ref)) return refused('Reference already exists');
            repositories.setRef(repository, body.ref, body.sha, login);
            return [201, shownRef(repository, body.ref, body.sha)];
        } },
        { method: 'PATCH', path: /^\/git\/refs\/(.+)$/, writes: true, handle: ({ repository, match: [, name], body, login }) => {
            const ref = `refs/${name}`;
            if (!repositories.ref(repository, ref)) return refused('Reference does not exist');
            if (!repository.objects.read(body.sha)) return refused('Object does not exist');
            if (protectedAgainst(repository, ref)) return refused(`Repository rule violations found\n\nCannot update this protected ref.`);
            if (!body.force && !repositories.isForward(repository, ref, body.sha)) return refused('Update is not a fast forward');
            repositories.setRef(repository, ref, body.sha, login);
            return [200, shownRef(repository, ref, body.sha)];
        } },
        { method: 'DELETE', path: /^\/git\/refs\/(.+)$/, writes: true, handle: ({ repository, match: [, name], login }) => {
            if (!repositories.ref(repository, `refs/${name}`)) return refused('Reference does not exist');
            repositories.deleteRef(repository, `refs/${name}`, login);
            return [204];
        } },
        { method: 'GET', path: /^\/git\/commits\/([^/]+)$/, handle: ({ repository, match: [, sha] }) => {
            const commit = repository.objects.commit(sha);
            return commit ? [200, shownCommit(repository, commit)] : notFound;
        } },
        { method: 'POST', path: /^\/git\/commits$/, writes: true, handle: ({ repository, body, login, isApp }) => {
            if (!repository.objects.read(body.tree, 'tree')) return refused('Tree SHA does not exist');
            if (body.parents?.some((parent) => !repository.objects.read(parent, 'commit'))) return refused('Parent SHA does not exist or is not a commit object');
            const who = { ...repositories.person(login), date: new Date().toISOString() };
            const author = { ...who, ...body.author };
            const sha = repository.objects.writeCommit({ tree: body.tree, parents: body.parents ?? [], author, committer: { ...author, ...body.committer }, message: body.message });
            if (isApp && !body.author && !body.committer) signed.add(sha);
            const commit = repository.objects.commit(sha);
            repositories.know(repository, commit);
            return [201, shownCommit(repository, commit)];
        } },
        { method: 'GET', path: /^\/git\/trees\/([^/]+)$/, handle: ({ repository, match: [, name], url }) => {
            const commit = resolve(repository, name);
            const sha = commit ? repository.objects.commit(commit).tree : name;
            return repository.objects.read(sha, 'tree')
                ? [200, { sha, url: address(repository, `trees/${sha}`), tree: repository.objects.list(sha, url.searchParams.has('recursive')), truncated: false }]
                : notFound;
        } },
        { method: 'POST', path: /^\/git\/trees$/, writes: true, handle: ({ repository, body, isApp }) => {
            const { objects } = repository;
            // GitHub finds nothing for an App that writes workflows without that permission, which no App here has.
            if (isApp && body.tree.some((entry) => /^\.github\/workflows\//i.test(entry.path))) return notFound;
            const start = objects.read(body.base_tree, 'commit') ? objects.commit(body.base_tree).tree : body.base_tree;
            if (start && !objects.read(start, 'tree')) return refused('base_tree is not a valid tree oid');
            for (const entry of body.tree) {
                if (entry.content !== undefined) entry.sha = objects.write('blob', Buffer.from(entry.content));
                if (entry.sha !== null && !objects.read(entry.sha)) return refused(`tree.sha ${entry.sha} is not a valid blob`);
            }
            const sha = objects.edit(start, body.tree);
            return sha ? [201, { sha, url: address(repository, `trees/${sha}`), tree: objects.list(sha, false), truncated: false }] : refused('GitRPC::BadObjectState');
        } },
        { method: 'GET', path: /^\/git\/blobs\/([^/]+)$/, handle: ({ repository, match: [, sha] }) => {
            const blob = repository.objects.read(sha, 'blob');
            return blob ? [200, { sha, node_id: sha, size: blob.data.length, url: address(repository, `blobs/${sha}`), content: blob.data.toString('base64'), encoding: 'base64' }] : notFound;
        } },
        { method: 'POST', path: /^\/git\/blobs$/, writes: true, handle: ({ repository, body }) => {
            const sha = repository.objects.write('blob', Buffer.from(body.content, body.encoding === 'base64' ? 'base64' : 'utf8'));
            return [201, { sha, url: address(repository, `blobs/${sha}`) }];
        } },
        { method: 'GET', path: /^\/contents\/(.*)$/, handle: ({ repository, match: [, path], url, accept }) => {
            const commit = resolve(repository, url.searchParams.get('ref') ?? repository.row.default_branch);
            const tree = commit && repository.objects.commit(commit).tree;
            const entry = tree && repository.objects.at(tree, path);
            if (!entry) return notFound;
            const shown = (one, at) => ({ name: at.split('/').at(-1), path: at, sha: one.sha, type: one.mode === '040000' ? 'dir' : 'file', url: `${base}/repos/${repository.row.full_name}/contents/${at}` });
            if (entry.mode === '040000') return [200, repository.objects.tree(entry.sha).map((one) => shown(one, path ? `${path}/${one.name}` : one.name))];
            const { data } = repository.objects.read(entry.sha);
            if (/\braw\b/.test(accept)) return [200, data, 'application/vnd.github.raw+json; charset=utf-8'];
            // GitHub leaves the content of large files out.
            const large = data.length > 1 << 20;
            return [200, { ...shown(entry, path), size: data.length, encoding: large ? 'none' : 'base64', content: large ? '' : data.toString('base64').replace(/.{60}/g, '$&\n') }];
        } },
        { method: 'GET', path: /^\/pulls\/(\d+)$/, accept: /\b(diff|patch)\b/, handle: ({ repository, match: [, number], accept }) => {
            const pull = findPull(repository, number);
            if (!pull) return notFound;
            const range = `${base3(repository, pull)}..${pull.head_sha}`;
            return [200, /\bdiff\b/.test(accept) ? git(repository.directory, 'diff', '--no-color', '--full-index', range) : git(repository.directory, 'format-patch', '--stdout', range), 'text/plain; charset=utf-8'];
        } },
        // Written into the emulator's table, whose answer it then is: undefined goes on to the emulator.
        { method: 'GET', path: /^\/pulls\/(\d+)$/, handle: ({ repository, match: [, number] }) => {
            const pull = findPull(repository, number);
            const [head, tip] = pull ? [repositories.ref(repository, `refs/heads/${pull.head_ref}`), repositories.ref(repository, `refs/heads/${pull.base_ref}`)] : [];
            if (head && tip && pull.state === 'open') {
                const fits = merged(repository, tip, head) !== undefined;
                repositories.tables.pullRequests.update(pull.id, { mergeable: fits, mergeable_state: fits ? 'clean' : 'dirty' });
            }
        } },
        { method: 'GET', path: /^\/pulls\/(\d+)\/files$/, handle: ({ repository, match: [, number] }) => {
            const pull = findPull(repository, number);
            return pull ? [200, files(repository, base3(repository, pull), pull.head_sha)] : notFound;
        } },
        { method: 'GET', path: /^\/compare\/(.+?)\.\.\.?(.+)$/, handle: ({ repository, match: [, from, to] }) => {
            const [older, newer] = [resolve(repository, from), resolve(repository, to)];
            if (!older || !newer) return notFound;
            const count = (range) => Number(git(repository.directory, 'rev-list', '--count', range).toString());
            const [ahead, behind] = [count(`${older}..${newer}`), count(`${newer}..${older}`)];
            const common = git(repository.directory, 'merge-base', older, newer).toString().trim();
            return [200, { status: ahead && behind ? 'diverged' : ahead ? 'ahead' : behind ? 'behind' : 'identical', ahead_by: ahead, behind_by: behind, total_commits: ahead, merge_base_commit: { sha: common }, files: files(repository, common, newer) }];
        } },
        { method: 'PUT', path: /^\/pulls\/(\d+)\/merge$/, writes: true, handle: ({ repository, match: [, number], body, login }) => {
            const pull = findPull(repository, number);
            if (!pull) return notFound;
            if (pull.merged || pull.state === 'closed') return [405, { message: 'Pull Request is not mergeable' }];
            if (pull.draft) return [405, { message: 'Pull Request is still a draft' }];
            const [head, tip] = [repositories.ref(repository, `refs/heads/${pull.head_ref}`), repositories.ref(repository, `refs/heads/${pull.base_ref}`)];
            if (!head || !tip) return [405, { message: 'Pull Request is not mergeable' }];
            if (repository.row.allow_merge_commit === false && (body.merge_method ?? 'merge') === 'merge') return [405, { message: 'Merge commits are not allowed on this repository.' }];
            if (body.sha && body.sha !== head) return [409, { message: 'Head branch was modified. Review and try the merge again.' }];
            if (protectedAgainst(repository, `refs/heads/${pull.base_ref}`)) return [405, { message: 'At least 1 approving review is required by reviewers with write access.' }];
            const tree = merged(repository, tip, head);
            if (!tree) return [405, { message: 'Pull Request is not mergeable' }];
            const who = { ...repositories.person(login), date: new Date().toISOString() };
            const message = [body.commit_title ?? `Merge pull request #${number}`, body.commit_message].filter(Boolean).join('\n\n');
            const sha = repository.objects.writeCommit({ tree, parents: body.merge_method && body.merge_method !== 'merge' ? [tip] : [tip, head], author: who, committer: who, message });
            repositories.setRef(repository, `refs/heads/${pull.base_ref}`, sha, login);
            settle(repository, pull, sha, login);
            return [200, { sha, merged: true, message: 'Pull Request successfully merged' }];
        } },
    ];

    function findPull(repository, number) {
        return repositories.tables.pullRequests.findBy('repo_id', repository.id).find((one) => one.number === Number(number));
    }

    function base3(repository, pull) {
        return git(repository.directory, 'merge-base', repositories.ref(repository, `refs/heads/${pull.base_ref}`) ?? pull.base_sha, pull.head_sha).toString().trim();
    }

    function files(repository, from, to) {
        const diff = (...args) => git(repository.directory, 'diff', '--no-color', '--no-renames', ...args, from, to).toString();
        const status = { A: 'added', M: 'modified', D: 'removed', T: 'changed' };
        const counts = diff('--numstat', '-z').split('\0').filter(Boolean).map((line) => line.split('\t'));
        const kinds = diff('--name-status', '-z').split('\0').filter(Boolean);
        const patches = diff('-U3', '--full-index').split(/^diff --git .*\n/m).slice(1);
        return counts.map(([added, removed, filename], index) => ({
            sha: repository.objects.at(repository.objects.commit(kinds[2 * index] === 'D' ? from : to).tree, filename).sha,
            filename,
            status: status[kinds[2 * index]] ?? 'modified',
            additions: Number(added) || 0,
            deletions: Number(removed) || 0,
            changes: (Number(added) || 0) + (Number(removed) || 0),
            ...(added === '-' ? {} : { patch: patches[index].slice(Math.max(0, patches[index].indexOf('@@'))).trimEnd() }),
        }));
    }

    // What merging means for the emulator's tables and for people who listen, and `Closes #n` of the body.
    function settle(repository, pull, sha, login) {
        const { tables } = repositories;
        const now = new Date().toISOString();
        const by = tables.users.findOneBy('login', login);
        tables.pullRequests.update(pull.id, { merged: true, merged_at: now, merged_by_id: by?.id ?? null, merge_commit_sha: sha, state: 'closed', closed_at: now, mergeable: false, mergeable_state: 'unknown' });
        const closes = [...(pull.body ?? '').matchAll(/\b(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?)\s+#(\d+)/gi)].map((match) => Number(match[1]));
        for (const issue of tables.issues.findBy('repo_id', repository.id)) {
            if (issue.number === pull.number || (closes.includes(issue.number) && pull.base_ref === repository.row.default_branch)) {
                tables.issues.update(issue.id, { state: 'closed', closed_at: now, closed_by_id: by?.id ?? null });
            }
        }
        const shown = repositories.shown(repository, pull.number);
        repositories.dispatch(repository, 'pull_request', 'closed', async () => ({ number: pull.number, pull_request: await shown() }), login);
    }
}

