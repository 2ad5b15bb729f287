import { call } from './client';

export type StreamStatus = 'connecting' | 'live' | 'reconnecting' | 'ended';

export interface StreamHandlers {
  /** The address to open, asked again at every reconnect, so that it can carry the last seen id. */
  url: () => string;
  /** SSE event names to listen for. */
  events: readonly string[];
  onEvent: (name: string, data: string) => void;
  onStatus: (status: StreamStatus) => void;
  /** Event name that says that nothing more will come. */
  endEvent?: string;
}

const firstRetry = 500;
const slowestRetry = 10_000;
/** The service sends a `ping` every 15 s; a stream that is silent for longer is dead, after a sleep of the machine for example. */
const silenceLimit = 45_000;
/** A hidden tab lets go of its connection: browsers allow six per host over HTTP/1.1, for all tabs together. */
const hiddenGrace = 30_000;

/** An EventSource does not say why it failed; an ordinary call does, and reports a lost service or session. */
const probe = () => void call('/api/session').catch(() => undefined);

/** Opens an event stream that comes back by itself until it is closed. Returns the function that closes it. */
export function openEventStream(handlers: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let hideTimer: ReturnType<typeof setTimeout> | undefined;
  let delay = firstRetry;
  let done = false;

  const drop = () => {
    clearTimeout(timer);
    clearTimeout(silence);
    source?.close();
    source = null;
  };

  const finish = () => {
    done = true;
    drop();
    clearTimeout(hideTimer);
    document.removeEventListener('visibilitychange', onVisibility);
  };

  const retry = () => {
    drop();
    handlers.onStatus('reconnecting');
    probe();
    timer = setTimeout(connect, delay);
    delay = Math.min(delay * 2, slowestRetry);
  };

  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(retry, silenceLimit);
  };

  function connect() {
    drop();
    const opened = new EventSource(handlers.url());
    source = opened;
    opened.onopen = () => {
      delay = firstRetry;
      handlers.onStatus('live');
    };
    // The browser's own retry would reuse the old address; ours carries the position we have reached.
    opened.onerror = retry;
    opened.addEventListener('ping', heard);
    for (const name of handlers.events) {
      opened.addEventListener(name, (event) => {
        heard();
        handlers.onEvent(name, (event as MessageEvent<string>).data);
      });
    }
    heard();
    if (handlers.endEvent !== undefined) {
      opened.addEventListener(handlers.endEvent, () => {
        finish();
        handlers.onStatus('ended');
      });
    }
  }

  function onVisibility() {
    clearTimeout(hideTimer);
    if (document.hidden) {
      hideTimer = setTimeout(drop, hiddenGrace);
    } else if (source === null && !done) {
      connect();
    }
  }

  document.addEventListener('visibilitychange', onVisibility);
  handlers.onStatus('connecting');
  connect();
  return finish;
}
