import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { describeError } from '../api/problem';
import { Notice } from '../ui/Notice';

/** What a page shows instead of itself when its code fails or could not be loaded. */
export function PageFailure() {
  const error = useRouteError();
  // A new version of the service replaces the old page's files.
  const outdated = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <div style={{ maxWidth: 720, margin: '48px auto', padding: '0 16px' }}>
      <Notice
        tone="danger"
        title={outdated ? 'This page could not be loaded' : 'This page failed'}
        actions={
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            Reload
          </Button>
        }
      >
        {outdated ? 'The service was updated or does not answer. Reload the page.' : describeError(error)}
      </Notice>
    </div>
  );
}
