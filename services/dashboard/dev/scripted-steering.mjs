/** What people do to a scripted task while it runs: messages, pause, resume, approval of its plan. */
const now = () => new Date().toISOString();

/** Makes a model's task stand where its plan waits for approval. */
export function letPlanWait(task, event) {
  Object.assign(task, {
    state: 'paused', reason: 'its plan waits for your approval', brain: 'model', approve_plan: true, started_at: now(),
    plans: [{ attempt: 1, text: '[x] look at shop/orders.py and its tests\n[ ] refuse negative quantities in Order.place with ValueError\n[ ] add tests/test_orders.py::test_negative_quantity\n[ ] run the tests', state: 'waiting', revision: 1 }],
  });
  event(task, Date.now(), 'attempt_claimed', 'Worker model-1 took the attempt', { worker: 'model-1', epoch: 1 });
  event(task, Date.now(), 'stage_started', 'Reading the repository for the first prompt', { stage: 'work' });
  event(task, Date.now(), 'plan_proposed', 'Attempt 1 proposes a plan and waits for your approval', { plan: task.plans[0].text, revision: 1 });
}

/** Answers one call; the new message, `true` for the task, or a string that says why not. */
export function steer(task, verb, sent, event) {
  const tell = (type, message, data = null) => event(task, Date.now(), type, message, data);
  if (verb === 'messages') {
    task.messages.push({ number: task.messages.length + 1, text: sent.text, at: now(), attempt: null });
    tell('message_sent', `Message ${task.messages.length} of a person: ${sent.text}`, { number: task.messages.length });
    return task.messages.at(-1);
  }
  if (verb === 'pause') {
    Object.assign(task, { pause_requested: true, state: 'paused', reason: 'paused by a person' });
    tell('paused', 'Attempt 1 is paused');
    return true;
  }
  if (verb === 'resume') {
    if (!task.pause_requested) return 'The task is not paused.';
    Object.assign(task, { pause_requested: false, state: 'running', reason: null });
    tell('resumed', 'A person asked to go on');
    return true;
  }
  if (task.plans.length === 0 || task.plans[0].state !== 'waiting') return 'No plan waits for approval at the moment; wait until the task is paused for it.';
  task.plans = [{ ...task.plans[0], text: sent.plan ?? task.plans[0].text, state: 'approved' }];
  Object.assign(task, { state: 'running', reason: null });
  tell('plan_approved', 'A person approved the plan of attempt 1', { plan: task.plans[0].text, revision: 1 });
  tell('stage_started', 'Going on after turn 1', { stage: 'work' });
  return true;
}
