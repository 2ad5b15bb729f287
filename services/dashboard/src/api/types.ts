/**
 * The API's types, by hand, in the order of shared/CodexService.Contracts/Api. JSON is snake_case, times are
 * ISO 8601 strings, durations seconds. Pull requests and GitHub have files of their own.
 */
import type { PullRequestInfo, PullRequestState } from './pullRequestTypes';

export const taskStates = ['queued', 'running', 'paused', 'publishing', 'succeeded', 'no_change', 'failed', 'cancelled', 'timed_out'] as const;
export type TaskState = (typeof taskStates)[number];
export type AttemptState = Exclude<TaskState, 'publishing'>;
export type TaskKind = 'change' | 'ask' | 'review';
export type BrainChoice = 'auto' | 'model' | 'repair' | 'both';
export const taskTemplates = ['bug-fix', 'documentation', 'feature', 'refactoring', 'tests', 'upgrade'] as const;
export type TaskTemplate = (typeof taskTemplates)[number];

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
  head_ref?: string | null;
  models?: string[] | null;
  approve_plan?: boolean | null;
  limits?: TaskLimits;
}

/** As a limit: null is the workers' default. As used: every value is set. */
export interface TaskLimits {
  turns: number | null;
  tokens: number | null;
  cost: number | null;
}

export interface FollowUpRequest {
  prompt: string;
  test_command: string | null;
}

export interface ContinueTaskRequest extends TaskLimits {
  timeout_seconds: number | null;
}

export interface TaskPromptInfo {
  number: number;
  text: string;
  at: string;
  base_commit: string | null;
  test_command: string;
}

/** How the newest round ended when it brought nothing new, so that what was verified before stands. Round 1 is the task itself. */
export interface RoundEnd {
  number: number;
  state: Exclude<AttemptState, 'succeeded' | 'queued' | 'running' | 'paused'>;
  reason: string;
  /** "Round 2: nothing changed" */
  headline: string;
}

export type EarlyEnd = 'limit' | 'stuck' | 'stopped' | 'no_answer';

export interface BudgetAmounts extends TaskLimits {
  wall_clock_minutes: number | null;
}

export interface BudgetInfo {
  user: string;
  window_seconds: number;
  used: BudgetAmounts;
  limits: BudgetAmounts;
  used_up: string | null;
  frees_up_at: string | null;
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
  head_ref?: string | null;
  review?: ReviewResult | null;
  last_round?: RoundEnd | null;
  prompts: TaskPromptInfo[];
  limits: TaskLimits;
  used: TaskLimits;
  submitted_by: string | null;
  approve_plan: boolean;
  pause_requested: boolean;
  message_count: number;
  plans: PlanInfo[];
}

export interface PlanInfo {
  attempt: number;
  text: string;
  state: 'waiting' | 'revising' | 'approved';
  revision: number;
}

export interface ApprovePlanRequest {
  attempt?: number | null;
  plan?: string | null;
  revision?: number | null;
}

export interface SendMessageRequest {
  text: string;
  attempt?: number | null;
}

export interface TaskMessageInfo {
  number: number;
  text: string;
  at: string;
  attempt: number | null;
}

export interface AnswerReference {
  path: string;
  line: number;
  end_line: number | null;
  exists: boolean;
}

export type ReviewSeverity = 'blocker' | 'major' | 'minor' | 'nit';

/** A comment on lines of a change. `lines` is their text now, `suggestion` what would replace it: empty to delete them. */
export interface ReviewRemark {
  path: string;
  line: number;
  start_line: number | null;
  severity: ReviewSeverity;
  body: string;
  lines: string;
  suggestion: string | null;
}

export interface ReviewOmissions {
  off_diff: number;
  duplicates: number;
  nits: number;
  too_many: number;
}

export interface ReviewEvidence {
  conclusion: string;
  commands: CommandReport[];
  newly_failing: string[];
  newly_passing: string[];
  still_failing: string[];
  flaky: string[];
  removed_tests: string[];
  still_passing: number;
  added_passing: number;
}

export interface ReviewResult {
  summary: string;
  comments: ReviewRemark[];
  merge_base: string;
  head_commit: string;
  read_by_model: boolean;
  files: number;
  added_lines: number;
  removed_lines: number;
  changed_tests: ChangedTestFile[];
  left_out: ReviewOmissions;
  evidence: ReviewEvidence | null;
  evidence_note: string | null;
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
  prompt_number: number;
  base_commit: string | null;
  continues: number | null;
  early_end: EarlyEnd | null;
  brain: string;
  model: string | null;
  temperature: number | null;
  verified: boolean;
  tests_passed: number | null;
  regressions: number | null;
  still_failing: number | null;
  patch_lines: number | null;
  usage: AttemptUsage;
  rank: number | null;
  is_chosen: boolean;
}

export interface AttemptUsage {
  wall_seconds: number;
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  cost: number;
}

export interface AttemptDetail {
  attempt: AttemptInfo;
  title: string | null;
  summary: string | null;
  patch: string | null;
  verification: VerificationReport | null;
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
  network?: NetworkReport | null;
}

/** What programs in the sandboxes tried to reach, as recorded there. */
export interface NetworkReport {
  work: NetworkPhase;
  before: NetworkPhase;
  after: NetworkPhase;
  new_with_patch: string[];
}

export interface NetworkPhase {
  names_recorded: boolean;
  addresses_counted: boolean;
  names: BlockedName[];
  other_lookups: number;
  addresses: number;
}

export interface BlockedName {
  name: string;
  count: number;
  types: string[];
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

export interface RepositoryInspection {
  repository: string;
  default_branch: string;
  branches: string[];
  test_command: string | null;
  test_command_why: string | null;
}

export interface ChangeOutlook {
  /** Why the change would be refused now, one sentence; null when nothing stands against it. */
  why_not: string | null;
}

export interface ServiceInfo {
  version: string;
  brain: string;
  sandbox_image: string;
  max_prompt_length: number;
  default_timeout_seconds: number;
  /** Names that a task can choose, as far as the API knows them. */
  models: string[];
  /** Null while no worker is up, so that nobody knows. */
  has_model: boolean | null;
}

/** RFC 9457 problem details. */
export interface ProblemDetails {
  title?: string;
  status?: number;
  detail?: string;
  errors?: Record<string, string[]>;
}
