/**
 * The API's types, by hand, in the order of shared/CodexService.Contracts/Api. JSON is snake_case, times are
 * ISO 8601 strings, durations seconds.
 */

export const taskStates = ['queued', 'running', 'publishing', 'succeeded', 'no_change', 'failed', 'cancelled', 'timed_out'] as const;
export type TaskState = (typeof taskStates)[number];
export type AttemptState = Exclude<TaskState, 'publishing'>;
export type TaskKind = 'change' | 'ask';
export type BrainChoice = 'auto' | 'model' | 'repair';
export const taskTemplates = ['bug-fix', 'documentation', 'feature', 'refactoring', 'tests', 'upgrade'] as const;
export type TaskTemplate = (typeof taskTemplates)[number];
export type PullRequestState = 'open' | 'merging' | 'merged' | 'closed';

export interface SubmitTaskRequest {
  repository: string;
  prompt: string;
  test_command?: string | null;
  base_ref?: string | null;
  attempts?: number | null;
  timeout_seconds?: number | null;
  brain?: BrainChoice | null;
  template?: TaskTemplate | null;
  model?: string | null;
  kind?: TaskKind;
}

export interface TaskSummary {
  id: string;
  title: string;
  repository: string;
  base_ref: string;
  state: TaskState;
  reason: string | null;
  brain: string;
  stage: string | null;
  candidates_tried: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  pull_request_number: number | null;
  pull_request_state: PullRequestState | null;
  kind?: TaskKind;
}

export interface TaskDetail {
  summary: TaskSummary;
  prompt: string;
  test_command: string;
  base_commit: string | null;
  head_commit: string | null;
  branch: string | null;
  timeout_seconds: number;
  result_summary: string | null;
  patch: string | null;
  verification: VerificationReport | null;
  pull_request: PullRequestInfo | null;
  attempts: AttemptInfo[];
  usage: TaskUsage;
  cancel_requested: boolean;
  last_seq: number;
  template: string | null;
  model: string | null;
  answer?: string | null;
  references?: AnswerReference[];
}

export interface AnswerReference {
  path: string;
  line: number;
  end_line: number | null;
  exists: boolean;
}

export interface AttemptInfo {
  id: string;
  number: number;
  state: AttemptState;
  reason: string | null;
  epoch: number;
  worker: string | null;
  started_at: string | null;
  finished_at: string | null;
  candidates_tried: number;
  prompts?: AttemptPrompts | null;
}

/** The prompts that an attempt of the model brain was opened with. */
export interface AttemptPrompts {
  hash: string;
  version: number;
  model: string;
}

export interface TaskUsage {
  wall_seconds: number;
  queue_seconds: number;
  sandbox_ready_seconds: number;
  candidates: number;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  cost: number;
}

export interface VerificationReport {
  verified: boolean;
  reason: string;
  fail_to_pass: string[];
  pass_to_pass: number;
  broken: string[];
  still_failing: string[];
  flaky: string[];
  commands: CommandReport[];
  changed_tests?: ChangedTestFile[];
  changed_fail_to_pass?: string[];
  removed_tests?: string[];
}

export interface ChangedTestFile {
  path: string;
  change: 'added' | 'modified' | 'deleted';
}

export interface CommandReport {
  index: number;
  phase: string;
  command: string;
  exit_code: number;
  seconds: number;
  timed_out: boolean;
  output_bytes: number;
}

export interface TaskEventInfo {
  seq: number;
  type: string;
  at: string;
  attempt: number | null;
  message: string;
  data: Record<string, unknown> | null;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface PullRequestInfo {
  number: number;
  task_id: string;
  url: string;
  title: string;
  body: string;
  state: PullRequestState;
  repository: string;
  base_ref: string;
  branch: string;
  head_commit: string;
  merge_commit: string | null;
  note: string | null;
  held_for_approval: string[];
  created_at: string;
  closed_at: string | null;
}

export interface RepositoryInspection {
  repository: string;
  default_branch: string;
  branches: string[];
  test_command: string | null;
  test_command_why: string | null;
}

export interface ServiceInfo {
  version: string;
  brain: string;
  sandbox_image: string;
  max_prompt_length: number;
  default_timeout_seconds: number;
}

/** RFC 9457 problem details. */
export interface ProblemDetails {
  title?: string;
  status?: number;
  detail?: string;
  errors?: Record<string, string[]>;
}
