import { Button } from '@mantine/core';
import { MapPinOff } from '../ui/icons';
import { Link } from 'react-router';
import { EmptyState } from '../ui/EmptyState';
import { usePageTitle } from '../ui/usePageTitle';

interface NotFoundPageProps {
  what?: string;
}

export function NotFoundPage({ what = 'page' }: NotFoundPageProps) {
  usePageTitle('Not found');
  return (
    <EmptyState
      icon={MapPinOff}
      title={`There is no such ${what}`}
      action={
        <Button component={Link} to="/" variant="default">
          Go to the tasks
        </Button>
      }
    >
      The address may be mistyped, or it belongs to another installation of the service.
    </EmptyState>
  );
}
