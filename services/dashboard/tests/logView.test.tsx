// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskEventInfo } from '../src/api/types';
import { appendEvents, emptyLog } from '../src/task-log/eventLog';
import { LogView } from '../src/task-log/LogView';

const event = (seq: number): TaskEventInfo => ({ seq, type: 'attempt_started', at: '2026-01-01T00:00:00Z', attempt: 1, message: `event ${seq}`, data: null });
const log = (count: number) => appendEvents(emptyLog, Array.from({ length: count }, (_, index) => event(index + 1)));
const view = (count: number) => (
  <MantineProvider>
    <LogView log={log(count)} status="live" />
  </MantineProvider>
);

describe('LogView', () => {
  // Nothing is laid out here: the box is 300 high, and its lines are as high as the list says.
  let box: HTMLElement;
  let top = 0;
  const height = () => parseFloat(box.querySelector('ol')?.style.height ?? '0');
  const show = (count: number) => {
    const shown = render(view(0));
    box = screen.getByRole('log');
    Object.defineProperties(box, {
      clientHeight: { get: () => 300 },
      scrollHeight: { get: () => Math.max(300, height()) },
      scrollTop: { get: () => (top = Math.min(top, Math.max(0, height() - 300))), set: (to: number) => (top = Math.max(0, Math.min(to, height() - 300))) },
    });
    shown.rerender(view(count));
    return shown;
  };
  beforeEach(() => (top = 0));

  it('follows the end', () => {
    const shown = show(50);
    expect(top).toBe(height() - 300);
    shown.rerender(view(80));
    expect(top).toBe(height() - 300);
  });

  it('leaves a person where they have scrolled to, also when that has not been told yet', () => {
    const shown = show(50);
    box.scrollTop = 200;
    shown.rerender(view(51));
    expect(top).toBe(200);

    fireEvent.scroll(box);
    shown.rerender(view(60));
    expect(top).toBe(200);

    fireEvent.click(screen.getByRole('button', { name: 'Jump to latest' }));
    expect(top).toBe(height() - 300);
    shown.rerender(view(61));
    expect(top).toBe(height() - 300);
  });

  it('follows on when a filter has made the log shorter and is taken away', () => {
    show(50);
    const filter = screen.getByRole('searchbox', { name: 'Filter the log' });
    fireEvent.change(filter, { target: { value: 'event 49' } });
    expect(top).toBe(0);
    fireEvent.change(filter, { target: { value: '' } });
    expect(top).toBe(height() - 300);
  });
});
