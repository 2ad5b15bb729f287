import { Skeleton } from '@mantine/core';
import { lazy, Suspense, type ComponentProps } from 'react';

const ReviewedPatch = lazy(async () => ({ default: (await import('./ReviewedPatch')).ReviewedPatch }));

/** Loaded when first shown, as the diff view is. */
export function LazyReviewedPatch(props: ComponentProps<typeof ReviewedPatch>) {
  return (
    <Suspense fallback={<Skeleton height={320} radius="lg" aria-label="Loading the diff" />}>
      <ReviewedPatch {...props} />
    </Suspense>
  );
}
