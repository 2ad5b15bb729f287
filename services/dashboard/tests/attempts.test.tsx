// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttemptDetail, AttemptInfo, TaskDetail } from '../src/api/types';
import { canChoose, consequence, ranked, shownFirst, worksWith } from '../src/attempts/attemptFacts';
import { AttemptsView } from '../src/attempts/AttemptsView';
import { attempt, pull, summary, task as sample } from './samples';

const verified = (number: number, rank: number, part: Partial<AttemptInfo> = {}) =>
  attempt(number, { state: 'succeeded', verified: true, rank, tests_passed: 14, regressions: 0, patch_lines: rank * 2, ...part });

const first = verified(1, 2, { brain: 'repair', usage: { wall_seconds: 7, input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost: 0 } });
const second = attempt(2, { model: 'small', temperature: 0.2, tests_passed: 11, regressions: 3, patch_lines: 40, reason: '3 tests break' });
const third = verified(3, 1, { model: 'large', temperature: 0.35, is_chosen: true, usage: { wall_seconds: 9, input_tokens: 1000, cached_input_tokens: 0, output_tokens: 234, cost: 0.0125 } });

const task = (attempts: AttemptInfo[], part: Partial<TaskDetail> = {}): TaskDetail => sample('succeeded', { pull_request: pull('open'), attempts, ...part });

describe('attempt facts', () => {
  it('orders by rank, then the others by number', () => {
    expect(ranked([first, second, third, attempt(4)]).map((one) => one.number)).toEqual([3, 1, 2, 4]);
  });

  it('shows the chosen one first, else the best so far', () => {
    expect(shownFirst([first, second, third])?.number).toBe(3);
    expect(shownFirst([second, verified(5, 1), first])?.number).toBe(5);
  });

  it('says what an attempt works with', () => {
    expect([first, second, third, attempt(4)].map(worksWith)).toEqual(['repair', 'model small at 0.2', 'model large at 0.35', 'model']);
  });

  it('lets choose a verified one of the newest round while the pull request is open or there is none', () => {
    expect(canChoose(task([first, third]), first)).toBe(true);
    expect(canChoose(task([first, third], { pull_request: null, summary: summary('running') }), first)).toBe(true);
    expect(canChoose(task([first, third]), third)).toBe(false);
    expect(canChoose(task([first, third], { pull_request: null, summary: summary('failed') }), third)).toBe(true);
    expect(canChoose(task([second, third]), second)).toBe(false);
    expect(canChoose(task([first, third], { summary: summary('publishing') }), first)).toBe(false);
    for (const state of ['merging', 'merged', 'closed'] as const) {
      expect(canChoose(task([first, third], { pull_request: pull(state) }), first)).toBe(false);
    }
  });

  it('lets choose what stands again when another pick could not be published', () => {
    const failed = { number: 1, state: 'failed', reason: 'the branch was moved', headline: 'Round 1: failed, nothing changed' } as const;
    expect(canChoose(task([first, third], { last_round: failed }), third)).toBe(true);
    // One of an earlier round, which stands as a later round brought nothing, has no rank.
    expect(canChoose(task([first, third], { last_round: { ...failed, number: 2 } }), { ...third, rank: null })).toBe(false);
    expect(canChoose(task([first, third], { last_round: failed, pull_request: pull('merged') }), third)).toBe(false);
    expect(consequence(task([first, third], { last_round: failed }), third)).toMatch(/^Pull request #7 stays as it is;/);
  });

  it('says what choosing leads to', () => {
    expect(consequence(task([first, attempt(2, { state: 'running' })]), first)).toMatch(/^The other attempts are stopped/);
    expect(consequence(task([first, third]), first)).toBe('Pull request #7 gets this patch in place of the one that it has now.');
    expect(consequence(task([first, third], { pull_request: null }), first)).toBe('A pull request is opened with this patch.');
  });
});

describe('AttemptsView', () => {
  const sent: string[] = [];
  const after = task([{ ...first, is_chosen: true }, second, { ...third, is_chosen: false }]);
  beforeEach(() => {
    sent.length = 0;
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      sent.push(`${init.method} ${path}`);
      const number = Number(/attempts\/(\d)/.exec(path)?.[1]);
      const detail: AttemptDetail = {
        attempt: first, title: null, summary: null,
        patch: number === 2 ? null : `diff --git a/f${number}.txt b/f${number}.txt\n--- a/f${number}.txt\n+++ b/f${number}.txt\n@@ -1 +1 @@\n-a\n+b\n`,
        verification: { verified: number !== 2, reason: 'r', fail_to_pass: [`test_of_${number}`], pass_to_pass: 13, broken: [], still_failing: [], flaky: [], commands: [{ index: 0, phase: 'after', command: `make test${number}`, exit_code: 0, seconds: 1, timed_out: false, output_bytes: 1 }] },
      };
      const body = path.endsWith('/choose') ? after : path.includes('/evidence/') ? null : detail;
      return Promise.resolve(new Response(body === null ? 'the output' : JSON.stringify(body), { status: 200 }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const show = (shown: TaskDetail, onChosen = vi.fn()) => {
    render(
      <MantineProvider>
        <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
          <AttemptsView task={shown} onChosen={onChosen} />
        </QueryClientProvider>
      </MantineProvider>,
    );
    return onChosen;
  };

  it('compares them, best first, and shows the chosen one', async () => {
    show(task([first, second, third]));
    const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1).map((row) => row.textContent);
    expect(rows[0]).toMatch(/^1Attempt 3chosenmodel large at 0\.35Succeeded14021,2340\.0125/);
    expect(rows[1]).toMatch(/^2Attempt 1repairSucceeded1404––/);
    expect(rows[2]).toMatch(/^–Attempt 2model small at 0\.2No change11340––/);
    await waitFor(() => expect(screen.getByText('test_of_3')).toBeDefined());
    expect(screen.queryByRole('button', { name: 'Use this patch' })).toBeNull();
  });

  it('shows the diff and the evidence of the one that is clicked', async () => {
    show(task([first, second, third]));
    fireEvent.click(screen.getByRole('button', { name: /^Attempt 2/ }));
    await waitFor(() => expect(screen.getByText('test_of_2')).toBeDefined());
    expect(screen.getByText('There is no patch')).toBeDefined();
    expect(screen.getByText(/3 tests break/)).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Use this patch' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'make test2' }));
    await waitFor(() => expect(sent).toContain('GET /api/tasks/t1/attempts/2/evidence/0'));
    fireEvent.click(screen.getByRole('button', { name: /^Attempt 1/ }));
    await waitFor(() => expect(screen.getByText('test_of_1')).toBeDefined());
  });

  it('takes another patch after asking', async () => {
    const chosen = show(task([first, second, third]));
    fireEvent.click(screen.getByRole('button', { name: /^Attempt 1/ }));
    fireEvent.click(await screen.findByRole('button', { name: 'Use this patch' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('Pull request #7 gets this patch in place of the one that it has now.')).toBeDefined();
    expect(sent.some((call) => call.startsWith('POST'))).toBe(false);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Use this patch' }));
    await waitFor(() => expect(chosen).toHaveBeenCalled());
    expect(sent).toContain('POST /api/tasks/t1/attempts/1/choose');
  });
});
