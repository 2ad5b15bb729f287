import { expect, it } from 'vitest';
import { styleLines, terminalLines } from '../src/evidence/terminalText';

it('leaves lines as a terminal would', () => {
  expect(terminalLines('a\r\nloading 10%\rloading 100%\ndone\n')).toEqual(['a', 'loading 100%', 'done']);
});

it('removes what moves the cursor or sets titles, and keeps colours', () => {
  expect(terminalLines('\u001b]0;title\u0007\u001b[2K\u001b[1A\u001b[32mok\u001b[0m\u0007')).toEqual(['\u001b[32mok\u001b[0m']);
});

it('carries a colour over the end of a line', () => {
  const lines = styleLines(['\u001b[31mfirst', 'second\u001b[0m third']);
  expect(lines.map((line) => line.map((part) => [part.text, part.colour]))).toEqual([
    [['first', 'var(--danger-fg)']],
    [['second', 'var(--danger-fg)'], [' third', null]],
  ]);
});
