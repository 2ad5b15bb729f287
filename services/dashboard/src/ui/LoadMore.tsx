import { Button } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect } from 'react';

interface LoadMoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  what: string;
}

/** The next page, when a person comes near the end of the list or presses the button. */
export function LoadMore({ query, what }: LoadMoreProps) {
  const { ref, entry } = useIntersection({ rootMargin: '200px' });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const near = entry?.isIntersecting === true;
  useEffect(() => {
    if (near && hasNextPage && !isFetchingNextPage) {
      fetchNextPage();
    }
  }, [near, hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (!hasNextPage) {
    return null;
  }
  return (
    <div ref={ref} style={{ display: 'flex', justifyContent: 'center', padding: 20 }}>
      <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
        Load {what}
      </Button>
    </div>
  );
}
