/** The API's types of GitHub, by hand, in the order of shared/CodexService.Contracts/Api/GitHub.cs. */

export const deliveryStates = ['received', 'ignored', 'acted', 'refused', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface DeliveryInfo {
  id: string;
  event: string;
  action: string | null;
  repository: string | null;
  number: number | null;
  sender: string | null;
  received_at: string;
  state: DeliveryState;
  decision: string | null;
  task_id: string | null;
  handled_at: string | null;
}

export interface RepositoryTriggers {
  read_at: string;
  source: string;
  label: string;
  assignment: boolean;
  mention: boolean;
  changes_requested: boolean;
  check_fixes: number;
  conflicts?: boolean;
  bots: string[];
  test_command: string | null;
  attempts: number;
  problem: string | null;
  model?: string | null;
}

export interface GitHubRepositoryInfo {
  name: string;
  deliveries: number;
  /** Null before the first delivery. */
  last_delivery_at: string | null;
  tasks: number;
  triggers: RepositoryTriggers | null;
  pull_requests?: PullRequestCounts;
}

/** What became of pull requests; those that are being merged count as open. */
export interface PullRequestCounts {
  open: number;
  merged: number;
  closed: number;
}

export interface GitHubConnectionInfo {
  kind: 'app' | 'token' | 'none';
  name: string | null;
  url: string | null;
  api_url: string;
  /** When GitHub last answered, also with a refusal; null before it has. */
  checked_at: string | null;
  problem: string | null;
  /** Login that everything is written under, the App's with [bot]. */
  account?: string | null;
  /** Whether the problem may pass by itself. */
  problem_passes?: boolean;
  /** When the personal token ends. */
  expires_at?: string | null;
}

export interface GitHubStatus {
  connection: GitHubConnectionInfo | null;
  webhook_path: string;
  has_webhook_secret: boolean;
}

export interface NewAppRequest {
  public_url: string;
  name: string;
  organization: string | null;
}

export interface GitHubManifest {
  action: string;
  manifest: string;
  state: string;
}
