import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callJson, callText } from './client';
import type { DeliveryInfo, DeliveryState, GitHubRepositoryInfo, GitHubStatus } from './gitHubTypes';
import type { PullRequestInfo, PullRequestState, ReviewInfo } from './pullRequestTypes';
import type { AttemptDetail, AttemptInfo, BrainChoice, BudgetInfo, ChangeOutlook, Page, RepositoryInspection, ServiceInfo, TaskDetail, TaskMessageInfo, TaskState, TaskSummary } from './types';

/** All reads, each with its key. Writes name the keys that they invalidate by these functions. */

export const serviceQuery = queryOptions({
  queryKey: ['service'],
  queryFn: ({ signal }) => callJson<ServiceInfo>('/api/service', { signal }),
  staleTime: 30_000, // Workers come and go, and their models with them.
});

export const budgetQuery = queryOptions({
  queryKey: ['budget'],
  queryFn: ({ signal }) => callJson<BudgetInfo>('/api/budget', { signal }),
});

const query = (values: Record<string, string | null>): string => {
  const set = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null);
  return new URLSearchParams(set).toString();
};

export const tasksQuery = (state: TaskState | null) =>
  infiniteQueryOptions({
    queryKey: ['tasks', state],
    queryFn: ({ pageParam, signal }) =>
      callJson<Page<TaskSummary>>(`/api/tasks?${query({ limit: '50', state, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: ({ signal }) => callJson<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}`, { signal }),
  });

/** The count belongs to the key: a message that was sent elsewhere is fetched when the task tells of it. */
export const messagesQuery = (taskId: string, count: number) =>
  queryOptions({
    queryKey: ['task', taskId, 'messages', count],
    queryFn: ({ signal }) => callJson<TaskMessageInfo[]>(`/api/tasks/${encodeURIComponent(taskId)}/messages`, { signal }),
    enabled: count > 0,
    staleTime: Infinity,
  });

/** What an attempt left behind changes with its state alone. */
export const attemptQuery = (taskId: string, { number, state }: Pick<AttemptInfo, 'number' | 'state'>) =>
  queryOptions({
    queryKey: ['task', taskId, 'attempt', number, state],
    queryFn: ({ signal }) => callJson<AttemptDetail>(`/api/tasks/${encodeURIComponent(taskId)}/attempts/${number}`, { signal }),
    staleTime: 60_000,
  });

/** Output of a recorded command of the task's result, or of one attempt. */
export const evidenceQuery = (taskId: string, index: number, attempt?: number) =>
  queryOptions({
    queryKey: ['task', taskId, 'evidence', index, attempt ?? null],
    queryFn: ({ signal }) =>
      callText(`/api/tasks/${encodeURIComponent(taskId)}${attempt === undefined ? '' : `/attempts/${attempt}`}/evidence/${index}`, { signal }),
    staleTime: 60_000,
  });

export const inspectionQuery = (repository: string) =>
  queryOptions({
    queryKey: ['inspection', repository],
    queryFn: ({ signal }) => callJson<RepositoryInspection>(`/api/repositories/inspect?${query({ repository })}`, { signal }),
    enabled: repository !== '',
    staleTime: 30_000,
    retry: false,
  });

/** Whether such a change could be worked on now. Nothing is asked until there is a repository. */
export const outlookQuery = (repository: string, baseRef: string, testCommand: string, brain: BrainChoice) =>
  queryOptions({
    queryKey: ['outlook', repository, baseRef, testCommand, brain],
    queryFn: ({ signal }) =>
      callJson<ChangeOutlook>(`/api/repositories/outlook?${query({ repository, base_ref: baseRef || null, test_command: testCommand || null, brain })}`, { signal }),
    enabled: repository !== '',
    staleTime: 10_000,
    retry: false,
  });

export const pullRequestsQuery = (state: PullRequestState | null) =>
  infiniteQueryOptions({
    queryKey: ['pull-requests', state],
    queryFn: ({ pageParam, signal }) =>
      callJson<Page<PullRequestInfo>>(`/api/pull-requests?${query({ limit: '50', state, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const pullRequestQuery = (number: number) =>
  queryOptions({
    queryKey: ['pull-request', number],
    queryFn: ({ signal }) => callJson<PullRequestInfo>(`/api/pull-requests/${number}`, { signal }),
    // The task's events announce the merge at once; the poll covers a stream that is cut just then.
    refetchInterval: (state) => (state.state.data?.state === 'merging' ? 2_000 : false),
  });

export const gitHubQuery = queryOptions({
  queryKey: ['github', 'status'],
  queryFn: ({ signal }) => callJson<GitHubStatus>('/api/github', { signal }),
});

export const gitHubRepositoriesQuery = queryOptions({
  queryKey: ['github', 'repositories'],
  queryFn: ({ signal }) => callJson<GitHubRepositoryInfo[]>('/api/github/repositories', { signal }),
});

export const deliveriesQuery = (state: DeliveryState | null) =>
  infiniteQueryOptions({
    queryKey: ['github', 'deliveries', state],
    queryFn: ({ pageParam, signal }) => callJson<Page<DeliveryInfo>>(`/api/github/deliveries?${query({ limit: '50', state, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** What the head commit changes; it is another address for another head. */
export const pullRequestPatchQuery = ({ number, head_commit: head }: Pick<PullRequestInfo, 'number' | 'head_commit'>) =>
  queryOptions({
    queryKey: ['pull-request-patch', number, head],
    queryFn: ({ signal }) => callText(`/api/pull-requests/${number}/patch`, { signal }),
    staleTime: Infinity,
  });

/** Under the pull request's key: whatever changes that may be a review's doing. */
export const reviewsQuery = (number: number) =>
  queryOptions({
    queryKey: ['pull-request', number, 'reviews'],
    queryFn: ({ signal }) => callJson<ReviewInfo[]>(`/api/pull-requests/${number}/reviews`, { signal }),
  });
