// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PullRequestInfo, ReviewCommentInfo, ReviewInfo } from '../src/api/pullRequestTypes';
import type { TaskState } from '../src/api/types';
import { makeLineKeys } from '../src/diff/lineKeys';
import { patchFiles } from '../src/diff/patchFiles';
import { describeLines, DiffLines } from '../src/reviews/diffLines';
import { lineThreads } from '../src/reviews/lineThreads';
import { ReviewComposer } from '../src/reviews/ReviewComposer';
import { staleComments, toReview, useReviewDraft, type DraftComment } from '../src/reviews/reviewDraft';
import { ReviewingContext, type Reviewing } from '../src/reviews/reviewing';
import { ReviewList } from '../src/reviews/ReviewList';
import { ThreadView, type Compose } from '../src/reviews/ThreadView';
import { pull } from './samples';

const patch = `diff --git a/app.py b/app.py
index 1111111..2222222 100644
--- a/app.py
+++ b/app.py
@@ -1,3 +1,4 @@
 def page(items, number):
-    start = number * 20
+    start = (number - 1) * 20
+    # pages count from 1
     return items[start : start + 20]
@@ -20,2 +21,2 @@
-old
+new
 end
`;
const lines = new DiffLines(patchFiles(patch)![0]!.diff);
const lineMap = new Map([['app.py', lines]]);

const comment = (part: Partial<ReviewCommentInfo> = {}): ReviewCommentInfo => ({
  id: `c${part.line ?? 0}${part.body ?? ''}`, path: 'app.py', side: 'new', line: 2, start_line: null, body: 'Why?', quote: '-a\n+b', state: 'open', addressed_by: null, is_outdated: false, ...part,
});
const review = (part: Partial<ReviewInfo> = {}): ReviewInfo => ({
  id: 'r1', author: 'mira', event: 'request_changes', body: '', head_commit: '2222', created_at: '2026-01-01T00:00:00Z', round: 2, progress: 'working', reason: null, addressed_by: null,
  comments: [comment()], ...part,
});
const draft = (part: Partial<DraftComment> = {}): DraftComment => ({ id: 'd1', path: 'app.py', side: 'new', line: 3, startLine: null, body: 'Drop it', head: '2222', ...part });

describe('DiffLines', () => {
  it('knows the lines of each side', () => {
    expect([1, 2, 3, 4, 5, 21, 22].map((line) => lines.has('new', line))).toEqual([true, true, true, true, false, true, true]);
    expect([1, 2, 3, 4, 20, 21].map((line) => lines.has('old', line))).toEqual([true, true, true, false, true, true]);
  });

  it('reads what was marked: a line that stayed counts on the new side', () => {
    expect(lines.marked({ start: 2, end: 2, side: 'deletions' })).toEqual({ side: 'old', line: 2, startLine: null });
    expect(lines.marked({ start: 3, end: 3, side: 'deletions' })).toEqual({ side: 'new', line: 4, startLine: null });
    expect(lines.marked({ start: 4, end: 2, side: 'additions' })).toEqual({ side: 'new', line: 4, startLine: 2 });
  });

  it('takes the last line of what is not on one side of one hunk, and nothing of what is not there', () => {
    expect(lines.marked({ start: 2, side: 'deletions', end: 3, endSide: 'additions' })).toEqual({ side: 'new', line: 3, startLine: null });
    expect(lines.marked({ start: 3, side: 'additions', end: 21, endSide: 'additions' })).toEqual({ side: 'new', line: 21, startLine: null });
    expect(lines.marked({ start: 10, end: 10, side: 'additions' })).toBeNull();
  });

  it('says lines in words', () => {
    expect(describeLines('a.py', { side: 'old', line: 5, startLine: 3 })).toBe('a.py:3-5 (before the change)');
    expect(describeLines('a.py', { side: 'new', line: null, startLine: null })).toBe('a.py');
  });
});

describe('lineThreads', () => {
  it('gathers by line what was sent and what was not, and leaves out what is elsewhere', () => {
    const reviews = [review({ comments: [comment(), comment({ is_outdated: true, body: 'old' }), comment({ line: 99 }), comment({ line: null }), comment({ path: 'b.py' })] })];
    const threads = lineThreads('app.py', lines, reviews, [draft({ line: 2 }), draft({ id: 'd2', path: 'b.py' })], [{ side: 'old', line: 3, startLine: null }]);
    expect(threads.map(({ side, lineNumber, metadata }) => [side, lineNumber, metadata.sent.length, metadata.drafts.length, metadata.form !== null])).toEqual([
      ['additions', 2, 1, 1, false],
      ['additions', 4, 0, 0, true],
    ]);
  });
});

describe('line numbers by keyboard', () => {
  it('are one tab stop, move with arrows and comment with Enter', () => {
    const host = document.createElement('div');
    host.innerHTML =
      '<code data-code data-unified><i data-column-number="1" data-line-type="context"></i><i data-column-number="2" data-line-type="change-deletion"></i></code>';
    document.body.append(host);
    const said: unknown[] = [];
    makeLineKeys(host, (line, side) => said.push([line, side]));
    makeLineKeys(host, (line, side) => said.push([line, side]));
    const [first, second] = [...host.querySelectorAll<HTMLElement>('i')];
    expect([first!.tabIndex, second!.tabIndex, second!.getAttribute('aria-label')]).toEqual([0, -1, 'Comment on line 2 before the change']);
    first!.focus();
    fireEvent.keyDown(first!, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(second);
    fireEvent.keyDown(second!, { key: 'Enter' });
    expect(said).toEqual([[2, 'deletions']]);
    host.remove();
  });
});

describe('ThreadView', () => {
  const said: unknown[] = [];
  const compose: Compose = {
    save: (of, body) => said.push(['save', of.line, body]),
    cancel: () => said.push(['cancel']),
    typed: () => 'half a',
    type: () => undefined,
    change: (one, body) => said.push(['change', one.id, body]),
    remove: (id) => said.push(['remove', id]),
  };
  beforeEach(() => void (said.length = 0));
  const show = (thread: Parameters<typeof ThreadView>[0]['thread'], by: Compose | null = compose) =>
    render(
      <MantineProvider>
        <ThreadView path="app.py" thread={thread} compose={by} />
      </MantineProvider>,
    );

  it('shows who said what and whether a commit addresses it; a remark has no state', () => {
    const one = review();
    const addressed = review({ progress: 'addressed', comments: [comment({ id: 'c8', state: 'addressed', addressed_by: '3333333333333333' })] });
    const remark = review({ event: 'comment', progress: null, comments: [comment({ id: 'c9' })] });
    show({ sent: [one, addressed, remark].map((by) => ({ review: by, comment: by.comments[0]! })), drafts: [], form: null });
    const shown = screen.getAllByRole('article').map((article) => article.textContent);
    expect(shown[0]).toContain('being addressed');
    expect(shown[1]).toContain('addressed in 3333333333');
    expect(shown[2]).not.toMatch(/open|addressed/);
    expect(screen.getAllByText('mira')).toHaveLength(3);
  });

  it('keeps what was typed, and adds it to the review', () => {
    show({ sent: [], drafts: [], form: { side: 'new', line: 3, startLine: null } });
    const box = screen.getByLabelText('Comment on app.py:3');
    expect((box as HTMLTextAreaElement).value).toBe('half a');
    fireEvent.change(box, { target: { value: ' Drop it ' } });
    fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true });
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(said).toEqual([['save', 3, 'Drop it'], ['cancel']]);
  });

  it('changes and removes what is not sent yet', () => {
    show({ sent: [], drafts: [draft()], form: null });
    fireEvent.click(screen.getByRole('button', { name: 'Remove the comment' }));
    fireEvent.click(screen.getByRole('button', { name: 'Edit' }));
    fireEvent.change(screen.getByLabelText('Comment on app.py:3'), { target: { value: 'Keep it' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(said).toEqual([['remove', 'd1'], ['change', 'd1', 'Keep it']]);
  });

  it('takes nothing where the pull request is not open', () => {
    show({ sent: [], drafts: [draft()], form: { side: 'new', line: 3, startLine: null } }, null);
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.queryByRole('article')).toBeNull();
  });
});

describe('ReviewList', () => {
  it('lists the words about the whole, how the follow-up ended, and comments whose lines are gone', () => {
    render(
      <MantineProvider>
        <ReviewList
          lines={lineMap}
          reviews={[review({ body: 'Not yet', progress: 'not_addressed', reason: 'nothing was found', comments: [comment(), comment({ is_outdated: true, line: 7, body: 'Gone' })] })]}
        />
      </MantineProvider>,
    );
    const list = screen.getByRole('list', { name: 'Reviews' });
    expect(within(list).getByText('Not yet')).toBeDefined();
    expect(list.textContent).toContain('The follow-up ended without a commit: nothing was found. It stays open');
    expect(within(list).getByText('app.py:7')).toBeDefined();
    expect(within(list).getByText('earlier commit')).toBeDefined();
    expect(within(list).getByText('1 comment in the diff below')).toBeDefined();
    expect(within(list).queryByText('Why?')).toBeNull();
  });
});

it('calls nothing open on a pull request that is merged', () => {
  const reviewing = { pull: pull('merged') } as Reviewing;
  render(
    <MantineProvider>
      <ReviewingContext value={reviewing}>
        <ReviewList lines={lineMap} reviews={[review({ progress: 'not_addressed', reason: 'nothing was found.', comments: [comment({ line: 7 })] })]} />
      </ReviewingContext>
    </MantineProvider>,
  );
  const list = screen.getByRole('list', { name: 'Reviews' });
  expect(list.textContent).toContain('The follow-up ended without a commit: nothing was found.');
  expect(list.textContent).not.toContain('stays open');
  expect(within(list).queryByText('open')).toBeNull();
  expect(within(list).getAllByText('not addressed')).toHaveLength(2);
});

describe('ReviewComposer', () => {
  const sent: { path: string; body: unknown; key: string | null }[] = [];
  let answer: () => Response;
  beforeEach(() => {
    sessionStorage.clear();
    sent.length = 0;
    answer = () => new Response(JSON.stringify(review()), { status: 201 });
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      sent.push({ path, body: JSON.parse(init.body as string), key: new Headers(init.headers).get('Idempotency-Key') });
      return Promise.resolve(answer());
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  function Composer({ of, state }: { of: PullRequestInfo; state: TaskState }) {
    const [own, actions] = useReviewDraft(of.number);
    return <ReviewComposer pull={of} taskState={state} draft={own} actions={actions} />;
  }
  const show = (state: TaskState = 'succeeded', comments: DraftComment[] = [draft()]) => {
    sessionStorage.setItem('codex-review-7', JSON.stringify({ body: '', comments }));
    return render(
      <MantineProvider>
        <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
          <Composer of={pull('open')} state={state} />
        </QueryClientProvider>
      </MantineProvider>,
    );
  };
  const expected = { event: 'request_changes', body: 'Not yet', comments: [{ path: 'app.py', line: 3, body: 'Drop it', side: 'new', start_line: null }], head_commit: '2222' };

  it('sends what a reload left in the draft, and empties it', async () => {
    show();
    fireEvent.change(screen.getByLabelText('About the whole change'), { target: { value: 'Not yet' } });
    fireEvent.click(screen.getByRole('button', { name: 'Request changes' }));
    await waitFor(() => expect(screen.queryByText('1 comment on lines')).toBeNull());
    expect(sent.map(({ path, body }) => [path, body])).toEqual([['/api/pull-requests/7/reviews', expected]]);
    expect(sessionStorage.getItem('codex-review-7') ?? '{"comments":[]}').not.toContain('Drop it');
  });

  it('keeps the draft when it was refused, says why, and sends it again with the same key', async () => {
    answer = () => new Response(JSON.stringify({ title: 'The pull request has another head since.' }), { status: 409 });
    show();
    fireEvent.click(screen.getByRole('button', { name: 'Comment' }));
    await waitFor(() => expect(screen.getByText('The pull request has another head since.')).toBeDefined());
    expect(screen.getByText('1 comment on lines')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Comment' }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[0]?.key).toBe(sent[1]?.key);
  });

  it('takes remarks alone while the task runs, and nothing that says nothing', () => {
    const running = show('running');
    expect(screen.getByRole('button', { name: 'Request changes' }).hasAttribute('disabled')).toBe(true);
    expect(screen.getByRole('button', { name: 'Comment' }).hasAttribute('disabled')).toBe(false);
    running.unmount();
    show('succeeded', []);
    expect(screen.getByRole('button', { name: 'Comment' }).hasAttribute('disabled')).toBe(true);
  });

  it('holds comments on an earlier commit back until a person has looked', () => {
    show('succeeded', [draft({ head: '1111' }), draft({ id: 'd2' })]);
    expect(screen.getByRole('button', { name: 'Request changes' }).hasAttribute('disabled')).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(screen.getByRole('button', { name: 'Request changes' }).hasAttribute('disabled')).toBe(false);
  });

  it('has no empty text in the request', () => {
    expect(toReview({ body: ' ', comments: [] }, 'comment', '2222')).toEqual({ event: 'comment', body: null, comments: [], head_commit: '2222' });
    expect(staleComments({ body: '', comments: [draft(), draft({ id: 'd2', head: '1' })] }, '2222').map((one) => one.id)).toEqual(['d2']);
  });
});
