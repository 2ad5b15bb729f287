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

it.each([
  ['open', 'Verified in a fresh sandbox'],
  ['merged', 'Verified and merged into main'],
] as const)('tells beside what stands on a pull request that is %s what the last round came to', (state, title) => {
  const reason = 'No test fails. Without a model only failing tests can be acted upon';
  const stands = task('succeeded', {
    summary: { ...summary('succeeded'), pull_request_number: 7, pull_request_state: state },
    pull_request: pull(state), result_summary: 'Changed the start of a page.', last_round: { number: 2, state: 'no_change', reason, headline: 'Round 2: nothing changed, said the service' },
  });
  show(<VerdictBanner task={stands} />);
  expect(screen.getByText(title)).toBeTruthy();
  expect(screen.getByText('Round 2: nothing changed, said the service')).toBeTruthy();
  expect(screen.getByText(state === 'open' ? `${reason}. Pull request #7 stays as it was.` : `${reason}.`)).toBeTruthy();
  expect(screen.queryByText(/No verified patch/)).toBeNull();
  document.body.innerHTML = '';
  show(<TaskHeader task={stands} onRetried={() => undefined} />);
  expect(screen.queryByText('Retry') !== null).toBe(state === 'open');
});

it('says a reason once that the summary begins with', () => {
  show(<VerdictBanner task={task('no_change', { summary: { ...summary('no_change'), reason: 'No test fails. Configure a model' }, result_summary: 'No test fails.' })} />);
  expect(screen.getByText('No test fails. Configure a model.')).toBeTruthy();
});

it('does not call a follow-up that failed verified because the pull request was merged', () => {
  show(<VerdictBanner task={task('failed', { pull_request: pull('merged') })} />);
  expect(screen.getByText('The task failed')).toBeTruthy();
});
