// References of one bare repository, read and written without a process, beside git processes that push and fetch.
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const longestLock = 60_000;
const pause = 5;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** The commit of one reference, or undefined. */
export function readRef(directory, ref) {
    return orNothing(() => readFileSync(join(directory, ref), 'utf8').trim()) ?? packed(directory).get(ref);
}

/** All references with their commits. */
export function readRefs(directory) {
    const all = packed(directory);
    const walk = (folder) => {
        for (const entry of orNothing(() => readdirSync(join(directory, folder), { withFileTypes: true })) ?? []) {
            const path = `${folder}/${entry.name}`;
            if (entry.isDirectory()) {
                walk(path);
            } else if (!entry.name.endsWith('.lock')) {
                const sha = orNothing(() => readFileSync(join(directory, path), 'utf8').trim());
                if (sha) all.set(path, sha);
            }
        }
    };
    walk('refs');
    return all;
}

/**
 * Points a reference at a commit under git's own lock: a fetch sees neither a half-written reference nor a second one beside it,
 * and a push to the same reference waits its turn.
 */
export function writeRef(directory, ref, sha) {
    const file = join(directory, ref);
    const lock = `${file}.lock`;
    for (let waited = 0; ; waited += pause) {
        try {
            mkdirSync(dirname(file), { recursive: true });
            writeFileSync(lock, `${sha}\n`, { flag: 'wx' });
            break;
        } catch (problem) {
            // Somebody else holds it, or removed the folder that had become empty.
            if (problem.path !== lock || !['EEXIST', 'ENOENT'].includes(problem.code) || waited >= longestLock) throw problem;
            Atomics.wait(sleeper, 0, 0, pause);
        }
    }
    renameSync(lock, file);
}

function packed(directory) {
    const lines = orNothing(() => readFileSync(join(directory, 'packed-refs'), 'utf8'))?.split('\n') ?? [];
    return new Map(lines.filter((line) => /^[0-9a-f]{40} /.test(line)).map((line) => [line.slice(41), line.slice(0, 40)]));
}

// A push may delete what was there a moment ago; a folder is no reference.
function orNothing(read) {
    try {
        return read();
    } catch (problem) {
        if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(problem.code)) return undefined;
        throw problem;
    }
}
