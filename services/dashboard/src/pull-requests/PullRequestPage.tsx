import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight, ChevronLeft, FolderGit2, GitBranch, ListChecks } from '../ui/icons';
import { Link, useParams } from 'react-router';
import { ApiProblem, describeError } from '../api/problem';
import { pullRequestPatchQuery, pullRequestQuery, taskQuery } from '../api/queries';
import type { PullRequestInfo } from '../api/pullRequestTypes';
import { NotFoundPage } from '../app/NotFoundPage';
import { ChangedTests } from '../evidence/ChangedTests';
import { CommandTable } from '../evidence/CommandTable';
import { TestOutcome } from '../evidence/TestOutcome';
import { LazyReviewedPatch } from '../reviews/LazyReviewedPatch';
import { useTaskEvents } from '../task-log/useTaskEvents';
import { Markdown } from '../ui/Markdown';
import { Notice } from '../ui/Notice';
import { repositoryName } from '../ui/repositoryName';
import { PullRequestBadge } from '../ui/StateBadge';
import { formatInstant, plural } from '../ui/time';
import { usePageTitle } from '../ui/usePageTitle';
import classes from './PullRequests.module.css';
import { ReviewPanel } from './ReviewPanel';

export function PullRequestPage() {
  const number = Number(useParams().number);
  const pull = useQuery({ ...pullRequestQuery(number), enabled: Number.isSafeInteger(number) && number > 0 });
  usePageTitle(pull.data === undefined ? 'Pull request' : `${pull.data.title} · #${number}`, pull.data?.state);

  if (pull.data !== undefined) {
    return <LoadedPullRequest key={number} pull={pull.data} />;
  }
  if (pull.isLoading) {
    return <Skeleton height={420} radius="lg" aria-label="Loading the pull request" />;
  }
  const missing = !pull.isError || (pull.error instanceof ApiProblem && (pull.error.status === 404 || pull.error.status === 400));
  return missing ? <NotFoundPage what="pull request" /> : <Notice tone="danger">{describeError(pull.error)}</Notice>;
}

function LoadedPullRequest({ pull }: { pull: PullRequestInfo }) {
  const task = useQuery(taskQuery(pull.task_id));
  const patch = useQuery(pullRequestPatchQuery(pull));
  useTaskEvents(pull.task_id); // Keeps the pull request and its task up to date.
  const report = task.data?.verification ?? null;

  return (
    <div className={classes.page}>
      <header>
        <Link to="/pulls" className={classes.crumb}>
          <ChevronLeft size={15} aria-hidden="true" /> Pull requests
        </Link>
        <h1 className={classes.heading}>
          {pull.title} <span className={classes.number}>#{pull.number}</span>
        </h1>
        <div className={classes.facts}>
          <PullRequestBadge state={pull.state} large />
          <span className={classes.fact} title={pull.repository}>
            <FolderGit2 size={15} aria-hidden="true" /> {repositoryName(pull.repository)}
          </span>
          <span className={classes.fact}>
            <GitBranch size={15} aria-hidden="true" /> {pull.branch} <ArrowRight size={13} role="img" aria-label="into" /> {pull.base_ref}
          </span>
          {(pull.open_comments ?? 0) > 0 && <span>{plural(pull.open_comments ?? 0, 'open comment')}</span>}
          {(pull.unaddressed_comments ?? 0) > 0 && (
            <span>
              {plural(pull.unaddressed_comments ?? 0, 'comment')} {pull.unaddressed_comments === 1 ? 'was' : 'were'} not addressed
            </span>
          )}
          <span>opened {formatInstant(pull.created_at)}</span>
          <Link to={`/tasks/${pull.task_id}`} className={classes.fact}>
            <ListChecks size={15} aria-hidden="true" /> Task
          </Link>
        </div>
      </header>
      <div className={classes.columns}>
        <section className={classes.body} aria-label="Description">
          <Markdown text={pull.body} />
        </section>
        <ReviewPanel pull={pull} report={report} taskState={task.data?.summary.state ?? null} />
      </div>
      {report !== null && <ChangedTests report={report} />}
      {patch.isError && <Notice tone="danger" title="The diff could not be loaded">{describeError(patch.error)}</Notice>}
      {patch.data !== undefined && (
        <LazyReviewedPatch pull={pull} taskState={task.data?.summary.state ?? null} patch={patch.data} headings={classes.section ?? ''} />
      )}
      {report !== null && (
        <section>
          <h2 className={classes.section}>Evidence</h2>
          <div className={classes.evidence}>
            <TestOutcome report={report} />
            <CommandTable taskId={pull.task_id} commands={report.commands} />
          </div>
        </section>
      )}
    </div>
  );
}
