import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { describeError } from '../api/problem';
import { gitHubQuery, gitHubRepositoriesQuery } from '../api/queries';
import { Notice } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';
import { ConnectionCard } from './ConnectionCard';
import { Deliveries } from './Deliveries';
import classes from './GitHub.module.css';
import { Repositories } from './Repositories';

/** How the service stands with GitHub, where it works, and what it made of what GitHub told it. */
export function GitHubPage() {
  usePageTitle('GitHub');
  const status = useQuery({ ...gitHubQuery, refetchInterval: 15_000 });
  const repositories = useQuery({ ...gitHubRepositoriesQuery, refetchInterval: 15_000 });
  const connected = status.data !== undefined && (status.data.connection !== null || (repositories.data?.length ?? 0) > 0);

  return (
    <>
      <h1 className={classes.title}>GitHub</h1>
      <div className={classes.page}>
        {status.isError && <Notice tone="danger">{describeError(status.error)}</Notice>}
        {status.isPending && <Skeleton height={120} radius="lg" aria-label="Loading" />}
        {status.isSuccess && <ConnectionCard status={status.data} />}
        {connected && repositories.isSuccess && <Repositories repositories={repositories.data} />}
        {connected && <Deliveries />}
      </div>
    </>
  );
}
