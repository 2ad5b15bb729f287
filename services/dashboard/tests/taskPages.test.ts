import { describe, expect, it } from 'vitest';
import type { TaskState, TaskSummary } from '../src/api/types';
import { mergeTasks, searchTasks, type TaskPages } from '../src/tasks/taskPages';

const task = (id: string, minute: number, state: TaskState = 'queued'): TaskSummary => ({
  id, title: `Task ${id}`, repository: '/home/me/shop', base_ref: 'main', state, reason: null, brain: 'repair', stage: null, candidates_tried: 0,
  created_at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(), started_at: null, finished_at: null, pull_request_number: null, pull_request_state: null,
});
const pages = (...items: TaskSummary[][]): TaskPages => ({ pages: items.map((page) => ({ items: page, next_cursor: null })), pageParams: items.map(() => null) });
const ids = (list: TaskPages) => list.pages.map((page) => page.items.map((one) => one.id).join(''));

describe('mergeTasks', () => {
  const loaded = pages([task('c', 3), task('b', 2)], [task('a', 1)]);

  it('replaces a task where it stands', () => {
    const merged = mergeTasks(loaded, [task('a', 1, 'running')], null);
    expect(ids(merged)).toEqual(['cb', 'a']);
    expect(merged.pages[1]?.items[0]?.state).toBe('running');
  });

  it('puts new tasks on top, newest first', () => {
    expect(ids(mergeTasks(loaded, [task('d', 4), task('e', 5)], null))).toEqual(['edcb', 'a']);
  });

  it('leaves older tasks to their page', () => {
    expect(ids(mergeTasks(loaded, [task('z', 0)], null))).toEqual(['cb', 'a']);
  });

  it('lets go of tasks that no longer match the filter', () => {
    expect(ids(mergeTasks(loaded, [task('b', 2, 'running'), task('d', 4, 'running')], 'queued'))).toEqual(['c', 'a']);
  });
});

it('finds tasks by all words, in any field', () => {
  const list = [task('a', 1), { ...task('b', 2), title: 'Fix Paging' }];
  expect(searchTasks(list, 'shop paging').map((one) => one.id)).toEqual(['b']);
  expect(searchTasks(list, '  ')).toHaveLength(2);
});
