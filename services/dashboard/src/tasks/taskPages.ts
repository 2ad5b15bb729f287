import type { InfiniteData } from '@tanstack/react-query';
import type { Page, TaskState, TaskSummary } from '../api/types';

export type TaskPages = InfiniteData<Page<TaskSummary>, unknown>;

/**
 * Brings changed tasks into the loaded pages of a list: known ones are replaced where they stand, new ones go
 * to the top, those that no longer match the filter leave.
 */
export function mergeTasks(pages: TaskPages, changed: readonly TaskSummary[], filter: TaskState | null): TaskPages {
  const latest = new Map(changed.map((task) => [task.id, task]));
  const matches = (task: TaskSummary) => filter === null || task.state === filter;
  const known = new Set<string>();

  const merged = pages.pages.map((page) => ({
    ...page,
    items: page.items.flatMap((task) => {
      known.add(task.id);
      const next = latest.get(task.id) ?? task;
      return matches(next) ? [next] : [];
    }),
  }));

  const newest = merged[0]?.items[0]?.created_at ?? '';
  const added = [...latest.values()]
    // An older task that is not loaded belongs to a later page.
    .filter((task) => !known.has(task.id) && matches(task) && Date.parse(task.created_at) >= (newest === '' ? 0 : Date.parse(newest)))
    .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  const first = merged[0];
  if (first !== undefined && added.length > 0) {
    merged[0] = { ...first, items: [...added, ...first.items] };
  }
  return { ...pages, pages: merged };
}

/** Case-insensitive search over what a person sees of a task; every word must occur. */
export function searchTasks(tasks: readonly TaskSummary[], words: string): TaskSummary[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return tasks.filter((task) => {
    const text = `${task.title} ${task.repository} ${task.base_ref} ${task.brain} ${task.id} ${task.reason ?? ''}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
