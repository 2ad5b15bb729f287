// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { ReviewResult, TaskDetail, TaskEventInfo } from '../src/api/types';
import { byFile, leftOut } from '../src/review/review';
import { ReviewView } from '../src/review/ReviewView';
import { emptyDraft, toRequest } from '../src/submit/draft';
import { validate } from '../src/submit/validation';
import { stageSteps } from '../src/task/stages';
import { verdictOf } from '../src/task/verdict';

const review: ReviewResult = {
  summary: 'Reads well. <img src=x onerror=alert(1)> [x](javascript:alert(1))',
  comments: [
    { path: 'b.py', line: 9, start_line: 8, severity: 'blocker', body: 'Divides by `zero`.', lines: 'a\nb', suggestion: '<b>c</b>' },
    { path: 'a.py', line: 3, start_line: null, severity: 'nit', body: 'Name it.', lines: 'x = 1', suggestion: null },
    { path: 'b.py', line: 2, start_line: null, severity: 'minor', body: 'Not needed.', lines: 'y', suggestion: '' },
  ],
  merge_base: 'a'.repeat(40), head_commit: 'b'.repeat(40), read_by_model: true, files: 2, added_lines: 5, removed_lines: 1,
  changed_tests: [{ path: 't.py', change: 'modified' }],
  left_out: { off_diff: 1, duplicates: 0, nits: 2, too_many: 0 },
  evidence: { conclusion: '1 test newly fails', commands: [], newly_failing: ['t.py::test_a'], newly_passing: [], still_failing: [], flaky: [], removed_tests: [], still_passing: 4, added_passing: 0 },
  evidence_note: null,
};
const summary = {
  id: '1', title: 'Look', repository: '/r', base_ref: 'main', state: 'succeeded', reason: '3 comments, 1 of them a blocker; 1 test newly fails', brain: 'model', stage: null, candidates_tried: 0,
  created_at: '', started_at: null, finished_at: null, pull_request_number: null, pull_request_state: null, kind: 'review',
} as const;
const task = { summary, prompt: 'Look', test_command: '', base_commit: null, patch: null, verification: null, result_summary: null, head_ref: 'topic', review } as unknown as TaskDetail;

const show = (shown: TaskDetail) =>
  render(<MantineProvider><QueryClientProvider client={new QueryClient()}><ReviewView task={shown} /></QueryClientProvider></MantineProvider>).container;

it('shows comments by file with severity and suggestion, and nothing that loads or runs', async () => {
  const container = show(task);
  expect((await screen.findByText('zero')).tagName).toBe('CODE');
  expect(container.querySelector('img, script, b, a[href^="javascript"]')).toBeNull();
  const files = [...container.querySelectorAll('article')];
  expect(files.map((file) => file.getAttribute('aria-label'))).toEqual(['b.py', 'a.py']);
  expect([...(files[0]?.querySelectorAll('header') ?? [])].map((head) => head.textContent)).toEqual(['minorline 2', 'blockerlines 8–9']);
  expect(container.querySelector('ins')?.textContent).toBe('<b>c</b>');
  expect(container.textContent).toContain('Delete these lines.');
  expect(container.textContent).toContain('Left out: 1 named no line of the diff, 2 nits.');
  expect(container.textContent).toContain('Newly failingt.py::test_a');
  expect(container.textContent).toContain('The change touches tests: t.py (modified)');
});

it('says plainly that no model read the change, and why the tests did not run', () => {
  const text = show({ ...task, review: { ...review, read_by_model: false, comments: [], evidence: null, evidence_note: 'no test command is known' } }).textContent;
  expect(text).toContain('No model read this change');
  expect(text).toContain('Not run: no test command is known.');
  expect(text).not.toContain('No comments');
});

it('says that there is no review', () => {
  expect(show({ ...task, review: null, summary: { ...summary, state: 'running' } }).textContent).toContain('No review yet');
  expect(show({ ...task, review: null, summary: { ...summary, state: 'failed' } }).textContent).toContain('There is no review');
});

it('words the verdict', () => {
  expect(verdictOf(task)).toEqual({ tone: 'warning', title: 'Reviewed', text: '3 comments, 1 of them a blocker; 1 test newly fails.' });
  expect(verdictOf({ ...task, review: { ...review, comments: [], evidence: null } })).toMatchObject({ tone: 'success' });
  expect(verdictOf({ ...task, review: { ...review, read_by_model: false, comments: [], evidence: null } })).toMatchObject({ tone: 'neutral', title: 'Tests compared' });
  expect(verdictOf({ ...task, review: null, summary: { ...summary, state: 'no_change' } })).toMatchObject({ title: 'No review was made' });
  expect(leftOut({ off_diff: 0, duplicates: 0, nits: 0, too_many: 0 })).toBeNull();
  expect(byFile([])).toEqual([]);
});

it('has stages of its own, fewer without a model', () => {
  const at = (seq: number, type: string, stage?: string): TaskEventInfo => ({ seq, type, at: `2026-01-01T00:00:0${seq}Z`, attempt: 1, message: '', data: stage === undefined ? {} : { stage } });
  const read = ['checkout', 'sandbox', 'work', 'verify'].map((stage, index) => at(index + 1, 'stage_started', stage));
  expect(stageSteps(read, 1, 'running', 'review').map((step) => `${step.name} ${step.state}`)).toEqual(['checkout done', 'sandbox done', 'work done', 'verify active', 'review waiting']);
  const tested = [at(1, 'stage_started', 'checkout'), at(2, 'stage_started', 'verify'), at(3, 'change_reviewed'), at(4, 'attempt_finished')];
  expect(stageSteps(tested, 1, 'succeeded', 'review').map((step) => `${step.name} ${step.state}`)).toEqual(['checkout done', 'verify done', 'review done']);
});

it('submits a review without what belongs to a change; what to look at is optional, the head is not', () => {
  const draft = { ...emptyDraft, kind: 'review' as const, repository: '/r', headRef: ' topic ', testCommand: 'pytest', attempts: 3, template: 'tests' as const };
  expect(toRequest(draft)).toEqual({ kind: 'review', repository: '/r', prompt: '', base_ref: null, head_ref: 'topic', test_command: 'pytest', timeout_seconds: null, model: null });
  expect(validate(toRequest(draft), 100)).toEqual({});
  expect(validate(toRequest({ ...draft, headRef: '' }), 100)).toHaveProperty('head_ref');
});
