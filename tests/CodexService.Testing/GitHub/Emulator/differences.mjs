// Where emulate 0.9.0 answers otherwise than GitHub documents, and its own answer can be bent. Each entry changes the request,
// refuses it, or answers in its place.
export const differences = [
    {
        method: 'POST',
        pattern: /^(.*\/pulls\/\d+\/comments)\/(\d+)\/replies$/,
        request: ([, path, id], body) => ({ path, body: { ...body, in_reply_to_id: Number(id) } }),
    },
    {
        method: 'POST',
        pattern: /^(.*\/pulls\/\d+\/reviews)$/,
        request: ([, path], body) => ({ path, body: { ...body, comments: body.comments?.map((one) => ({ ...one, position: one.line })) } }),
    },
    {
        method: 'POST',
        pattern: /^(\/repos\/([^/]+)\/[^/]+)\/pulls$/,
        refuse: async ([, repository, owner], body, { ask, ref }) => {
            const invalid = (field) => [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field, code: 'invalid' }] }];
            if (!ref(`refs/heads/${body.head}`)) return invalid('head');
            if (!ref(`refs/heads/${body.base}`)) return invalid('base');
            const says = (message) => [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message }] }];
            if (ref(`refs/heads/${body.head}`) === ref(`refs/heads/${body.base}`)) return says(`No commits between ${body.base} and ${body.head}`);
            const open = await ask(`${repository}/pulls?state=open&head=${encodeURIComponent(`${owner}:${body.head}`)}`);
            return open.length > 0 ? says(`A pull request already exists for ${owner}:${body.head}.`) : undefined;
        },
    },
    {
        method: 'GET',
        pattern: /^(\/repos\/[^/]+\/[^/]+)\/issues\/(\d+)$/,
        instead: async ([, repository, number], { ask }) => {
            const pull = await ask(`${repository}/pulls/${number}`);
            return pull.number ? { ...pull, locked: pull.locked ?? false, pull_request: { url: pull.url, html_url: pull.html_url } } : undefined;
        },
    },
    {
        method: 'GET',
        pattern: /^\/repos\/[^/]+\/[^/]+\/collaborators\/([^/]+)\/permission$/,
        instead: async ([, login], { role }) => role(decodeURIComponent(login)),
    },
    { method: 'POST', pattern: /\/reactions$/, made: (body) => ({ id: 1, content: body.content, created_at: new Date().toISOString() }) },
    {
        method: 'GET',
        pattern: /^.*\/check-runs\/\d+\/annotations$/,
        instead: async ([path], { ask }) => Object.values(await ask(path)).find(Array.isArray),
    },
    { method: 'POST', pattern: /\/statuses\/[0-9a-f]{40}$/, made: (body) => ({ id: 1, state: body.state, context: body.context, description: body.description, target_url: body.target_url ?? null }) },
];
