// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PullRequestInfo } from '../src/api/pullRequestTypes';
import type { TaskDetail } from '../src/api/types';
import { canFollowUp, continuable, shares, toContinueRequest, whyEnded } from '../src/rounds/rounds';
import { RoundsPanel } from '../src/rounds/RoundsPanel';
import '../src/ui/Markdown'; // Loaded before the panel asks for it.
import { attempt as sampleAttempt } from './samples';

const attempt = sampleAttempt(1, { reason: 'the budget of 40 turns is used up', early_end: 'limit' });

const pull = { number: 3, state: 'open' } as PullRequestInfo;

const taskWith = (part: Partial<TaskDetail>, state: TaskDetail['summary']['state'] = 'no_change'): TaskDetail =>
  ({
    summary: { id: 't1', state },
    test_command: 'pytest -q',
    pull_request: null,
    attempts: [attempt],
    prompts: [{ number: 1, text: 'Fix it', at: '2030-01-01T00:00:00Z', base_commit: null, test_command: 'pytest -q' }],
    limits: { turns: 40, tokens: null, cost: null },
    used: { turns: 40, tokens: 1234, cost: 0 },
    ...part,
  }) as TaskDetail;

describe('canFollowUp', () => {
  it('needs an ended task whose pull request is open, if there is one', () => {
    expect(canFollowUp(taskWith({}))).toBe(true);
    expect(canFollowUp(taskWith({}, 'running'))).toBe(false);
    expect(canFollowUp(taskWith({ pull_request: pull }, 'succeeded'))).toBe(true);
    expect(canFollowUp(taskWith({ pull_request: { ...pull, state: 'merged' } }, 'succeeded'))).toBe(false);
  });
});

describe('continuable', () => {
  it('is the newest attempt when it ended early', () => {
    expect(continuable(taskWith({}))?.number).toBe(1);
    expect(continuable(taskWith({ attempts: [{ ...attempt, early_end: null }] }))).toBeNull();
    expect(continuable(taskWith({ attempts: [{ ...attempt, early_end: null, state: 'timed_out' }] }, 'timed_out'))?.number).toBe(1);
    expect(continuable(taskWith({ attempts: [attempt, { ...attempt, number: 2, early_end: null }] }))).toBeNull();
  });

  it('says why it ended', () => {
    expect(whyEnded(attempt)).toBe('Attempt 1 used up its budget.');
    expect(whyEnded({ ...attempt, early_end: null, state: 'cancelled' })).toBe('Attempt 1 was stopped.');
  });
});

describe('shares', () => {
  it('has one entry for each limit there is', () => {
    expect(shares({ turns: 3, tokens: 5 }, { turns: 10, tokens: null, cost: 2 })).toEqual([
      { name: 'Turns', used: 3, limit: 10, unit: '' },
      { name: 'Cost', used: 0, limit: 2, unit: '' },
    ]);
  });
});

describe('toContinueRequest', () => {
  it('adds nothing where nothing was typed', () => {
    expect(toContinueRequest({ turns: 20, tokens: '', cost: '0.5', timeoutSeconds: '' })).toEqual({ turns: 20, tokens: null, cost: 0.5, timeout_seconds: null });
  });
});

describe('RoundsPanel', () => {
  const sent: { path: string; body: unknown }[] = [];
  let refusal: string | null = null;
  beforeEach(() => {
    sent.length = 0;
    refusal = null;
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      sent.push({ path, body: JSON.parse((init.body as string | undefined) ?? 'null') });
      return Promise.resolve(
        refusal === null ? new Response(JSON.stringify(taskWith({}, 'queued'))) : new Response(JSON.stringify({ title: refusal }), { status: 409 }),
      );
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const show = (task: TaskDetail, onBegun = vi.fn()) => {
    render(
      <MantineProvider>
        <QueryClientProvider client={new QueryClient()}>
          <RoundsPanel task={task} onBegun={onBegun} />
        </QueryClientProvider>
      </MantineProvider>,
    );
    return onBegun;
  };

  it('lists the prompts so far and asks for more', async () => {
    const second = { number: 2, text: 'Round it', at: '2030-01-02T00:00:00Z', base_commit: 'abc', test_command: 'pytest -q' };
    const task = taskWith({ pull_request: pull, prompts: [...taskWith({}).prompts, second] }, 'succeeded');
    const onBegun = show(task);
    expect(screen.getByText('Round it')).toBeDefined();
    expect(screen.getByText(/pull request #3, which gets the result/)).toBeDefined();
    fireEvent.change(screen.getByLabelText('Follow-up'), { target: { value: 'Also document it' } });
    fireEvent.click(screen.getByRole('button', { name: 'Ask for more' }));
    await waitFor(() => expect(onBegun).toHaveBeenCalled());
    expect(sent[0]).toEqual({ path: '/api/tasks/t1/follow-ups', body: { prompt: 'Also document it', test_command: null } });
  });

  it('renders what was asked as Markdown, without HTML and pictures', async () => {
    const text = '# Changes were requested\n\n**Round** it <img src=x onerror=alert(1)> ![pixel](https://evil.example/p.png)';
    const second = { number: 2, text, at: '2030-01-02T00:00:00Z', base_commit: 'abc', test_command: 'pytest -q' };
    show(taskWith({ pull_request: pull, prompts: [...taskWith({}).prompts, second] }, 'succeeded'));
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Changes were requested' })).toBeDefined());
    const list = screen.getByLabelText('Rounds so far');
    expect([...list.children].map((item) => item.getAttribute('value'))).toEqual(['1', '2']);
    expect(list.querySelector('strong')?.textContent).toBe('Round');
    expect(list.querySelector('img')).toBeNull();
    expect(list.textContent).toContain('<img src=x onerror=alert(1)>');
  });

  it('adds budget and shows what is used of the limits', async () => {
    const onBegun = show(taskWith({}));
    expect(screen.getByLabelText('Turns: 40 of 40')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Add budget and continue' }));
    fireEvent.change(await screen.findByLabelText('Add turns'), { target: { value: '20' } });
    fireEvent.click(screen.getByRole('button', { name: 'Add and continue' }));
    await waitFor(() => expect(onBegun).toHaveBeenCalled());
    expect(sent[0]).toEqual({ path: '/api/tasks/t1/continue', body: { turns: 20, tokens: null, cost: null, timeout_seconds: null } });
  });

  it('says why a follow-up was refused and keeps what was typed', async () => {
    refusal = 'Pull request #3 is merged, so a follow-up has nothing to build on; submit a new task.';
    show(taskWith({ pull_request: pull }, 'succeeded'));
    const box = screen.getByLabelText<HTMLTextAreaElement>('Follow-up');
    fireEvent.change(box, { target: { value: 'More' } });
    fireEvent.click(screen.getByRole('button', { name: 'Ask for more' }));
    await waitFor(() => expect(screen.getByText(refusal ?? '')).toBeDefined());
    expect(box.value).toBe('More');
  });

  it('shows nothing while a task without limits runs', () => {
    show(taskWith({ limits: { turns: null, tokens: null, cost: null } }, 'running'));
    expect(screen.queryByLabelText('Follow-ups')).toBeNull();
  });
});
