// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DeliveryInfo, GitHubStatus } from '../src/api/gitHubTypes';
import { ConnectedPage } from '../src/github/ConnectedPage';
import { GitHubPage } from '../src/github/GitHubPage';

const delivery: DeliveryInfo = {
  id: 'd-1', event: 'issues', action: 'labeled', repository: 'acme/shop', number: 7, sender: 'ann', received_at: '2026-01-01T00:00:00Z', state: 'acted',
  decision: 'a task was started for issue #7', task_id: 't-1', handled_at: '2026-01-01T00:00:01Z',
};
const connected: GitHubStatus = {
  connection: { kind: 'app', name: 'codex-acme', url: 'https://github.com/apps/codex-acme', api_url: 'https://api.github.com/', checked_at: '2026-01-01T00:00:00Z', problem: null },
  webhook_path: '/webhooks/github', has_webhook_secret: true,
};
const asked: { path: string; method: string; body: unknown }[] = [];
let answers: Record<string, unknown>;

beforeEach(() => {
  asked.length = 0;
  answers = { '/api/github': connected, '/api/github/repositories': [], '/api/github/deliveries': { items: [delivery], next_cursor: null } };
  vi.stubGlobal('fetch', (path: string, options: RequestInit) => {
    const known = path.split('?')[0] ?? '';
    asked.push({ path, method: options.method ?? 'GET', body: typeof options.body === 'string' ? JSON.parse(options.body) : undefined });
    return Promise.resolve(new Response(JSON.stringify(answers[known] ?? {}), { status: 200, headers: { 'content-type': 'application/json' } }));
  });
});
afterEach(() => vi.unstubAllGlobals());

const show = (at: string) =>
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <MemoryRouter initialEntries={[at]}>
          <Routes>
            <Route path="/github" element={<GitHubPage />} />
            <Route path="/github/connected" element={<ConnectedPage />} />
          </Routes>
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  ).container;

it('shows each delivery with the decision, its task, and handles it again', async () => {
  show('/github');
  expect(await screen.findByText(/a task was started for issue #7/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'task' }).getAttribute('href')).toBe('/tasks/t-1');
  fireEvent.click(screen.getByRole('button', { name: 'Handle issues labeled again' }));
  await waitFor(() => expect(asked).toContainEqual({ path: '/api/github/deliveries/d-1/redeliver', method: 'POST', body: undefined }));
});

it('shows what starts work in a repository, what is turned off, and what is wrong with its settings', async () => {
  answers['/api/github/repositories'] = [
    {
      name: 'acme/shop', deliveries: 3, last_delivery_at: '2026-01-01T00:00:00Z', tasks: 1,
      triggers: {
        read_at: '', source: '.codex/config.yml on main', label: 'ai', assignment: false, mention: true, changes_requested: true, check_fixes: 2, bots: ['renovate[bot]'],
        test_command: 'npm test', attempts: 1, problem: '.codex/config.yml, line 3: there is no setting labell',
      },
    },
  ];
  const container = show('/github');
  expect(await screen.findByText('label ai')).toBeTruthy();
  expect([...container.querySelectorAll('[data-off]')].map((item) => item.textContent)).toEqual(['assignment']);
  expect(screen.getByText('failing checks, 2×')).toBeTruthy();
  expect(screen.getByText(/there is no setting labell/)).toBeTruthy();
});

it('shows attempts and model of a repository where they are set', async () => {
  const triggers = {
    read_at: '', source: '.codex/config.yml on main', label: 'codex', assignment: true, mention: true, changes_requested: true, check_fixes: 3, bots: [], test_command: null, attempts: 3, model: 'large',
    problem: null,
  };
  const repository = { name: 'acme/shop', deliveries: 3, last_delivery_at: '2026-01-01T00:00:00Z', tasks: 9 };
  answers['/api/github/repositories'] = [
    { ...repository, triggers },
    { ...repository, name: 'acme/site', triggers: { ...triggers, source: 'defaults', attempts: 1, model: null } },
  ];
  show('/github');
  expect((await screen.findByText(/^\.codex\/config\.yml on main/)).textContent).toBe('.codex/config.yml on main · 3 attempts in parallel · model large');
  expect(screen.getByText('defaults').textContent).toBe('defaults');
});

it('counts what became of the pull requests of a repository', async () => {
  const repository = { name: 'acme/shop', deliveries: 3, last_delivery_at: '2026-01-01T00:00:00Z', tasks: 9, triggers: null };
  answers['/api/github/repositories'] = [
    { ...repository, pull_requests: { open: 2, merged: 11, closed: 0 } },
    { ...repository, name: 'acme/site', pull_requests: { open: 0, merged: 0, closed: 0 } },
  ];
  show('/github');
  const groups = await screen.findAllByRole('group', { name: 'Pull requests' });
  expect(groups.map((group) => [...group.children].map((badge) => badge.textContent))).toEqual([['11merged', '2open']]);
});

it('shows a repository that the App is installed on before its first delivery', async () => {
  answers['/api/github/repositories'] = [{ name: 'acme/new', deliveries: 0, last_delivery_at: null, tasks: 0, triggers: null, pull_requests: { open: 0, merged: 0, closed: 0 } }];
  const container = show('/github');
  expect(await screen.findByText('acme/new')).toBeTruthy();
  expect(screen.getByText(/installed, none yet/)).toBeTruthy();
  expect(container.querySelector('time[datetime="null"]')).toBeNull();
});

it('names the account of a token and when GitHub answered', async () => {
  const checked = new Date(Date.now() - 95_000).toISOString(); // Told as two minutes for most of another one.
  answers['/api/github'] = { ...connected, connection: { ...connected.connection, kind: 'token', account: 'ann', name: 'ann', url: 'https://github.com/ann', checked_at: checked, expires_at: new Date(Date.now() + 86_400_000).toISOString() } };
  const container = show('/github');
  expect(await screen.findByText('Connected with a personal token')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'ann' }).getAttribute('href')).toBe('https://github.com/ann');
  expect(screen.getByText('@ann')).toBeTruthy();
  expect(container.querySelector(`time[datetime="${checked}"]`)?.textContent).toBe('2 min ago');
  expect(container.querySelector('[data-soon]')?.textContent).toContain('The token ends on');
});

it.each([
  ['GitHub refuses the token', { problem: 'wrong, revoked or expired', problem_passes: false, checked_at: '2026-01-01T00:00:00Z' }, 'alert'],
  ['GitHub cannot be asked now', { problem: 'cannot be reached', problem_passes: true, checked_at: null }, 'status'],
  ['Asking GitHub whose the credentials are…', { problem: null, checked_at: null }, null],
])('does not say that a token works when it is told: %s', async (title, told, role) => {
  answers['/api/github'] = { ...connected, connection: { kind: 'token', account: null, name: null, url: null, api_url: 'https://api.github.com/', ...told } };
  const container = show('/github');
  expect(await screen.findByText(title)).toBeTruthy();
  expect(container.querySelector('.lucide-circle-check')).toBeNull();
  expect(screen.queryByText(/^Connected/)).toBeNull();
  if (role !== null && told.problem !== null) {
    expect(screen.getByRole(role).textContent?.toLowerCase()).toContain(told.problem);
  }
  expect(screen.queryByText('No answer from GitHub yet') === null).toBe(told.checked_at !== null);
});

it('says what does not work', async () => {
  answers['/api/github'] = { ...connected, connection: { ...connected.connection, problem: 'the key is refused' }, has_webhook_secret: false };
  show('/github');
  expect((await screen.findByRole('alert')).textContent).toContain('The key is refused');
  expect(screen.getByText('CODEX_GITHUB_WEBHOOK_SECRET')).toBeTruthy();
});

it('says what an App may do and what there is for one person', async () => {
  answers['/api/github'] = { ...connected, connection: null };
  show('/github');
  expect((await screen.findByRole('row', { name: /^Contents write/ })).textContent).toContain('codex/…');
  expect(screen.queryByRole('row', { name: /workflows/i })).toBeNull();
  expect(screen.getByText('CODEX_GITHUB_TOKEN')).toBeTruthy();
});

it('posts the manifest to GitHub by a form', async () => {
  answers['/api/github'] = { ...connected, connection: null };
  answers['/api/github/manifest'] = { action: 'https://github.com/settings/apps/new?state=s', manifest: '{"name":"codex-acme"}', state: 's' };
  const submitted = vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(() => undefined);
  const container = show('/github');
  fireEvent.change(await screen.findByLabelText(/Name of the App/), { target: { value: 'codex-acme' } });
  fireEvent.change(screen.getByLabelText(/Public address/), { target: { value: 'https://codex.example.com' } });
  fireEvent.click(screen.getByRole('button', { name: 'Make the App on GitHub' }));
  await waitFor(() => expect(submitted).toHaveBeenCalledOnce());
  expect(asked.find((one) => one.path === '/api/github/manifest')?.body).toEqual({ public_url: 'https://codex.example.com', name: 'codex-acme', organization: null });
  expect(container.querySelector('form[method=post]')?.getAttribute('action')).toBe('https://github.com/settings/apps/new?state=s');
  expect(container.querySelector('input[name=manifest]')?.getAttribute('value')).toBe('{"name":"codex-acme"}');
});

it('hands the code on once and says who is connected', async () => {
  show('/github/connected?code=c&state=s');
  expect(await screen.findByText('@codex-acme is connected')).toBeTruthy();
  expect(asked.filter((one) => one.method === 'POST')).toEqual([{ path: '/api/github/connect', method: 'POST', body: { code: 'c', state: 's' } }]);
});
