import { Autocomplete, Loader, TextInput } from '@mantine/core';
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { CircleCheck, FolderGit2, GitBranch, GitPullRequest, SquareTerminal } from '../ui/icons';
import { useState } from 'react';
import { describeError } from '../api/problem';
import { tasksQuery } from '../api/queries';
import type { RepositoryInspection } from '../api/types';
import { plural } from '../ui/time';
import type { Draft } from './draft';
import classes from './NewTaskPage.module.css';
import type { FieldErrors } from './validation';

interface RepositoryFieldsProps {
  draft: Draft;
  errors: FieldErrors;
  inspection: UseQueryResult<RepositoryInspection>;
  onChange: (part: Partial<Draft>, field: keyof FieldErrors) => void;
}

/** Repository, base branch and test command: what is found in the first fills the other two. */
export function RepositoryFields({ draft, errors, inspection, onChange }: RepositoryFieldsProps) {
  const recent = useRecentRepositories();
  const found = inspection.data;
  const guess = found?.test_command ?? null;
  const why = found?.test_command_why ?? null;
  const refused = inspection.isError && !inspection.isFetching ? describeError(inspection.error) : undefined;
  return (
    <>
      <Autocomplete
        label="Repository"
        description="Absolute path on the service’s machine, or a clone URL."
        placeholder="/home/me/shop or https://github.com/acme/shop.git"
        leftSection={<FolderGit2 size={16} />}
        rightSection={inspection.isFetching ? <Loader size={16} aria-label="Looking at the repository" /> : null}
        className={classes.mono}
        data={recent}
        autoFocus={draft.repository === ''}
        spellCheck={false}
        value={draft.repository}
        error={errors.repository ?? refused}
        onChange={(repository) => onChange({ repository }, 'repository')}
      />
      {found !== undefined && !inspection.isFetching && refused === undefined && (
        <div className={classes.found}>
          <CircleCheck size={15} aria-hidden="true" />
          Git repository with {plural(found.branches.length, 'branch', 'branches')}
        </div>
      )}
      <div className={classes.pair}>
        <Autocomplete
          label="Base branch"
          description={draft.kind === 'review' ? 'Branch that the change is meant for.' : 'Branch, tag or commit to start from.'}
          placeholder={found?.default_branch ?? 'default branch'}
          leftSection={<GitBranch size={16} />}
          data={found?.branches ?? []}
          limit={100}
          spellCheck={false}
          value={draft.baseRef}
          error={errors.base_ref}
          onChange={(baseRef) => onChange({ baseRef }, 'base_ref')}
        />
        {draft.kind === 'review' && (
          <Autocomplete
            label="Head"
            description="Branch, commit or full ref to review."
            placeholder="refs/pull/7/head"
            leftSection={<GitPullRequest size={16} />}
            data={found?.branches ?? []}
            limit={100}
            spellCheck={false}
            value={draft.headRef}
            error={errors.head_ref}
            onChange={(headRef) => onChange({ headRef }, 'head_ref')}
          />
        )}
        {draft.kind !== 'ask' && (
          <TextInput
            label="Test command"
            description={guess !== null && draft.testCommand === guess && why !== null ? `Guessed: ${why}` : draft.kind === 'review' ? 'Run before and with the change.' : 'The command that proves the change.'}
            placeholder={guess ?? 'python -m pytest -q'}
            leftSection={<SquareTerminal size={16} />}
            className={classes.mono}
            spellCheck={false}
            value={draft.testCommand}
            error={errors.test_command}
            onChange={(event) => onChange({ testCommand: event.currentTarget.value }, 'test_command')}
          />
        )}
      </div>
    </>
  );
}

/** Repositories of the tasks that were loaded, newest first. */
function useRecentRepositories(): string[] {
  const queries = useQueryClient();
  const [recent] = useState(() => {
    const pages = queries.getQueryData(tasksQuery(null).queryKey)?.pages ?? [];
    return [...new Set(pages.flatMap((page) => page.items.map((task) => task.repository)))].slice(0, 8);
  });
  return recent;
}
