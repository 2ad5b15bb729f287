// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { expect, it } from 'vitest';
import { TaskHeader } from '../src/task/TaskHeader';
import { VerdictBanner } from '../src/task/VerdictBanner';
import { TaskTable } from '../src/tasks/TaskTable';
import { pull, summary, task } from './samples';

const show = (what: ReactNode) =>
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter>{what}</MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );

it.each([
  ['merged', 'Merged'],
  ['closed', 'Closed'],
  ['open', 'Open'],
] as const)('shows in the list and on the page of a task that its pull request is %s', (state, label) => {
  const ended = { ...summary('succeeded'), pull_request_number: 7, pull_request_state: state };
  show(<TaskTable tasks={[ended]} />);
  expect(screen.getByText(label).parentElement?.textContent).toBe(`#7${label}`);
  document.body.innerHTML = '';
  show(<TaskHeader task={task('succeeded', { summary: ended, pull_request: pull(state) })} onRetried={() => undefined} />);
  expect(screen.getByText(label).parentElement?.textContent).toBe(`#7${label}`);
});

it.each([
  ['merged', 'Verified and merged into main'],
  ['closed', 'Verified, but pull request #7 was closed without a merge'],
  ['open', 'Verified in a fresh sandbox'],
] as const)('tells as the outcome of a proven change whose pull request is %s what became of it', (state, title) => {
  show(<VerdictBanner task={task('succeeded', { pull_request: pull(state) })} />);
  expect(screen.getByText(title)).toBeTruthy();
});

it('does not call a follow-up that failed verified because the pull request was merged', () => {
  show(<VerdictBanner task={task('failed', { pull_request: pull('merged') })} />);
  expect(screen.getByText('The task failed')).toBeTruthy();
});
