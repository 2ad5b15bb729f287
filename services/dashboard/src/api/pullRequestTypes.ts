/** The API's types of pull requests and their reviews, by hand, in the order of shared/CodexService.Contracts/Api/PullRequests.cs and Reviews.cs. */

export type PullRequestState = 'open' | 'merging' | 'merged' | 'closed';

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
  open_comments?: number;
  unaddressed_comments?: number;
  conflicts?: string[];
}

export type ReviewEvent = 'comment' | 'request_changes';
export type ReviewSide = 'old' | 'new';

export interface SubmitReviewRequest {
  event: ReviewEvent;
  body: string | null;
  comments: ReviewCommentRequest[];
  head_commit: string | null;
}

export interface ReviewCommentRequest {
  path: string;
  line: number;
  body: string;
  side: ReviewSide;
  start_line: number | null;
}

export interface ReviewInfo {
  id: string;
  author: string;
  event: ReviewEvent;
  body: string;
  head_commit: string;
  created_at: string;
  round: number | null;
  progress: 'working' | 'addressed' | 'not_addressed' | null;
  reason: string | null;
  addressed_by: string | null;
  comments: ReviewCommentInfo[];
}

export interface ReviewCommentInfo {
  id: string;
  path: string;
  side: ReviewSide;
  line: number | null;
  start_line: number | null;
  body: string;
  quote: string;
  state: 'open' | 'addressed';
  addressed_by: string | null;
  is_outdated: boolean;
}
