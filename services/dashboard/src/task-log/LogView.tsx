import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, Search } from '../ui/icons';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { LiveDot } from '../ui/LiveDot';
import { plural } from '../ui/time';
import { LogLine } from './LogLine';
import { logLines, type LogScope } from './logLines';
import classes from './LogView.module.css';
import type { TaskEvents } from './useTaskEvents';

const scopes = [
  { value: 'steps', label: 'Steps' },
  { value: 'commands', label: 'Commands' },
  { value: 'everything', label: 'Everything' },
];
const nearEnd = 40;

/** The event log as it happens; follows the end until a person scrolls up. */
export function LogView({ log, status }: TaskEvents) {
  const [scope, setScope] = useState<LogScope>('steps');
  const [words, setWords] = useState('');
  const [following, setFollowing] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const lastTop = useRef(0);
  const lines = useMemo(() => logLines(log.events, scope, words), [log.events, scope, words]);
  const start = log.events[0]?.at;

  // The virtualizer's functions change with every scroll; nothing here is memoised over them.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => lines[index]?.seq ?? index,
    estimateSize: () => 34,
    overscan: 12,
  });
  const height = rows.getTotalSize();

  const follow = (yes: boolean) => {
    follows.current = yes;
    setFollowing(yes);
  };

  // Whoever has scrolled up a moment ago is not taken back to the end, although that scrolling has not been told yet.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (follows.current && box !== null && box.scrollTop >= Math.min(lastTop.current, box.scrollHeight - box.clientHeight)) {
      box.scrollTop = box.scrollHeight;
      lastTop.current = box.scrollTop;
    }
  }, [following, height, lines.length]);

  const onScroll = () => {
    const box = scroller.current;
    if (box === null) {
      return;
    }
    const fromEnd = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (fromEnd < nearEnd) {
      follow(true);
    } else if (box.scrollTop < lastTop.current) {
      follow(false);
    }
    lastTop.current = box.scrollTop;
  };

  return (
    <section className={classes.view} aria-label="Log">
      <div className={classes.tools}>
        <SegmentedControl size="xs" aria-label="What to show" data={scopes} value={scope} onChange={(value) => setScope(value as LogScope)} />
        <TextInput
          size="xs"
          type="search"
          aria-label="Filter the log"
          placeholder="Filter"
          data-search
          leftSection={<Search size={14} />}
          className={classes.filter}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <span className={classes.count}>{plural(log.lastSeq, 'event')}</span>
        <LiveDot status={status} />
      </div>
      <div className={classes.frame}>
        <div ref={scroller} className={classes.scroller} onScroll={onScroll} role="log" aria-live="off" aria-label="Events" tabIndex={0}>
          {lines.length === 0 && (
            <p className={classes.none}>{log.events.length === 0 ? 'Waiting for the first event.' : 'No event matches the filter.'}</p>
          )}
          <ol className={classes.lines} style={{ height }}>
            {rows.getVirtualItems().map((row) => {
              const event = lines[row.index];
              return (
                event !== undefined && (
                  <li
                    key={row.key}
                    ref={rows.measureElement}
                    data-index={row.index}
                    aria-setsize={lines.length}
                    aria-posinset={row.index + 1}
                    className={classes.row}
                    style={{ transform: `translateY(${row.start}px)` }}
                  >
                    <LogLine event={event} start={start ?? event.at} />
                  </li>
                )
              );
            })}
          </ol>
        </div>
        {!following && (
          <Button size="xs" className={classes.jump} leftSection={<ArrowDown size={14} />} onClick={() => follow(true)}>
            Jump to latest
          </Button>
        )}
      </div>
    </section>
  );
}
