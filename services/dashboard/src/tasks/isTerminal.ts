import type { TaskState } from '../api/types';

const active: ReadonlySet<TaskState> = new Set(['queued', 'running', 'paused', 'publishing']);

/** The task has ended; only a person's retry moves it again. */
export const isTerminal = (state: TaskState): boolean => !active.has(state);
