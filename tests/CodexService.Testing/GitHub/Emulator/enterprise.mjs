// The same GitHub as an Enterprise Server shows it: the REST API below /api/v3, GraphQL beside it at /api/graphql, people's pages
// and git at the root, and nothing of the API there.

/** @param {string} own address that everything else here names; @param {string} address the Enterprise Server's */
export function asEnterprise(own, address) {
    const named = new RegExp(`${own.replaceAll('.', '\\.')}/((?:repos|repositories|users|orgs)/)?`, 'g');
    const text = (value) => value.replace(named, (_, api) => `${address}/${api ? `api/v3/${api}` : ''}`);
    return {
        /** What a path means at the other address; nothing is there for those that an Enterprise Server does not have. */
        path(path) {
            if (path.startsWith('/api/v3/') && !path.startsWith('/api/v3/graphql')) return path.slice('/api/v3'.length);
            if (path === '/api/graphql') return '/graphql';
            return /^\/[^/]+\/[^/]+\.git\//.test(path) ? path : '/not-there';
        },

        /** An answer with its own addresses. */
        answer([status, value, extra]) {
            const type = typeof extra === 'string' ? extra : extra?.['content-type'] ?? '';
            const shown = Buffer.isBuffer(value) ? (/\bjson\b/.test(type) && !/\braw\b/.test(type) ? Buffer.from(text(value.toString('utf8'))) : value)
                : value === undefined ? undefined
                : JSON.parse(text(JSON.stringify(value)));
            if (typeof extra === 'string' || extra === undefined) return [status, shown, extra];
            const { 'content-length': length, 'transfer-encoding': chunked, ...headers } = extra;
            return [status, shown, Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, typeof header === 'string' ? text(header) : header]))];
        },
    };
}
