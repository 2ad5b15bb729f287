// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEventStream, type StreamStatus } from '../src/api/eventStream';
import { ScriptedEventSource } from './scriptedEventSource';

beforeEach(() => {
  vi.useFakeTimers();
  ScriptedEventSource.opened = [];
  vi.stubGlobal('EventSource', ScriptedEventSource);
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open() {
  const seen: string[] = [];
  const statuses: StreamStatus[] = [];
  const close = openEventStream({
    url: () => `/events?after=${seen.length}`,
    events: ['event'],
    endEvent: 'end',
    onEvent: (_, data) => seen.push(data),
    onStatus: (status) => statuses.push(status),
  });
  return { seen, statuses, close };
}

describe('openEventStream', () => {
  it('comes back after a cut, from where it was', () => {
    const { seen, statuses, close } = open();
    const first = ScriptedEventSource.latest;
    first.accept();
    first.send('event', 1);
    first.send('event', 2);
    first.cut();
    vi.advanceTimersByTime(500);
    const second = ScriptedEventSource.latest;
    second.accept();
    second.send('event', 3);

    expect(first.closed).toBe(true);
    expect(second.url).toBe('/events?after=2');
    expect(seen).toEqual(['1', '2', '3']);
    expect(statuses).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    close();
  });

  it('waits longer after each failure, at most ten seconds', () => {
    const { close } = open();
    const waits = [500, 1000, 2000, 4000, 8000, 10_000, 10_000];
    for (const wait of waits) {
      const before = ScriptedEventSource.opened.length;
      ScriptedEventSource.latest.cut();
      vi.advanceTimersByTime(wait - 1);
      expect(ScriptedEventSource.opened).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(ScriptedEventSource.opened).toHaveLength(before + 1);
    }
    close();
  });

  it('leaves a stream that has fallen silent, and no other', () => {
    const { close } = open();
    ScriptedEventSource.latest.accept();
    vi.advanceTimersByTime(40_000);
    ScriptedEventSource.latest.send('ping', {});
    vi.advanceTimersByTime(40_000);
    expect(ScriptedEventSource.opened).toHaveLength(1);
    vi.advanceTimersByTime(6_000);
    expect(ScriptedEventSource.opened).toHaveLength(2);
    close();
  });

  it('stays closed after the end', () => {
    const { statuses } = open();
    ScriptedEventSource.latest.accept();
    ScriptedEventSource.latest.send('end', {});
    vi.advanceTimersByTime(60_000);
    expect(ScriptedEventSource.opened).toHaveLength(1);
    expect(ScriptedEventSource.latest.closed).toBe(true);
    expect(statuses.at(-1)).toBe('ended');
  });

  it('stays closed when its owner closes it during a pause', () => {
    const { close } = open();
    ScriptedEventSource.latest.cut();
    close();
    vi.advanceTimersByTime(60_000);
    expect(ScriptedEventSource.opened).toHaveLength(1);
  });
});
