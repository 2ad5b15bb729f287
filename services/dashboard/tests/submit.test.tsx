// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyDraft, hasAdvanced, nextDraft, prefill, toRequest } from '../src/submit/draft';
import { IdempotencyKeys } from '../src/submit/idempotency';
import { ModelNeed } from '../src/submit/ModelNeed';
import { NewTaskPage } from '../src/submit/NewTaskPage';

describe('IdempotencyKeys', () => {
  it('gives the same content the same key until it was used', () => {
    const keys = new IdempotencyKeys();
    const first = keys.keyFor({ prompt: 'a' });
    expect(keys.keyFor({ prompt: 'a' })).toBe(first);
    expect(keys.keyFor({ prompt: 'b' })).not.toBe(first);
    const second = keys.keyFor({ prompt: 'b' });
    keys.used();
    expect(keys.keyFor({ prompt: 'b' })).not.toBe(second);
  });
});

describe('prefill', () => {
  const found = { repository: '/r', default_branch: 'main', branches: ['main'], test_command: 'pytest -q', test_command_why: 'pytest.ini' };

  it('fills in what the repository says', () => {
    expect(prefill(emptyDraft, found)).toMatchObject({ baseRef: 'main', testCommand: 'pytest -q' });
  });

  it('keeps what a person typed', () => {
    expect(prefill({ ...emptyDraft, testCommand: 'make test' }, found).testCommand).toBe('make test');
  });

  it('replaces what it filled in before', () => {
    const other = { ...found, default_branch: 'trunk', test_command: null };
    expect(prefill(prefill(emptyDraft, found), other)).toMatchObject({ baseRef: 'trunk', testCommand: '' });
  });
});

describe('nextDraft', () => {
  it('forgets the prompt and its kind, and keeps the rest', () => {
    const draft = { ...emptyDraft, repository: '/r', prompt: 'Fix it', template: 'bug-fix' as const, models: ['large'] };
    expect(nextDraft(draft)).toEqual({ ...emptyDraft, repository: '/r', models: ['large'] });
  });
});

describe('toRequest', () => {
  it('leaves out the template and the model that nobody chose', () => {
    expect(toRequest(emptyDraft)).toMatchObject({ template: null, model: null, models: null });
    expect(hasAdvanced(emptyDraft)).toBe(false);
  });

  it('names the template and the model', () => {
    const draft = { ...emptyDraft, template: 'tests' as const, models: ['large'] };
    expect(toRequest(draft)).toMatchObject({ template: 'tests', model: 'large', models: null });
    expect(hasAdvanced({ ...emptyDraft, template: 'tests' })).toBe(true);
    expect(hasAdvanced({ ...emptyDraft, models: ['large'] })).toBe(true);
  });
});

describe('several models', () => {
  it('are sent as a list', () => {
    const draft = { ...emptyDraft, attempts: 4, brain: 'both' as const, models: ['small', 'large'] };
    expect(toRequest(draft)).toMatchObject({ attempts: 4, brain: 'both', model: null, models: ['small', 'large'] });
  });

  it('names limits only when there are any', () => {
    expect(toRequest(emptyDraft)).not.toHaveProperty('limits');
    expect(toRequest({ ...emptyDraft, maxTurns: 40, maxCost: '0.5' }).limits).toEqual({ turns: 40, tokens: null, cost: 0.5 });
    expect(hasAdvanced({ ...emptyDraft, maxTokens: 5000 })).toBe(true);
  });
});

describe('ModelNeed', () => {
  const service = { version: '1', brain: 'repair', sandbox_image: 'i', max_prompt_length: 100, default_timeout_seconds: 900, models: [], has_model: false };
  let asked: string[] = [];
  let whyNot: string | null = null;
  beforeEach(() => {
    asked = [];
    whyNot = null;
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path);
      return Promise.resolve(new Response(JSON.stringify({ why_not: whyNot }), { status: 200 }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const show = (draft: Partial<typeof emptyDraft>, told: object = service) => {
    const client = new QueryClient();
    const need = (part: Partial<typeof emptyDraft>) => (
      <QueryClientProvider client={client}>
        <ModelNeed draft={{ ...emptyDraft, ...part }} service={told as typeof service} />
      </QueryClientProvider>
    );
    const shown = render(need(draft));
    return { ...shown, change: (part: Partial<typeof emptyDraft>) => shown.rerender(need(part)) };
  };

  it('says before submission that a question or a review has no model', () => {
    expect(show({ kind: 'ask' }).container.textContent).toMatch(/Questions need a model.*CODEX_MODEL_URL/);
    expect(show({ kind: 'review' }).container.textContent).toMatch(/The tests alone are run/);
    expect(show({ kind: 'ask' }, { ...service, has_model: true }).container.textContent).toBe('');
    expect(show({ kind: 'ask' }, { ...service, has_model: null }).container.textContent).toBe('');
    expect(asked).toEqual([]);
  });

  it('says what the service says of the change as it would be submitted', async () => {
    whyNot = 'The repair brain works on Python code alone: submit with the brain model.';
    const shown = show({ repository: '/r', baseRef: 'old', testCommand: 'cargo test', brain: 'repair' }, { ...service, has_model: true });
    await waitFor(() => expect(shown.container.textContent).toMatch(/This needs a model.*submit with the brain model/));
    expect(asked).toEqual(['/api/repositories/outlook?repository=%2Fr&base_ref=old&test_command=cargo+test&brain=repair']);

    whyNot = null;
    shown.change({ repository: '/r', baseRef: 'old', testCommand: 'cargo test', brain: 'auto' });
    await waitFor(() => expect(asked).toHaveLength(2));
    await waitFor(() => expect(shown.container.textContent).toBe(''));
  });

  it('asks nothing before there is a repository', () => {
    expect(show({}).container.textContent).toBe('');
    expect(asked).toEqual([]);
  });
});

describe('NewTaskPage', () => {
  let service: object | null = null;
  let refused: Record<string, string[]> = {};
  const sent: { body: string; key: string }[] = [];
  beforeEach(() => {
    sent.length = 0;
    service = null;
    refused = { Repository: ['There is no git repository at /nowhere.'], Attempts: ['At most 8.'], Model: ['No address, please.'] };
    localStorage.clear();
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      if (path === '/api/tasks') {
        sent.push({ body: init.body as string, key: (init.headers as Record<string, string>)['Idempotency-Key'] ?? '' });
        return Promise.resolve(new Response(JSON.stringify({ title: 'The task cannot be accepted as it is.', errors: refused }), { status: 422 }));
      }
      if (path.startsWith('/api/repositories/inspect?')) {
        return new Promise<Response>(() => undefined); // What it said of the folder would be a mistake at the field, too.
      }
      if (path === '/api/service' && service !== null) {
        return Promise.resolve(new Response(JSON.stringify(service), { status: 200 }));
      }
      return Promise.resolve(new Response(JSON.stringify({ title: 'Not here.' }), { status: 404 }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const show = () =>
    render(
      <MantineProvider>
        <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
          <MemoryRouter initialEntries={['/new']}>
            <Routes>
              <Route path="/new" element={<NewTaskPage />} />
            </Routes>
          </MemoryRouter>
        </QueryClientProvider>
      </MantineProvider>,
    );

  it('shows at the fields what is missing, and sends nothing', () => {
    show();
    fireEvent.click(screen.getByRole('button', { name: 'Submit task' }));
    expect(screen.getByText(/Enter the absolute path/)).toBeDefined();
    expect(screen.getByText('Say what is to be done.')).toBeDefined();
    expect(document.activeElement).toBe(screen.getByLabelText('Repository', { selector: 'input' }));
    expect(sent).toHaveLength(0);
  });

  it('shows the service’s messages at their fields and keeps the key for the same content', async () => {
    show();
    fireEvent.change(screen.getByLabelText('Repository', { selector: 'input' }), { target: { value: '/nowhere' } });
    const prompt = screen.getByLabelText('What is to be done');
    fireEvent.change(prompt, { target: { value: 'Fix it' } });
    fireEvent.keyDown(prompt, { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(screen.getByText('There is no git repository at /nowhere.')).toBeDefined());
    expect(document.activeElement).toBe(screen.getByLabelText('Repository', { selector: 'input' }));
    expect(screen.getByText('At most 8.')).toBeDefined();
    expect(screen.getByText('No address, please.')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Submit task' }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[1]?.key).toBe(sent[0]?.key);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ repository: '/nowhere', prompt: 'Fix it', brain: 'auto', test_command: null });
  });

  it('opens the further fields when one of them is refused, and takes the person there', async () => {
    refused = { Attempts: ['At most 8.'] };
    show();
    fireEvent.change(screen.getByLabelText('Repository', { selector: 'input' }), { target: { value: '/nowhere' } });
    fireEvent.change(screen.getByLabelText('What is to be done'), { target: { value: 'Fix it' } });
    expect(screen.queryByLabelText('Attempts', { selector: 'input' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Submit task' }));
    await waitFor(() => expect(screen.getByText('At most 8.')).toBeDefined());
    expect(document.activeElement).toBe(screen.getByLabelText('Attempts', { selector: 'input' }));
  });

  it('sends the model and the template that were chosen', async () => {
    show();
    fireEvent.change(screen.getByLabelText('Repository', { selector: 'input' }), { target: { value: '/nowhere' } });
    fireEvent.change(screen.getByLabelText('What is to be done'), { target: { value: 'Fix it' } });
    fireEvent.click(screen.getByRole('button', { name: /brain and model/ }));
    const models = screen.getByLabelText('Models', { selector: 'input' });
    models.focus(); // What comes without focus is taken for autofill.
    fireEvent.change(models, { target: { value: 'large' } });
    fireEvent.keyDown(models, { key: 'Enter' });
    fireEvent.click(screen.getByLabelText('Template', { selector: 'input' }));
    fireEvent.click(await screen.findByText('Bug fix'));
    fireEvent.click(screen.getByRole('button', { name: 'Submit task' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ template: 'bug-fix', model: 'large' });
  });

  it('offers nothing that needs a model when none is configured', async () => {
    service = { version: '1', brain: 'repair', sandbox_image: 'i', max_prompt_length: 100, default_timeout_seconds: 900, models: [], has_model: false };
    show();
    fireEvent.click(screen.getByRole('button', { name: /brain and model/ }));
    await waitFor(() => expect(screen.getByLabelText('Models', { selector: 'input' })).toHaveProperty('disabled', true));
    expect(screen.getByLabelText('Approve the plan first')).toHaveProperty('disabled', true);
    expect(screen.getByText('Plans are made by a model, and none is configured.')).toBeDefined();
  });

  it('lets a person take back what an earlier draft asks of a model', async () => {
    service = { version: '1', brain: 'repair', sandbox_image: 'i', max_prompt_length: 100, default_timeout_seconds: 900, models: [], has_model: false };
    localStorage.setItem('codex-task-draft', JSON.stringify({ ...emptyDraft, approvePlan: true, models: ['large'] }));
    show();
    await waitFor(() => expect(screen.getByText('Plans are made by a model, and none is configured.')).toBeDefined());
    expect(screen.getByLabelText('Approve the plan first')).toHaveProperty('disabled', false);
    expect(screen.getByLabelText('Models', { selector: 'input' })).toHaveProperty('disabled', false);
  });
});
