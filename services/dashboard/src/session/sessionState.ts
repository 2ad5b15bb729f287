import { useSyncExternalStore } from 'react';

/** `unknown` until the first answer of the service. */
export type SessionState = 'unknown' | 'in' | 'out';

let state: SessionState = 'unknown';
let listeners: readonly (() => void)[] = [];

function set(next: SessionState): void {
  if (next !== state) {
    state = next;
    listeners.forEach((notify) => notify());
  }
}

export const reportSignedOut = (): void => set('out');
export const reportSignedIn = (): void => set('in');

function subscribe(notify: () => void): () => void {
  listeners = [...listeners, notify];
  return () => {
    listeners = listeners.filter((listener) => listener !== notify);
  };
}

export const useSessionState = (): SessionState => useSyncExternalStore(subscribe, () => state);
