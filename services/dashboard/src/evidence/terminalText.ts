import { createAnsiSequenceParser, type Color } from 'ansi-sequence-parser';

/** A run of characters in one style. */
export interface StyledText {
  text: string;
  colour: string | null;
  bold: boolean;
  dim: boolean;
}

// Everything that moves the cursor, sets titles or rings the bell; colours (ending in m) stay.
const controls = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-9;?]*[A-Za-ln-z]|\u001b[()#][A-Z0-9]|\u001b[=>78cDEHMNOZ]|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u007f]/g;

/** Output as a terminal would leave it: progress lines that rewrite themselves show their last state. */
export function terminalLines(output: string): string[] {
  const lines = output.replace(/\r\n/g, '\n').replace(controls, '').split('\n');
  if (lines.at(-1) === '') {
    lines.pop();
  }
  return lines.map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '');
}

/** Parses the colours of lines that follow each other. */
export function styleLines(lines: readonly string[]): StyledText[][] {
  const parser = createAnsiSequenceParser();
  return lines.map((line) =>
    parser.parse(line).map((token) => ({
      text: token.value,
      colour: token.foreground === null ? null : cssColour(token.foreground),
      bold: token.decorations.has('bold'),
      dim: token.decorations.has('dim'),
    })),
  );
}

const tones: Record<string, string> = {
  red: 'var(--danger-fg)',
  green: 'var(--success-fg)',
  yellow: 'var(--warning-fg)',
  blue: 'var(--info-fg)',
  magenta: 'var(--violet-fg)',
  cyan: 'var(--accent)',
  black: 'var(--muted)',
};

/** The sixteen named colours become ours, readable in light and dark; others are taken as they are. */
function cssColour(colour: Color): string | null {
  if (colour.type === 'named') {
    return tones[colour.name.replace('bright', '').toLowerCase()] ?? null;
  }
  if (colour.type === 'rgb') {
    return `rgb(${colour.rgb.join(' ')})`;
  }
  return null;
}
