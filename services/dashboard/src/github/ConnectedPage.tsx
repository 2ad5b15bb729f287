import { Button, Loader } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import { describeError } from '../api/problem';
import { gitHubQuery } from '../api/queries';
import { Notice } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';
import { connectionState } from './connectionState';
import classes from './GitHub.module.css';

/** Where GitHub sends a person back to after the App was made: hands the code on, and waits until it is exchanged. */
export function ConnectedPage() {
  usePageTitle('Connecting GitHub');
  const [params] = useSearchParams();
  const [code, state] = [params.get('code'), params.get('state')];
  const sent = useRef(false);
  const connect = useMutation({ mutationFn: () => call('/api/github/connect', { method: 'POST', body: { code, state } }) });
  const status = useQuery({ ...gitHubQuery, refetchInterval: 1_000, enabled: connect.isSuccess });
  const connection = connect.isSuccess ? status.data?.connection : undefined;

  const { mutate } = connect;
  useEffect(() => {
    if (!sent.current && code !== null && state !== null) {
      sent.current = true;
      mutate();
    }
  }, [code, state, mutate]);

  return (
    <>
      <h1 className={classes.title}>GitHub</h1>
      {(code === null || state === null) && <Notice tone="danger">GitHub sent no code: begin again on the GitHub page.</Notice>}
      {connect.isError && <Notice tone="danger">{describeError(connect.error)}</Notice>}
      {(!connection || connectionState(connection) === 'asking') && !connect.isError && code !== null && (
        <p className={classes.who} role="status">
          <Loader size="sm" /> The App’s credentials are being fetched…
        </p>
      )}
      {connection?.problem && <Notice tone="danger">{connection.problem}</Notice>}
      {connection?.kind === 'app' && connectionState(connection) === 'works' && (
        <Notice
          tone="success"
          title={`@${connection.name ?? 'The App'} is connected`}
          actions={
            connection.url === null ? undefined : (
              <Button component="a" href={`${connection.url}/installations/new`} rel="noreferrer">
                Install it on repositories
              </Button>
            )
          }
        >
          One step is left: choose the repositories that it may work in.
        </Notice>
      )}
      <p>
        <Link to="/github">To the GitHub page</Link>
      </p>
    </>
  );
}
