import { describe, expect, it } from 'vitest';
import type { TaskEventInfo } from '../src/api/types';
import { appendEvents, emptyLog, hasGap } from '../src/task-log/eventLog';

const event = (seq: number): TaskEventInfo => ({ seq, type: 'progressed', at: '2026-01-01T00:00:00Z', attempt: 1, message: `event ${seq}`, data: null });
const seqs = (log: { events: readonly TaskEventInfo[] }) => log.events.map((one) => one.seq);

describe('appendEvents', () => {
  it('keeps events in order', () => {
    const log = appendEvents(appendEvents(emptyLog, [event(1), event(2)]), [event(3)]);
    expect(seqs(log)).toEqual([1, 2, 3]);
    expect(log.lastSeq).toBe(3);
    expect(hasGap(log)).toBe(false);
  });

  it('drops what a reconnect sends again', () => {
    const log = appendEvents(emptyLog, [event(1), event(2)]);
    expect(appendEvents(log, [event(1), event(2)])).toBe(log);
    expect(seqs(appendEvents(log, [event(2), event(3)]))).toEqual([1, 2, 3]);
  });

  it('drops a repeat within one batch', () => {
    expect(seqs(appendEvents(emptyLog, [event(1), event(1)]))).toEqual([1]);
  });

  it('holds events behind a gap back until it is filled', () => {
    const gapped = appendEvents(emptyLog, [event(1), event(4), event(3)]);
    expect(seqs(gapped)).toEqual([1]);
    expect(hasGap(gapped)).toBe(true);
    const filled = appendEvents(gapped, [event(2), event(3)]);
    expect(seqs(filled)).toEqual([1, 2, 3, 4]);
    expect(hasGap(filled)).toBe(false);
  });

  it('does not change the log that it was given', () => {
    const before = appendEvents(emptyLog, [event(1)]);
    appendEvents(before, [event(2)]);
    expect(seqs(before)).toEqual([1]);
  });
});
