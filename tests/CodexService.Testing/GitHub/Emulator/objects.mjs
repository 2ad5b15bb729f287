// Git's objects of one bare repository: written as loose objects without a process, read from there or, when git packed
// them, with git.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

const environment = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };

/** Runs git in a bare repository and returns its output as bytes. */
export const git = (directory, ...args) => execFileSync('git', ['--git-dir', directory, ...args], { env: environment, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });

export class Objects {
    #directory;
    #known = new Map();

    constructor(directory) {
        this.#directory = directory;
    }

    write(type, data) {
        const whole = Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]);
        const id = createHash('sha1').update(whole).digest('hex');
        this.#known.set(id, { type, data });
        const file = this.#file(id);
        if (!existsSync(file)) {
            mkdirSync(join(file, '..'), { recursive: true });
            writeFileSync(`${file}.new`, deflateSync(whole, { level: 1 }));
            renameSync(`${file}.new`, file);
        }
        return id;
    }

    /** The object, or undefined when there is none with this id. */
    read(id, type) {
        if (!/^[0-9a-f]{40}$/.test(id ?? '')) return undefined;
        let found = this.#known.get(id);
        if (!found) {
            found = existsSync(this.#file(id)) ? loose(inflateSync(readFileSync(this.#file(id)))) : this.#packed(id);
            if (found) this.#known.set(id, found);
        }
        return found && (!type || found.type === type) ? found : undefined;
    }

    commit(id) {
        const text = this.read(id, 'commit')?.data.toString('utf8');
        if (text === undefined) return undefined;
        const end = text.indexOf('\n\n');
        const head = text.slice(0, end).split('\n');
        const of = (name) => head.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
        return { sha: id, tree: of('tree')[0], parents: of('parent'), author: person(of('author')[0]), committer: person(of('committer')[0]), message: text.slice(end + 2) };
    }

    writeCommit({ tree, parents, author, committer, message }) {
        const line = (who) => `${who.name} <${who.email}> ${Math.floor(Date.parse(who.date) / 1000)} +0000`;
        const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${line(author)}`, `committer ${line(committer)}`];
        return this.write('commit', Buffer.from(`${head.join('\n')}\n\n${message}`));
    }

    tree(id) {
        const data = this.read(id, 'tree')?.data;
        if (!data) return undefined;
        const entries = [];
        for (let at = 0; at < data.length;) {
            const space = data.indexOf(32, at);
            const end = data.indexOf(0, space);
            entries.push({ mode: data.toString('latin1', at, space).padStart(6, '0'), name: data.toString('utf8', space + 1, end), sha: data.toString('hex', end + 1, end + 21) });
            at = end + 21;
        }
        return entries;
    }

    writeTree(entries) {
        const key = ({ name, mode }) => Buffer.from(mode === '040000' ? `${name}/` : name);
        const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
        return this.write('tree', Buffer.concat(sorted.flatMap(({ mode, name, sha }) => [Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(sha, 'hex')])));
    }

    /** A tree with some paths changed; sha null deletes. Returns undefined when a path to delete is not there. */
    edit(base, changes) {
        const entries = new Map((base ? this.tree(base) : []).map((entry) => [entry.name, entry]));
        const below = new Map();
        for (const change of changes) {
            const slash = change.path.indexOf('/');
            if (slash >= 0) {
                const name = change.path.slice(0, slash);
                below.set(name, [...(below.get(name) ?? []), { ...change, path: change.path.slice(slash + 1) }]);
            } else if (change.sha === null) {
                if (!entries.delete(change.path)) return undefined;
            } else {
                entries.set(change.path, { mode: change.mode, name: change.path, sha: change.sha });
            }
        }
        for (const [name, inside] of below) {
            const folder = entries.get(name);
            const sha = this.edit(folder?.mode === '040000' ? folder.sha : undefined, inside);
            if (!sha) return undefined;
            if (this.tree(sha).length === 0) entries.delete(name);
            else entries.set(name, { mode: '040000', name, sha });
        }
        return this.writeTree([...entries.values()]);
    }

    /** Entries with their whole paths. */
    list(tree, recursive, prefix = '') {
        return this.tree(tree).flatMap((entry) => {
            const path = prefix + entry.name;
            const type = entry.mode === '040000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob';
            const here = { path, mode: entry.mode, type, sha: entry.sha, ...(type === 'blob' ? { size: this.read(entry.sha).data.length } : {}) };
            return recursive && type === 'tree' ? [here, ...this.list(entry.sha, true, `${path}/`)] : [here];
        });
    }

    /** The entry at a path, or undefined. */
    at(tree, path) {
        let entry = { mode: '040000', sha: tree };
        for (const name of path.split('/').filter((part) => part.length > 0)) {
            entry = entry?.mode === '040000' ? this.tree(entry.sha).find((one) => one.name === name) : undefined;
        }
        return entry;
    }

    isAncestor(ancestor, of) {
        const seen = new Set();
        const open = [of];
        while (open.length > 0) {
            const id = open.pop();
            if (id === ancestor) return true;
            if (!seen.has(id)) {
                seen.add(id);
                open.push(...(this.commit(id)?.parents ?? []));
            }
        }
        return false;
    }

    #file(id) {
        return join(this.#directory, 'objects', id.slice(0, 2), id.slice(2));
    }

    #packed(id) {
        try {
            const type = git(this.#directory, 'cat-file', '-t', id).toString().trim();
            return { type, data: git(this.#directory, 'cat-file', type, id) };
        } catch {
            return undefined;
        }
    }
}

function loose(whole) {
    const end = whole.indexOf(0);
    return { type: whole.toString('latin1', 0, whole.indexOf(32)), data: whole.subarray(end + 1) };
}

function person(line) {
    const [, name, email, seconds] = line.match(/^(.*) <(.*)> (\d+) /) ?? [undefined, 'unknown', 'unknown', '0'];
    return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000', '') };
}
