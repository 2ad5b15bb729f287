import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { callJson } from '../api/client';
import { describeError } from '../api/problem';
import { deliveriesQuery } from '../api/queries';
import { deliveryStates, type DeliveryInfo } from '../api/gitHubTypes';
import { FilterBar } from '../ui/FilterBar';
import { RotateCcw } from '../ui/icons';
import { LoadMore } from '../ui/LoadMore';
import { Notice } from '../ui/Notice';
import { notifyFailure } from '../ui/notify';
import { DeliveryBadge, deliveryLooks } from '../ui/StateBadge';
import { formatAgo, formatInstant } from '../ui/time';
import { useNow } from '../ui/useNow';
import classes from './GitHub.module.css';

const filters = deliveryStates.map((state) => ({ value: state, label: deliveryLooks[state].label }));

/** What GitHub told the service, what it decided, and why. */
export function Deliveries() {
  const [params, setParams] = useSearchParams();
  const state = deliveryStates.find((known) => known === params.get('state')) ?? null;
  const deliveries = useInfiniteQuery({ ...deliveriesQuery(state), refetchInterval: 5_000 });
  const now = useNow(true, 15_000);
  const shown = deliveries.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <section aria-labelledby="github-deliveries">
      <h2 id="github-deliveries" className={classes.section}>
        Deliveries
      </h2>
      <div className={classes.tools}>
        <FilterBar label="Outcome" options={filters} value={state} onChange={(value) => setParams(value === null ? {} : { state: value }, { replace: true })} />
      </div>
      {deliveries.isError && <Notice tone="danger">{describeError(deliveries.error)}</Notice>}
      {deliveries.isPending && <Skeleton height={160} radius="lg" aria-label="Loading" />}
      {deliveries.isSuccess && shown.length === 0 && (
        <p className={classes.small}>{state === null ? 'None has come yet.' : `None is ${deliveryLooks[state].label.toLowerCase()}.`}</p>
      )}
      {shown.length > 0 && (
        <ul className={classes.list}>
          {shown.map((delivery) => (
            <Delivery key={delivery.id} delivery={delivery} now={now} />
          ))}
        </ul>
      )}
      <LoadMore query={deliveries} what="older deliveries" />
    </section>
  );
}

function Delivery({ delivery, now }: { delivery: DeliveryInfo; now: number }) {
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => callJson<DeliveryInfo>(`/api/github/deliveries/${encodeURIComponent(delivery.id)}/redeliver`, { method: 'POST' }),
    onError: (error) => notifyFailure('The delivery is not handled again', error),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['github', 'deliveries'] }),
  });
  return (
    <li className={classes.delivery}>
      <DeliveryBadge state={delivery.state} />
      <div className={classes.what}>
        <span className={classes.event}>
          {delivery.event}
          {delivery.action !== null && ` ${delivery.action}`}
        </span>{' '}
        <span className={classes.small}>
          {[delivery.repository === null ? null : `${delivery.repository}${delivery.number === null ? '' : `#${delivery.number}`}`, delivery.sender === null ? null : `by ${delivery.sender}`]
            .filter((part) => part !== null)
            .join(' · ')}
        </span>
        <span className={classes.decision}>
          {delivery.decision ?? 'Waits to be handled'}
          {delivery.task_id !== null && (
            <>
              {' '}
              · <Link to={`/tasks/${delivery.task_id}`}>task</Link>
            </>
          )}
        </span>
      </div>
      <time className={classes.when} dateTime={delivery.received_at} title={formatInstant(delivery.received_at)}>
        {formatAgo(delivery.received_at, now)}
      </time>
      <Tooltip label="Handle it again">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Handle ${delivery.event} ${delivery.action ?? ''} again`}
          disabled={delivery.state === 'received'}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          <RotateCcw size={16} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
