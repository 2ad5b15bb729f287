// @vitest-environment happy-dom
import './browser';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskEventInfo } from '../src/api/types';
import { useTaskEvents } from '../src/task-log/useTaskEvents';
import { ScriptedEventSource } from './scriptedEventSource';

const event = (seq: number): TaskEventInfo => ({ seq, type: 'progressed', at: '2026-01-01T00:00:00Z', attempt: 1, message: `event ${seq}`, data: null });
const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>;

const asked: string[] = [];
beforeEach(() => {
  asked.length = 0;
  ScriptedEventSource.opened = [];
  vi.stubGlobal('EventSource', ScriptedEventSource);
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return Promise.resolve(new Response(JSON.stringify([event(2), event(3)]), { status: 200 }));
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('useTaskEvents', () => {
  it('resumes after the last event that it has', async () => {
    const { result } = renderHook(() => useTaskEvents('t1'), { wrapper });
    expect(ScriptedEventSource.latest.url).toBe('/api/tasks/t1/events?after=0');
    act(() => {
      ScriptedEventSource.latest.accept();
      ScriptedEventSource.latest.send('event', event(1));
      ScriptedEventSource.latest.send('event', event(2));
      ScriptedEventSource.latest.cut();
    });
    await waitFor(() => expect(ScriptedEventSource.latest.url).toBe('/api/tasks/t1/events?after=2'));
    act(() => {
      ScriptedEventSource.latest.send('event', event(2));
      ScriptedEventSource.latest.send('event', event(3));
    });
    await waitFor(() => expect(result.current.log.events.map((one) => one.seq)).toEqual([1, 2, 3]));
  });

  it('fetches what a gap in the stream left out', async () => {
    const { result } = renderHook(() => useTaskEvents('t1'), { wrapper });
    act(() => {
      ScriptedEventSource.latest.send('event', event(1));
      ScriptedEventSource.latest.send('event', event(4));
    });
    await waitFor(() => expect(result.current.log.events.map((one) => one.seq)).toEqual([1, 2, 3, 4]));
    expect(asked).toContain('/api/tasks/t1/log?after=1&limit=1000');
  });
});
