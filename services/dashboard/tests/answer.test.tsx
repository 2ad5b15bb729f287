// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AnswerView } from '../src/answer/AnswerView';
import type { TaskDetail, TaskEventInfo } from '../src/api/types';
import { emptyDraft, toRequest } from '../src/submit/draft';
import { stageSteps } from '../src/task/stages';
import { verdictOf } from '../src/task/verdict';

const summary = {
  id: '1', title: 'Where?', repository: '/r', base_ref: 'main', state: 'succeeded', reason: 'answered', brain: 'model', stage: null, candidates_tried: 0,
  created_at: '', started_at: null, finished_at: null, pull_request_number: null, pull_request_state: null, kind: 'ask',
} as const;
const task = {
  summary, prompt: 'Where?', test_command: '', base_commit: '0123456789abcdef', patch: null, verification: null, result_summary: null,
  answer: 'In `a.py:3`. <img src=x onerror=alert(1)> [x](javascript:alert(1))',
  references: [{ path: 'a.py', line: 3, end_line: 5, exists: true }, { path: '<b>.py', line: 1, end_line: null, exists: false }],
} as unknown as TaskDetail;

const show = (shown: TaskDetail) => render(<MantineProvider><AnswerView task={shown} /></MantineProvider>).container;

it('shows the answer as Markdown without anything that loads or runs, and each reference with its check', async () => {
  const container = show(task);
  expect((await screen.findByText('a.py:3')).tagName).toBe('CODE');
  expect(container.querySelector('img, script, a[href^="javascript"]')).toBeNull();
  expect(container.textContent).toContain('<img src=x onerror=alert(1)>');
  expect([...container.querySelectorAll('li')].map((item) => [item.querySelector('[role=img]')?.getAttribute('aria-label'), item.textContent])).toEqual([
    ['exists', 'a.py:3-5'],
    ['does not exist', '<b>.pynot at this commit'.replace('.py', '.py:1')],
  ]);
});

it('says that there is no answer', () => {
  expect(show({ ...task, answer: null, summary: { ...summary, state: 'running' } }).textContent).toContain('No answer yet');
  expect(show({ ...task, answer: null, summary: { ...summary, state: 'failed' } }).textContent).toContain('There is no answer');
});

it('words the verdict of a question', () => {
  expect(verdictOf(task)).toEqual({ tone: 'warning', title: 'Answered', text: '2 references checked; 1 not at the base commit.' });
  expect(verdictOf({ ...task, references: [] })).toMatchObject({ tone: 'success', text: 'The answer names no places in the repository.' });
  expect(verdictOf({ ...task, summary: { ...summary, state: 'no_change', reason: 'the budget of 60 turns is used up' } })).toMatchObject({ title: 'No answer was found' });
});

it('has stages of its own', () => {
  const at = (seq: number, type: string, stage?: string): TaskEventInfo => ({ seq, type, at: `2026-01-01T00:00:0${seq}Z`, attempt: 1, message: '', data: stage === undefined ? {} : { stage } });
  const events = [at(1, 'stage_started', 'checkout'), at(2, 'stage_started', 'sandbox'), at(3, 'stage_started', 'work'), at(4, 'question_answered'), at(5, 'attempt_finished')];
  expect(stageSteps(events.slice(0, 3), 1, 'running', 'ask').map((step) => `${step.name} ${step.state}`)).toEqual(['checkout done', 'sandbox done', 'work active', 'answer waiting']);
  expect(stageSteps(events, 1, 'succeeded', 'ask').map((step) => step.state)).toEqual(['done', 'done', 'done', 'done']);
});

it('submits a question without what belongs to a change', () => {
  const draft = { ...emptyDraft, kind: 'ask' as const, repository: '/r', prompt: 'Why?', testCommand: 'pytest', attempts: 3, template: 'tests' as const, brain: 'repair' as const, models: ['large'] };
  expect(toRequest(draft)).toEqual({ kind: 'ask', repository: '/r', prompt: 'Why?', base_ref: null, timeout_seconds: null, model: 'large' });
  expect(toRequest({ ...draft, kind: 'change' })).not.toHaveProperty('kind');
});
