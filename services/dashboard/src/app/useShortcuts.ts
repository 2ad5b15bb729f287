import { useEffect, useRef } from 'react';

/** Keys (`n`) and sequences of two (`g t`) → what they do. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const sequenceTime = 900;

/** True while keys belong to a field or an open dialog. */
function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  return (
    element?.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"], [role="menu"]') !== null &&
    element !== null
  );
}

/** Binds keys while the component is shown; never while a person types. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });

  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) {
        return;
      }
      const sequence = first !== null && event.timeStamp - first.at < sequenceTime ? `${first.key} ${event.key}` : null;
      const action = (sequence === null ? undefined : latest.current[sequence]) ?? latest.current[event.key];
      first = { key: event.key, at: event.timeStamp };
      if (action !== undefined) {
        event.preventDefault();
        first = null;
        action();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** `j` and `k` move the focus through the links marked `data-row`; Enter then opens, as links do. */
export function rowShortcuts(): Shortcuts {
  const move = (step: 1 | -1) => () => {
    const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  return {
    j: move(1),
    k: move(-1),
    '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
  };
}
