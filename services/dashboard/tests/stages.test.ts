import { describe, expect, it } from 'vitest';
import type { TaskEventInfo } from '../src/api/types';
import { candidateRate, candidateSeries } from '../src/task/progress';
import { shownAttempt, stageSteps, stateOf } from '../src/task/stages';
import { attempt, task } from './samples';

const start = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

function events(...entries: [seconds: number, type: string, data?: Record<string, unknown>, attempt?: number | null][]): TaskEventInfo[] {
  return entries.map(([seconds, type, data, attempt], index) => ({
    seq: index + 1, type, at: at(seconds), attempt: attempt === undefined ? 1 : attempt, message: type, data: data ?? null,
  }));
}
const stage = (name: string, candidates = 0) => ({ stage: name, candidates });
const states = (list: TaskEventInfo[], state: Parameters<typeof stageSteps>[2]) => stageSteps(list, 1, state).map((step) => `${step.name} ${step.state}`);

describe('stateOf', () => {
  const attempts = [attempt(1, { state: 'succeeded', is_chosen: true }), attempt(2, { state: 'no_change', prompt_number: 2 }), attempt(3, { state: 'succeeded', prompt_number: 2 })];

  it('tells of each attempt its own end when an earlier one stands', () => {
    const stands = task('succeeded', { attempts, last_round: { number: 2, state: 'failed', reason: 'the branch was moved', headline: 'Round 2: failed, nothing changed' } });
    expect([1, 2, 3].map((number) => stateOf(stands, number))).toEqual(['succeeded', 'no_change', 'failed']);
  });

  it('is where the task is while it goes on', () => {
    expect(stateOf(task('running', { attempts }), 2)).toBe('running');
    expect(stateOf(task('succeeded', { attempts }), 3)).toBe('succeeded');
  });
});

describe('stageSteps', () => {
  it('shows the running stage, those before and those to come', () => {
    const list = events([0, 'attempt_claimed'], [1, 'stage_started', stage('checkout')], [2, 'stage_started', stage('sandbox')], [3, 'stage_started', stage('search')]);
    expect(states(list, 'running')).toEqual([
      'checkout done', 'sandbox done', 'reproduce skipped', 'localize skipped', 'search active', 'verify waiting', 'pull_request waiting',
    ]);
    expect(stageSteps(list, 1, 'running')[0]).toMatchObject({ startedAt: at(1), endedAt: at(2) });
  });

  it('waits where it was paused', () => {
    const list = events([0, 'attempt_claimed'], [1, 'stage_started', stage('sandbox')], [2, 'stage_started', stage('work')], [5, 'paused']);
    expect(states(list, 'paused')).toEqual(['checkout skipped', 'sandbox done', 'work waiting', 'verify waiting', 'pull_request waiting']);
    expect(stageSteps(list, 1, 'paused')[2]).toMatchObject({ startedAt: at(2), endedAt: at(5) });
  });

  it('ends with an opened pull request', () => {
    const list = events([1, 'stage_started', stage('verify')], [2, 'patch_verified'], [3, 'attempt_finished', { state: 'succeeded' }], [4, 'pull_request_opened', {}, null], [5, 'task_finished', {}, null]);
    expect(stageSteps(list, 1, 'succeeded').at(-1)).toMatchObject({ state: 'done', startedAt: at(2), endedAt: at(4) });
  });

  it('shows a model at work instead of a search', () => {
    const list = events([1, 'stage_started', stage('sandbox')], [2, 'stage_started', stage('work')], [3, 'turn_finished'], [4, 'stage_started', stage('export')]);
    expect(states(list, 'running')).toEqual(['checkout skipped', 'sandbox done', 'work active', 'verify waiting', 'pull_request waiting']);
  });

  it('marks where a failed attempt stopped', () => {
    const list = events([1, 'stage_started', stage('reproduce')], [4, 'attempt_finished', { state: 'failed' }]);
    expect(states(list, 'failed').slice(2, 4)).toEqual(['reproduce stopped', 'localize skipped']);
  });

  it('starts over when a rescued attempt is claimed again', () => {
    const list = events([1, 'stage_started', stage('search')], [9, 'attempt_rescued'], [10, 'attempt_claimed'], [11, 'stage_started', stage('checkout')]);
    expect(states(list, 'running').slice(0, 2)).toEqual(['checkout active', 'sandbox waiting']);
  });

  it('prefers the attempt whose patch was verified', () => {
    const list = events([1, 'stage_started', stage('search'), 1], [2, 'patch_verified', {}, 1], [3, 'stage_started', stage('search'), 2]);
    expect(shownAttempt(list)).toBe(1);
  });

  it('shows the chosen attempt first, until the task is retried', () => {
    const list = events([1, 'patch_verified', {}, 1], [2, 'patch_verified', {}, 2], [3, 'attempt_chosen', {}, 1]);
    expect(shownAttempt(list)).toBe(1);
    expect(shownAttempt([...list, ...events([4, 'task_retried', {}, null], [5, 'stage_started', stage('checkout'), 3])])).toBe(3);
  });
});

describe('candidates', () => {
  const list = events(
    [0, 'stage_started', stage('checkout')],
    [9, 'progressed', { candidates: 40_000 }],
    [10, 'stage_started', stage('search')],
    [11, 'progressed', stage('search', 20)],
    [12, 'progressed', stage('search', 40)],
    [13, 'stage_started', stage('confirm', 41)],
    [20, 'stage_started', stage('verify', 0)],
  );

  it('are counted from the beginning of the search', () => {
    expect(candidateSeries(list, 1).map((point) => [point.seconds, point.candidates])).toEqual([[0, 0], [1, 20], [2, 40], [3, 41]]);
  });

  it('have a rate that leaves the verification out', () => {
    expect(candidateRate(candidateSeries(list, 1), false)).toBeCloseTo(41 / 3);
    expect(candidateRate([], true)).toBeNull();
  });
});
