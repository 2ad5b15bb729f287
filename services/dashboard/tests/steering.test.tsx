// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskDetail, TaskEventInfo } from '../src/api/types';
import { livePlans, planSteps, steeringOf } from '../src/steering/steering';
import { SteeringPanel } from '../src/steering/SteeringPanel';
import { attempt, summary, task as sample } from './samples';

const event = (seq: number, type: string, data: Record<string, unknown> | null, attempt = 1): TaskEventInfo => ({ seq, type, at: '2026-01-01T00:00:00Z', attempt, message: type, data });
const work = event(1, 'stage_started', { stage: 'work' });

const task = (state: TaskDetail['summary']['state'], part: Partial<TaskDetail> = {}): TaskDetail => sample(state, { summary: { ...summary(state), brain: 'auto' }, attempts: [attempt(1, { state: 'running' })], ...part });

const waiting = task('paused', { approve_plan: true, plans: [{ attempt: 1, text: '[ ] look\n[ ] fix', state: 'waiting', revision: 2 }] });

describe('steeringOf', () => {
  it('tells pausing from paused, and a plan that waits from both', () => {
    expect(steeringOf(task('running'), [work])).toBe('running');
    expect(steeringOf(task('running', { pause_requested: true }), [work])).toBe('pausing');
    expect(steeringOf(task('paused', { pause_requested: true }), [work])).toBe('paused');
    expect(steeringOf(waiting, [])).toBe('plan_waits');
  });

  it('has nothing to steer without a model, while stopping and after the end', () => {
    expect(steeringOf(task('running'), [event(1, 'stage_started', { stage: 'search' })])).toBeNull();
    expect(steeringOf(task('running', { cancel_requested: true }), [work])).toBeNull();
    expect(steeringOf(task('failed'), [work])).toBeNull();
  });
});

describe('plans', () => {
  it('are the newest of each attempt', () => {
    const events = [event(1, 'turn_finished', { plan: 'old' }), event(2, 'turn_finished', { plan: 'other' }, 2), event(3, 'turn_finished', { plan: null }), event(4, 'plan_approved', { plan: 'new' })];
    expect(livePlans(events)).toEqual([{ attempt: 1, text: 'new' }, { attempt: 2, text: 'other' }]);
  });

  it('have steps, done ones marked', () => {
    expect(planSteps('[x] look\n- [ ] fix\n\n3. test')).toEqual([{ text: 'look', done: true }, { text: 'fix', done: false }, { text: '3. test', done: false }]);
  });
});

describe('SteeringPanel', () => {
  const sent: { path: string; body: unknown }[] = [];
  beforeEach(() => {
    sent.length = 0;
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      if (init.method === 'POST') {
        sent.push({ path, body: init.body === undefined ? null : JSON.parse(init.body as string) });
      }
      return Promise.resolve(new Response(JSON.stringify(path.endsWith('/messages') && init.method !== 'POST' ? [{ number: 1, text: 'Keep it small', at: '2026-01-01T00:00:00Z', attempt: null }] : waiting), { status: 200 }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const show = (shown: TaskDetail, events: TaskEventInfo[] = [work]) =>
    render(
      <MantineProvider>
        <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
          <SteeringPanel task={shown} events={events} />
        </QueryClientProvider>
      </MantineProvider>,
    );

  it('approves the plan that was read, as it is', async () => {
    show(waiting);
    fireEvent.click(screen.getByRole('button', { name: 'Approve the plan' }));
    await waitFor(() => expect(sent).toEqual([{ path: '/api/tasks/t1/plan/approve', body: { attempt: 1, revision: 2, plan: null } }]));
  });

  it('approves the plan as it was edited', async () => {
    show(waiting);
    fireEvent.click(screen.getByRole('button', { name: 'Edit' }));
    fireEvent.change(screen.getByLabelText('The plan as it shall be'), { target: { value: '1. only look\n' } });
    fireEvent.click(screen.getByRole('button', { name: 'Approve as edited' }));
    await waitFor(() => expect(sent[0]?.body).toEqual({ attempt: 1, revision: 2, plan: '1. only look' }));
  });

  it('sends a message once, and empties the box', async () => {
    show(task('running'));
    const box = screen.getByLabelText('Message to the model');
    fireEvent.change(box, { target: { value: ' Keep the signature ' } });
    fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect((box as HTMLTextAreaElement).value).toBe(''));
    expect(sent).toEqual([{ path: '/api/tasks/t1/messages', body: { text: 'Keep the signature' } }]);
  });

  it('pauses what runs and resumes what stands', async () => {
    const first = show(task('running'));
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await waitFor(() => expect(sent.map((one) => one.path)).toEqual(['/api/tasks/t1/pause']));
    first.unmount();
    show(task('running', { pause_requested: true }));
    expect(screen.getByText(/Pausing: the model finishes its turn first/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Resume' }));
    await waitFor(() => expect(sent.map((one) => one.path)).toEqual(['/api/tasks/t1/pause', '/api/tasks/t1/resume']));
  });

  it('shows what was said, and the plan as the model keeps it', async () => {
    show(task('running', { message_count: 1 }), [work, event(2, 'turn_finished', { plan: '[x] look\n[ ] fix' })]);
    expect(screen.getByText('look').closest('li')?.getAttribute('data-done')).toBe('true');
    await waitFor(() => expect(screen.getByText('Keep it small')).toBeDefined());
  });

  it('keeps the last plan after the end, and is not there for a search', () => {
    const ended = show(task('succeeded'), [work, event(2, 'turn_finished', { plan: '[x] look' })]);
    expect(screen.getByText('look')).toBeDefined();
    expect(screen.queryByLabelText('Message to the model')).toBeNull();
    ended.unmount();
    show(task('running'), [event(1, 'stage_started', { stage: 'search' })]);
    expect(screen.queryByRole('region', { name: 'Plan and messages' })).toBeNull();
  });
});
