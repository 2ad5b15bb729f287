import { attemptsOf } from './scripted-attempts.mjs';
import { randomUUID } from 'node:crypto';
import { body, largePatch, outputs, patch, verification } from './scripted-content.mjs';
import { letPlanWait, steer } from './scripted-steering.mjs';

const terminal = new Set(['succeeded', 'no_change', 'failed', 'cancelled', 'timed_out']);

/** Tasks in memory, and the script that moves them. */
export function createTasks({ empty, speed }) {
  const all = new Map();
  const keys = new Map();
  const taskListeners = new Set();
  let pullNumber = 0;

  const iso = (ms) => new Date(ms).toISOString();
  const create = (sent, at = Date.now()) => {
    const task = {
      id: randomUUID(), title: sent.prompt.split('\n')[0].slice(0, 90), prompt: sent.prompt, repository: sent.repository, base_ref: sent.base_ref ?? 'main',
      test_command: sent.test_command ?? 'python -m pytest -q', state: 'queued', reason: null, brain: sent.brain === 'model' ? 'model' : 'repair', stage: null,
      candidates: 0, created_at: iso(at), started_at: null, finished_at: null, events: [], listeners: new Set(), patch: null, verification: null,
      pull_request: null, cancel_requested: false, attempt: 1, timeout_seconds: sent.timeout_seconds ?? 900, result: null, run: 0,
      template: sent.template ?? null, model: sent.model ?? null,
      approve_plan: sent.approve_plan ?? false, pause_requested: false, messages: [], plans: [],
    };
    all.set(task.id, task);
    event(task, at, 'task_submitted', 'Task submitted', null, null);
    event(task, at, 'attempt_queued', 'Attempt 1 waits for a worker', null);
    return task;
  };

  const summary = (task) => ({
    id: task.id, title: task.title, repository: task.repository, base_ref: task.base_ref, state: task.state, reason: task.reason, brain: task.brain,
    stage: task.stage, candidates_tried: task.candidates, created_at: task.created_at, started_at: task.started_at, finished_at: task.finished_at,
    pull_request_number: task.pull_request?.number ?? null, pull_request_state: task.pull_request?.state ?? null,
  });

  function event(task, at, type, message, data = null, attempt = task.attempt) {
    const entry = { seq: task.events.length + 1, type, at: iso(at), attempt, message, data };
    task.events.push(entry);
    task.listeners.forEach((notify) => notify(entry));
    taskListeners.forEach((notify) => notify(summary(task)));
    const over = terminal.has(task.state) && (task.pull_request === null || ['merged', 'closed'].includes(task.pull_request.state));
    if (over && (type === 'task_finished' || type.startsWith('pull_request'))) task.listeners.forEach((notify) => notify(null));
  }

  const openPull = (task, at, held = []) => {
    pullNumber += 1;
    const branch = `codex/${task.title.toLowerCase().replace(/[^a-z]+/g, '-').slice(0, 28)}-${task.id.slice(0, 6)}`;
    task.pull_request = {
      number: pullNumber, task_id: task.id, url: `/pulls/${pullNumber}`, title: task.title, body: body(task), state: 'open', repository: task.repository,
      base_ref: task.base_ref, branch, head_commit: '8f14e45fceea167a5a36dedd4bea2543b1c2d3e4', merge_commit: null, note: null, held_for_approval: held,
      created_at: iso(at), closed_at: null,
    };
  };

  /** The script: [seconds from the start, step]. Played live with timers, or at once for the past. */
  function script(task, ending) {
    const steps = [];
    let t = 0.05;
    const then = (seconds, step) => steps.push([(t += seconds), step]);
    const stage = (name, message) => (at) => {
      task.stage = name;
      event(task, at, 'stage_started', message, { stage: name, candidates: task.candidates });
    };
    then(0, (at) => {
      task.state = 'running';
      task.started_at = iso(at);
      event(task, at, 'attempt_claimed', 'Worker repair-1 took the attempt', { worker: 'repair-1', epoch: 1 });
    });
    then(0.02, stage('checkout', `Checking out ${task.base_ref}`));
    then(0.6, stage('sandbox', 'Starting the sandbox'));
    then(0.3, stage('reproduce', 'Running the tests to see the failure'));
    then(2.4, (at) => event(task, at, 'command_finished', `${task.test_command}: 2 failed, 41 passed`, { phase: 'before', command: task.test_command, exit_code: 1, seconds: 2.31 }));
    then(0.1, stage('localize', '2 failing tests; looking for the fault by coverage'));
    then(1.2, stage('search', 'Suspects: paginate in shop/api/users.py:41, page_window in shop/paging.py:17'));
    for (let i = 1; i <= 24; i++) {
      then(0.35, (at) => {
        task.candidates += 5 + Math.round(4 * Math.abs(Math.sin(i * 1.3)));
        event(task, at, 'progressed', `${task.candidates} candidates tried`, { stage: 'search', candidates: task.candidates });
      });
    }
    const finish = (state, reason) => (at) => {
      task.state = state;
      task.reason = reason;
      task.stage = null;
      task.finished_at = iso(at);
      event(task, at, 'attempt_finished', `Attempt ${task.attempt}: ${reason ?? state}`, { state, reason });
      event(task, at, 'task_finished', `Task ${state.replace('_', ' ')}`, { state, reason }, null);
    };
    if (ending === 'no_change') {
      then(0.5, finish('no_change', 'No candidate made test_page_two_is_disjoint pass without breaking another test'));
      return steps;
    }
    if (ending === 'failed') {
      then(0.5, finish('failed', 'The test command was not found in the sandbox: pytest-3: command not found'));
      return steps;
    }
    if (ending === 'timed_out') {
      then(0.5, (at) => {
        task.patch = patch;
        finish('timed_out', 'The search was stopped at the limit')(at);
      });
      return steps;
    }
    then(0.1, stage('export', 'Candidate 187 passes; exporting the patch'));
    then(0.2, stage('verify', 'Verifying in a fresh sandbox'));
    for (const command of verification.commands) {
      then(command.seconds, (at) =>
        event(task, at, 'command_finished', `${command.command}`, { phase: command.phase, command: command.command, exit_code: command.exit_code, seconds: command.seconds }),
      );
    }
    then(0.1, (at) => {
      task.state = 'publishing';
      task.stage = null;
      task.patch = ending === 'large' ? largePatch : patch;
      task.verification = verification;
      task.result = 'The slice in paginate started one element early on every page but the first. Starting it at (page - 1) * per_page makes pages disjoint.';
      event(task, at, 'patch_verified', 'Verified: 2 tests fixed, 41 still pass', { fail_to_pass: verification.fail_to_pass, pass_to_pass: 41 });
    });
    then(0.4, (at) => {
      openPull(task, at, ending === 'large' ? ['.github/workflows/ci.yml'] : []);
      task.state = 'succeeded';
      task.finished_at = iso(at);
      event(task, at, 'pull_request_opened', `Pull request #${task.pull_request.number} opened`, { number: task.pull_request.number, branch: task.pull_request.branch });
      finish('succeeded', null)(at);
    });
    return steps;
  }

  const play = (task, ending) => {
    const run = ++task.run;
    for (const [seconds, step] of script(task, ending)) {
      setTimeout(() => task.run === run && step(Date.now()), (seconds * 1000) / speed);
    }
  };
  const past = (prompt, minutesAgo, ending, repository = '/home/me/shop') => {
    const at = Date.now() - minutesAgo * 60_000;
    const task = create({ prompt, repository }, at);
    script(task, ending).forEach(([seconds, step]) => step(at + seconds * 1000 * (0.6 + ((minutesAgo * 7) % 10) / 5)));
    return task;
  };

  if (!empty) {
    const titles = ['Fix the rounding of totals in the cart', 'Orders export skips the last row', 'Slug of an empty title raises', 'Discount is applied twice for members', 'Week view starts on Sunday in Europe'];
    for (let i = 60; i > 0; i--) {
      past(titles[i % titles.length], 300 + i * 97, i % 9 === 0 ? 'no_change' : i % 7 === 0 ? 'failed' : 'ok', i % 3 === 0 ? 'https://github.com/acme/billing.git' : '/home/me/shop');
    }
    past('Time zone of the invoice date is lost', 240, 'timed_out');
    past('Search returns nothing for names with an apostrophe', 180, 'no_change', 'https://github.com/acme/storefront.git');
    past('Fix test discovery of the integration suite', 120, 'failed');
    const merged = past('Off-by-one in the retry counter of the mailer', 90, 'ok');
    merged.pull_request = { ...merged.pull_request, state: 'merged', merge_commit: 'c0ffee254729296a45a3885639ac7e10f9d54979', closed_at: iso(Date.now() - 80 * 60_000) };
    const closed = past('Drop the legacy export of orders', 70, 'ok');
    closed.pull_request = { ...closed.pull_request, state: 'closed', closed_at: iso(Date.now() - 60 * 60_000) };
    past('Rename price_cents and update the callers in Python, TypeScript and C#', 40, 'large');
    past('Fix the pagination bug in the users endpoint: page 2 repeats users from page 1', 12, 'ok');
    play(create({ prompt: 'Deleting a user leaves their sessions behind', repository: '/home/me/shop' }), 'ok');
    letPlanWait(create({ prompt: 'Let the export of orders run in the background', repository: '/home/me/shop' }), event);
    create({ prompt: 'Reject negative quantities when an order is placed', repository: 'git@example.org:acme/warehouse.git' });
  }

  const newest = () => [...all.values()].reverse().sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  return {
    summaries: () => newest().map(summary),
    pulls: () => newest().map((task) => task.pull_request).filter((pull) => pull !== null).sort((a, b) => b.number - a.number),
    byId: (id) => all.get(id),
    byPull: (number) => [...all.values()].find((task) => task.pull_request?.number === number),
    detail: (task) => ({
      summary: summary(task), prompt: task.prompt, test_command: task.test_command, base_commit: '3a7bd3e2360a3d29eea436fcfb7e44c735d117c4',
      head_commit: task.pull_request?.head_commit ?? null, branch: task.pull_request?.branch ?? null, timeout_seconds: task.timeout_seconds, result_summary: task.result,
      patch: task.patch, verification: task.verification, pull_request: task.pull_request,
      attempts: attemptsOf(task),
      usage: { wall_seconds: 19.4, queue_seconds: 0.02, sandbox_ready_seconds: 0.21, candidates: task.candidates, input_tokens: 0, output_tokens: 0 },
      cancel_requested: task.cancel_requested, last_seq: task.events.length, template: task.template, model: task.model,
      approve_plan: task.approve_plan, pause_requested: task.pause_requested, message_count: task.messages.length, plans: task.plans,
      prompts: [{ number: 1, text: task.prompt, at: task.created_at, base_commit: null, test_command: task.test_command }],
      limits: { turns: null, tokens: null, cost: null }, used: { turns: 0, tokens: 0, cost: 0 }, submitted_by: 'owner',
    }),
    tell: (task, type, message) => event(task, Date.now(), type, message, null, null),
    steer: (task, verb, sent) => steer(task, verb, sent, event),
    output: (task, index) => outputs[index % outputs.length],
    submit(sent, key) {
      const task = keys.get(key) ?? create(sent);
      if (key !== undefined && !keys.has(key)) keys.set(key, task);
      if (task.state === 'queued') setTimeout(() => play(task, /nothing/.test(sent.prompt) ? 'no_change' : 'ok'), 300);
      return this.detail(task);
    },
    cancel(task) {
      if (terminal.has(task.state)) return false;
      task.run++;
      task.cancel_requested = true;
      event(task, Date.now(), 'cancel_requested', 'A person asked to stop', null, null);
      setTimeout(() => {
        Object.assign(task, { state: 'cancelled', reason: 'Stopped by a person', stage: null, finished_at: iso(Date.now()) });
        event(task, Date.now(), 'attempt_finished', 'Attempt 1 stopped', { state: 'cancelled' });
        event(task, Date.now(), 'task_finished', 'Task cancelled', { state: 'cancelled' }, null);
      }, 700);
      return true;
    },
    retry(task) {
      if (!terminal.has(task.state)) return false;
      Object.assign(task, { state: 'queued', reason: null, finished_at: null, started_at: null, cancel_requested: false, candidates: 0 });
      event(task, Date.now(), 'task_retried', 'A person asked for another attempt', null, null);
      play(task, 'ok');
      return true;
    },
    merge(task) {
      if (task.pull_request.state !== 'open') return false;
      task.pull_request = { ...task.pull_request, state: 'merging' };
      setTimeout(() => {
        task.pull_request = { ...task.pull_request, state: 'merged', merge_commit: 'c0ffee254729296a45a3885639ac7e10f9d54979', closed_at: iso(Date.now()) };
        event(task, Date.now(), 'pull_request_merged', `Pull request #${task.pull_request.number} merged`, { number: task.pull_request.number }, null);
      }, 1500);
      return true;
    },
    close(task) {
      if (task.pull_request.state !== 'open') return false;
      task.pull_request = { ...task.pull_request, state: 'closed', closed_at: iso(Date.now()) };
      event(task, Date.now(), 'pull_request_closed', `Pull request #${task.pull_request.number} closed`, { number: task.pull_request.number }, null);
      return true;
    },
    onTask: (notify) => (taskListeners.add(notify), () => taskListeners.delete(notify)),
    onEvent(task, notify) {
      task.listeners.add(notify);
      const over = terminal.has(task.state) && (task.pull_request === null || ['merged', 'closed'].includes(task.pull_request.state));
      if (over) setTimeout(() => notify(null));
      return () => task.listeners.delete(notify);
    },
  };
}
