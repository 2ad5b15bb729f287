import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Inbox, Plus, Search, SearchX } from '../ui/icons';
import { useEffect, useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { describeError } from '../api/problem';
import { serviceQuery, tasksQuery } from '../api/queries';
import { taskStates, type TaskState } from '../api/types';
import { rowShortcuts, useShortcuts } from '../app/useShortcuts';
import { EmptyState } from '../ui/EmptyState';
import { FilterBar } from '../ui/FilterBar';
import { LiveDot } from '../ui/LiveDot';
import { LoadMore } from '../ui/LoadMore';
import { Notice } from '../ui/Notice';
import { taskLooks } from '../ui/StateBadge';
import { plural } from '../ui/time';
import { usePageTitle } from '../ui/usePageTitle';
import { RecentRuns } from './RecentRuns';
import { searchTasks } from './taskPages';
import { TaskTable } from './TaskTable';
import classes from './TasksPage.module.css';
import { useLiveTasks } from './useLiveTasks';

const filters = taskStates.map((state) => ({ value: state, label: taskLooks[state].label }));
const shortcuts = rowShortcuts();

export function TasksPage() {
  usePageTitle('Tasks');
  const [params, setParams] = useSearchParams();
  const state = taskStates.find((known) => known === params.get('state')) ?? null;
  // Typing is kept here and only copied to the address: navigation is too slow for keys.
  const [words, setWords] = useState(params.get('q') ?? '');
  const [settled] = useDebouncedValue(words, 300);
  const tasks = useInfiniteQuery(tasksQuery(state));
  const service = useQuery(serviceQuery);
  const status = useLiveTasks(state);
  useShortcuts(shortcuts);

  const loaded = useMemo(() => tasks.data?.pages.flatMap((page) => page.items) ?? [], [tasks.data]);
  const shown = useMemo(() => searchTasks(loaded, words), [loaded, words]);

  const choose = (next: TaskState | null) => setParams(address(next, words), { replace: true });
  useEffect(() => {
    if (settled !== (params.get('q') ?? '')) {
      setParams(address(state, settled), { replace: true });
    }
  }, [settled, params, state, setParams]);

  const body = () => {
    if (tasks.isPending) {
      return <TaskTable.Skeleton />;
    }
    if (shown.length > 0) {
      return <TaskTable tasks={shown} />;
    }
    if (words !== '') {
      return (
        <EmptyState icon={SearchX} title="No task matches" action={<Button variant="default" onClick={() => setWords('')}>Clear the search</Button>}>
          Searched {plural(loaded.length, 'loaded task')} for “{words}”.
        </EmptyState>
      );
    }
    if (state !== null) {
      return (
        <EmptyState icon={Inbox} title={`No task is ${taskLooks[state].label.toLowerCase()}`} action={<Button variant="default" onClick={() => choose(null)}>Show all tasks</Button>}>
          The list follows the service: a task appears here as soon as it gets there.
        </EmptyState>
      );
    }
    return (
      <EmptyState icon={Inbox} title="No tasks yet" action={<Button component={Link} to="/new" leftSection={<Plus size={17} />}>New task</Button>}>
        Hand over a repository, what to fix and the command that proves it. The service works in a sandbox, verifies the
        patch with your tests and opens a pull request here. From a terminal: <code>codex submit --repo . --task "…"</code>
      </EmptyState>
    );
  };

  return (
    <>
      <div className={classes.head}>
        <div>
          <h1 className={classes.title}>Tasks</h1>
          <div className={classes.sub}>
            <LiveDot status={status} />
            {service.data && <span>{service.data.brain} brain · version {service.data.version}</span>}
          </div>
        </div>
        <RecentRuns tasks={loaded} />
      </div>
      <div className={classes.tools}>
        <FilterBar label="State" options={filters} value={state} onChange={choose} />
        <TextInput
          type="search"
          aria-label="Search tasks"
          placeholder="Search"
          data-search
          className={classes.search}
          leftSection={<Search size={16} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {tasks.isError && <Notice tone="danger">{describeError(tasks.error)}</Notice>}
      {!tasks.isError && body()}
      <LoadMore query={tasks} what={words === '' ? 'older tasks' : 'older tasks to search'} />
    </>
  );
}

const address = (state: TaskState | null, words: string): Record<string, string> => ({
  ...(state !== null && { state }),
  ...(words !== '' && { q: words }),
});
