/**
 * Imitates the REST API of docs/api.md, with tasks that follow a script, for working on the dashboard without the
 * service: `npm run dev:api` and, beside it, `CODEX_API=http://127.0.0.1:5081 npm run dev`. It also serves the
 * built dashboard with the Content-Security-Policy of the real service. For development only: it keeps nothing
 * and checks no token beyond the word "scripted".
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attemptDetail, choose } from './scripted-attempts.mjs';
import { github } from './scripted-github.mjs';
import { reviewsOf, submitReview } from './scripted-reviews.mjs';
import { createTasks } from './scripted-tasks.mjs';

const port = Number(process.env.PORT ?? 5081);
const built = fileURLToPath(new URL('../../CodexService.Api/wwwroot', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
const tasks = createTasks({ empty: process.env.EMPTY === '1', speed: Number(process.env.SPEED ?? 1) });

const json = (response, status, body) => {
  response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
const problem = (response, status, title, errors) => json(response, status, { title, status, ...(errors && { errors }) });

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || '{}');
};

function stream(request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.write('event: ping\ndata: {}\n\n');
  const beat = setInterval(() => response.write('event: ping\ndata: {}\n\n'), 15_000);
  response.on('close', () => clearInterval(beat));
  return (event, data, id) => response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function page(items, url) {
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next_cursor: next };
}

const repositories = {
  '/home/me/shop': { default_branch: 'main', branches: ['main', 'develop', 'release/2.4'], test_command: 'python -m pytest -q', test_command_why: 'pyproject.toml configures pytest' },
  '/home/me/front': { default_branch: 'main', branches: ['main'], test_command: 'npm test', test_command_why: 'package.json has a test script' },
};

async function api(request, response, url) {
  const [, , kind, id, verb, index] = url.pathname.split('/');
  const { method } = request;
  const signedIn = /(^|; )session=scripted/.test(request.headers.cookie ?? '');

  if (kind === 'session') {
    if (method === 'POST') {
      const { token } = await body(request);
      if (token !== 'scripted') return problem(response, 401, 'The token is not valid.');
      response.setHeader('Set-Cookie', 'session=scripted; HttpOnly; SameSite=Strict; Path=/');
      return json(response, 204);
    }
    if (method === 'DELETE') {
      response.setHeader('Set-Cookie', 'session=; Max-Age=0; Path=/');
      return json(response, 204);
    }
    return signedIn ? json(response, 204) : problem(response, 401, 'Sign in first.');
  }
  if (!signedIn) return problem(response, 401, 'Sign in first.');
  if (method !== 'GET' && request.headers['x-codex-request'] !== '1') return problem(response, 403, 'The header X-Codex-Request is missing.');

  if (kind === 'service') {
    return json(response, 200, { version: '0.1.0', brain: 'repair', sandbox_image: 'codex-service/sandbox:1', max_prompt_length: 100000, default_timeout_seconds: 900, ...(process.env.NO_MODEL ? { models: [], has_model: false } : { models: ['small', 'team/large:2'], has_model: true }) });
  }
  if (kind === 'budget') {
    const nothing = { turns: null, tokens: null, cost: null, wall_clock_minutes: null };
    return json(response, 200, { user: 'owner', window_seconds: 86400, used: nothing, limits: nothing, used_up: null, frees_up_at: null });
  }
  if (kind === 'github' && method === 'GET' && github[id] !== undefined) return json(response, 200, github[id]);
  if (kind === 'repositories') {
    const repository = url.searchParams.get('repository');
    const found = repositories[repository];
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (found && id === 'outlook') {
      const refused = process.env.NO_MODEL && repository === '/home/me/front';
      return json(response, 200, { why_not: refused ? 'No model is configured, and without one only Python code can be worked on, by its failing pytest or unittest tests; this repository has no Python files: set CODEX_MODEL_URL and CODEX_MODEL (or OPENAI_API_KEY, or ANTHROPIC_API_KEY) where the worker runs.' : null });
    }
    return found ? json(response, 200, { repository, ...found }) : problem(response, 422, `There is no git repository at ${repository}.`);
  }
  if (kind === 'pull-requests') {
    if (id === undefined) {
      const state = url.searchParams.get('state');
      return json(response, 200, page(tasks.pulls().filter((pull) => state === null || pull.state === state), url));
    }
    const task = tasks.byPull(Number(id));
    if (!task) return problem(response, 404, `There is no pull request ${id}.`);
    if (verb === 'merge') return tasks.merge(task) ? json(response, 202, task.pull_request) : problem(response, 409, 'The pull request is not open.');
    if (verb === 'patch') {
      response.writeHead(200, { 'Content-Type': 'text/x-diff' });
      return response.end(task.patch);
    }
    if (verb === 'reviews') {
      if (method !== 'POST') return json(response, 200, reviewsOf(task));
      const review = submitReview(task, await body(request));
      if (typeof review === 'string') return problem(response, 409, review);
      tasks.tell(task, 'review_submitted', 'owner reviewed the pull request');
      return json(response, 201, review);
    }
    if (verb === 'close') return tasks.close(task) ? json(response, 200, task.pull_request) : problem(response, 409, 'The pull request is not open.');
    return json(response, 200, task.pull_request);
  }
  if (kind === 'tasks' && id === undefined) {
    if (method === 'POST') {
      const sent = await body(request);
      const errors = {};
      if (!repositories[sent.repository]) errors.repository = [`There is no git repository at ${sent.repository}.`];
      if (sent.attempts > 8) errors.attempts = ['At most 8 attempts run in parallel.'];
      if (Object.keys(errors).length > 0) return problem(response, 422, 'The task cannot be accepted as it is.', errors);
      return json(response, 201, tasks.submit(sent, request.headers['idempotency-key']));
    }
    const state = url.searchParams.get('state');
    return json(response, 200, page(tasks.summaries().filter((task) => state === null || task.state === state), url));
  }
  if (kind === 'tasks' && id === 'events') {
    const send = stream(request, response);
    request.on('close', tasks.onTask((task) => send('task', task)));
    return;
  }
  const task = kind === 'tasks' ? tasks.byId(id) : undefined;
  if (!task) return problem(response, 404, `There is no ${url.pathname}.`);
  const after = Number(request.headers['last-event-id'] ?? url.searchParams.get('after') ?? 0);
  if (verb === undefined) return json(response, 200, tasks.detail(task));
  if (verb === 'log') return json(response, 200, task.events.filter((event) => event.seq > after));
  if (verb === 'cancel') return tasks.cancel(task) ? json(response, 200, tasks.detail(task)) : problem(response, 409, 'The task has ended already.');
  if (verb === 'retry') return tasks.retry(task) ? json(response, 200, tasks.detail(task)) : problem(response, 409, 'The task still runs.');
  if (verb === 'messages' && method === 'GET') return json(response, 200, task.messages);
  if (['pause', 'resume', 'messages', 'plan'].includes(verb)) {
    const done = tasks.steer(task, verb, await body(request));
    if (typeof done === 'string') return problem(response, 409, done);
    return done === true ? json(response, 200, tasks.detail(task)) : json(response, 201, done);
  }
  if (verb === 'patch') {
    response.writeHead(200, { 'Content-Type': 'text/x-diff', 'Content-Disposition': `attachment; filename="${id}.patch"` });
    return response.end(task.patch);
  }
  if (verb === 'attempts') {
    const [, , , , , , part, position] = url.pathname.split('/');
    const detail = attemptDetail(task, Number(index));
    if (!detail) return problem(response, 404, `There is no ${url.pathname}.`);
    if (part === 'choose') return choose(task, Number(index)) ? json(response, 200, tasks.detail(task)) : problem(response, 409, `Attempt ${index} cannot be chosen.`);
    if (part === undefined) return json(response, 200, detail);
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    return response.end(part === 'patch' ? (detail.patch ?? '') : tasks.output(task, Number(position)));
  }
  if (verb === 'evidence') {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    return response.end(tasks.output(task, Number(index)));
  }
  if (verb === 'events') {
    const send = stream(request, response);
    task.events.filter((event) => event.seq > after).forEach((event) => send('event', event, event.seq));
    const stop = tasks.onEvent(task, (event) => {
      if (event !== null) return send('event', event, event.seq);
      send('end', {});
      response.end();
    });
    request.on('close', stop);
    return;
  }
  return problem(response, 404, `There is no ${url.pathname}.`);
}

async function asset(response, url) {
  const path = normalize(join(built, url.pathname));
  const file = path.startsWith(built) && extname(path) !== '' ? path : join(built, 'index.html');
  try {
    const content = await readFile(file);
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy });
    response.end(content);
  } catch {
    response.writeHead(404);
    response.end('Not built yet: npm run build');
  }
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const answer = url.pathname.startsWith('/api/') ? api(request, response, url) : asset(response, url);
  answer.catch((error) => problem(response, 500, String(error)));
}).listen(port, '127.0.0.1', () => console.log(`Scripted API at http://127.0.0.1:${port}/sign-in#token=scripted`));
