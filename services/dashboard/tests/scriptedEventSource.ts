/** A browser's EventSource whose server is the test. */
export class ScriptedEventSource extends EventTarget {
  static opened: ScriptedEventSource[] = [];
  static get latest(): ScriptedEventSource {
    const last = ScriptedEventSource.opened.at(-1);
    if (last === undefined) {
      throw new Error('No stream was opened.');
    }
    return last;
  }

  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    super();
    ScriptedEventSource.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.();
  }

  cut(): void {
    this.onerror?.();
  }

  send(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}
