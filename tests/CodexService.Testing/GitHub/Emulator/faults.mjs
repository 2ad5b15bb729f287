// Faults of the network and of GitHub, injected per call. A fault names the calls it is for and how it goes:
//   {"kind": "cut"}       the connection ends before anything happened
//   {"kind": "lost"}      it happens, then the connection ends without an answer
//   {"kind": "failed"}    it happens, the answer is 502
//   {"kind": "delay", "milliseconds": 20}
//   {"kind": "limit"}     403, secondary rate limit, retry-after 0 or {"seconds": n}
//   {"kind": "busy"}      429 with retry-after
//   {"kind": "refused"}   422 without anything happening
//   {"kind": "answer", "status": 403, "body": {…}, "headers": {…}}
// with "method" and "path" (a regular expression) for the calls, "skip" (calls that pass first) and "times" (default 1; 0 for
// ever). A draw {"seed": 7, "path": "…", "rate": 0.3, "most": 5} injects the same faults for the same seed and calls.
const kinds = ['cut', 'lost', 'failed', 'delay', 'limit', 'busy', 'refused'];

export class Faults {
    #planned = [];

    plan(faults) {
        for (const fault of [faults].flat()) {
            if (fault.seed === undefined && ![...kinds, 'answer'].includes(fault.kind)) throw new Error(`there is no fault ${fault.kind}`);
            this.#planned.push({ ...fault, pattern: new RegExp(fault.path ?? ''), left: fault.times ?? 1, skip: fault.skip ?? 0, random: random(fault.seed ?? 0), injected: [] });
        }
    }

    /** Forgets all faults, or those of one path, and says what the draws of it injected. */
    clear(path) {
        const gone = this.#planned.filter((fault) => path === undefined || fault.path === path);
        this.#planned = this.#planned.filter((fault) => !gone.includes(fault));
        return gone.flatMap((fault) => fault.injected);
    }

    /** The fault of this call, if any. */
    next(method, path) {
        for (const fault of this.#planned) {
            if ((fault.method && fault.method !== method) || !fault.pattern.test(path)) continue;
            if (fault.seed !== undefined) {
                const drawn = fault.random() < (fault.rate ?? 0.3) ? kinds[Math.floor(fault.random() * kinds.length)] : undefined;
                if (!drawn || fault.injected.length >= (fault.most ?? 5)) continue;
                fault.injected.push(`${drawn} ${method} ${path}`);
                return { kind: drawn, milliseconds: 5 };
            }
            if (fault.skip > 0) {
                fault.skip--;
                continue;
            }
            if (fault.times !== 0 && fault.left-- <= 0) continue;
            fault.injected.push(`${fault.kind} ${method} ${path}`);
            return fault;
        }
        return undefined;
    }
}

/** The answer of a fault that keeps the call from happening, or undefined. */
export function inPlace(fault) {
    switch (fault?.kind) {
        case 'limit':
            return [403, { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' }, { 'retry-after': String(fault.seconds ?? 0) }];
        case 'busy':
            return [429, { message: 'Too many requests' }, { 'retry-after': String(fault.seconds ?? 0) }];
        case 'refused':
            return [422, { message: 'Validation Failed', errors: [{ resource: 'Injected', field: 'fault', code: 'invalid' }] }];
        case 'answer':
            return [fault.status, fault.body ?? { message: 'injected' }, fault.headers ?? {}];
        default:
            return undefined;
    }
}

// mulberry32
function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}
