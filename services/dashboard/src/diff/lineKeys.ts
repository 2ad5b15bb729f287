import type { AnnotationSide } from '@pierre/diffs';

type Comment = (line: number, side: AnnotationSide) => void;

const handlers = new WeakMap<HTMLElement, Comment>();

/**
 * Makes the line numbers of a rendered diff usable by keyboard: one tab stop for each file, arrows move, Enter comments. The diff is
 * drawn anew when it changes, so this is called after each drawing.
 */
export function makeLineKeys(host: HTMLElement, comment: Comment): void {
  const numbers = lineNumbers(host);
  const current = numbers.find((number) => number.tabIndex === 0) ?? numbers[0];
  for (const number of numbers) {
    number.tabIndex = number === current ? 0 : -1;
    number.setAttribute('role', 'button');
    number.setAttribute('aria-label', `Comment on line ${number.dataset.columnNumber ?? ''}${sideOf(number) === 'deletions' ? ' before the change' : ''}`);
  }
  if (!handlers.has(host)) {
    host.addEventListener('keydown', onKey);
  }
  handlers.set(host, comment);
}

function onKey(this: HTMLElement, event: KeyboardEvent): void {
  const number = event.composedPath()[0];
  if (!(number instanceof HTMLElement) || number.dataset.columnNumber === undefined) {
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    const column = lineNumbers(this).filter((other) => other.closest('[data-code]') === number.closest('[data-code]'));
    const next = column[column.indexOf(number) + step];
    if (next !== undefined) {
      number.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  } else if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    handlers.get(this)?.(Number(number.dataset.columnNumber), sideOf(number));
  }
}

const lineNumbers = (host: HTMLElement): HTMLElement[] => [...(host.shadowRoot ?? host).querySelectorAll<HTMLElement>('[data-column-number]')];

const sideOf = (number: HTMLElement): AnnotationSide =>
  number.closest('[data-deletions]') !== null || number.dataset.lineType === 'change-deletion' ? 'deletions' : 'additions';
