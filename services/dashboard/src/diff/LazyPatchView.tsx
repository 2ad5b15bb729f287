import { Skeleton } from '@mantine/core';
import { lazy, Suspense, type ComponentProps } from 'react';

const PatchView = lazy(async () => ({ default: (await import('./PatchView')).PatchView }));

/** The diff view with its highlighter is the largest part of the dashboard: loaded when first shown. */
export function LazyPatchView(props: ComponentProps<typeof PatchView>) {
  return (
    <Suspense fallback={<Skeleton height={320} radius="lg" aria-label="Loading the diff" />}>
      <PatchView {...props} />
    </Suspense>
  );
}
