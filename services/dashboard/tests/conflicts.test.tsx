// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { PullRequestInfo } from '../src/api/pullRequestTypes';
import type { TaskState } from '../src/api/types';
import { ConflictActions } from '../src/conflicts/ConflictActions';
import { pull } from './samples';

const show = (shown: PullRequestInfo, taskState: TaskState = 'succeeded') =>
  render(<MantineProvider><QueryClientProvider client={new QueryClient()}><ConflictActions pull={shown} taskState={taskState} /></QueryClientProvider></MantineProvider>).container;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('names what is in conflict and asks for the follow-up once', async () => {
  const asked = vi.fn(() => Promise.resolve(new Response(JSON.stringify(pull('open')), { status: 202, headers: { 'content-type': 'application/json' } })));
  vi.stubGlobal('fetch', asked);
  const container = show({ ...pull('open'), conflicts: ['<b>a</b>.py', ...Array.from({ length: 9 }, (_, i) => `file${i}.py`)] });

  expect(container.textContent).toContain('<b>a</b>.py');
  expect(container.textContent).toContain('and 2 more');
  fireEvent.click(screen.getByRole('button', { name: 'Resolve conflicts' }));
  await screen.findByText(/Asked\./);

  expect(asked).toHaveBeenCalledTimes(1);
  expect(String((asked.mock.calls as unknown as [string][])[0]?.[0])).toContain('/resolve-conflicts');
  await waitFor(() => expect((screen.getByRole('button', { name: 'Resolve conflicts' }) as HTMLButtonElement).disabled).toBe(true));
});

it('can be asked again a while later, as nothing may have come of it', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(pull('open')), { status: 202, headers: { 'content-type': 'application/json' } })));
  show({ ...pull('open'), conflicts: [] });
  const button = () => screen.getByRole<HTMLButtonElement>('button');
  fireEvent.click(button());
  await screen.findByText(/Asked\./);
  expect(button().disabled).toBe(true);

  act(() => vi.advanceTimersByTime(20_000));

  await waitFor(() => expect(button().disabled).toBe(false));
  expect(screen.queryByText(/Asked\./)).toBeNull();
});

it('waits while the task is at work', () => {
  const container = show({ ...pull('open'), conflicts: [] }, 'running');

  expect(screen.queryByRole('button')).toBeNull();
  expect(container.textContent).toContain('The task is at work');
});
