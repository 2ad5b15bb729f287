import { useSyncExternalStore } from 'react';

/** Whether the service answered last time we asked. Fed by every call and every event stream. */
type Connection = 'ok' | 'lost';

let state: Connection = 'ok';
let listeners: readonly (() => void)[] = [];

export function reportConnection(next: Connection): void {
  if (next !== state) {
    state = next;
    listeners.forEach((notify) => notify());
  }
}

function subscribe(notify: () => void): () => void {
  listeners = [...listeners, notify];
  return () => {
    listeners = listeners.filter((listener) => listener !== notify);
  };
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => state);
