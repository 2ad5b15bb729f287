import type { AnnotationSide, FileDiffMetadata, SelectedLineRange } from '@pierre/diffs';
import type { ReviewSide } from '../api/pullRequestTypes';

/** Lines of a file's diff that a comment is about, numbered as the API does. */
export interface CommentedLines {
  side: ReviewSide;
  line: number;
  /** First line of several; null for one. */
  startLine: number | null;
}

interface Place {
  hunk: number;
  /** Number of the same line on the new side, for a line that stayed. */
  stayedAs: number | null;
}

/** Which lines of a file its diff shows, and in which hunk. */
export class DiffLines {
  private readonly old = new Map<number, Place>();
  private readonly new = new Map<number, Place>();

  constructor(diff: FileDiffMetadata) {
    diff.hunks.forEach((hunk, index) => {
      let before = hunk.deletionStart;
      let after = hunk.additionStart;
      for (const part of hunk.hunkContent) {
        const stayed = part.type === 'context';
        for (let i = 0; i < (stayed ? part.lines : part.deletions); i += 1) {
          this.old.set(before + i, { hunk: index, stayedAs: stayed ? after + i : null });
        }
        for (let i = 0; i < (stayed ? part.lines : part.additions); i += 1) {
          this.new.set(after + i, { hunk: index, stayedAs: stayed ? after + i : null });
        }
        before += stayed ? part.lines : part.deletions;
        after += stayed ? part.lines : part.additions;
      }
    });
  }

  has(side: ReviewSide, line: number): boolean {
    return this.lines(side).has(line);
  }

  /** What a person marked. A line that stayed counts on the new side; a range that is not in one hunk and on one side is its last line. */
  marked(range: SelectedLineRange): CommentedLines | null {
    const end = this.place(range.endSide ?? range.side, range.end);
    const start = this.place(range.side, range.start);
    if (end === null || start === null) {
      return null;
    }
    if (start.side !== end.side || start.line === end.line || this.lines(start.side).get(start.line)?.hunk !== this.lines(end.side).get(end.line)?.hunk) {
      return { ...end, startLine: null };
    }
    const [first, last] = start.line < end.line ? [start, end] : [end, start];
    return { side: last.side, line: last.line, startLine: first.line };
  }

  /** Where the diff shows a comment: an old number of a line that stayed is shown at its new one. */
  shownAt(side: ReviewSide, line: number): { side: AnnotationSide; lineNumber: number } {
    const at = this.place(side === 'old' ? 'deletions' : 'additions', line);
    return { side: at?.side === 'old' ? 'deletions' : 'additions', lineNumber: at?.line ?? line };
  }

  private place(side: AnnotationSide | undefined, line: number): { side: ReviewSide; line: number } | null {
    const on: ReviewSide = side === 'deletions' ? 'old' : 'new';
    const found = this.lines(on).get(line);
    if (found === undefined) {
      return null;
    }
    return found.stayedAs === null ? { side: on, line } : { side: 'new', line: found.stayedAs };
  }

  private lines(side: ReviewSide): Map<number, Place> {
    return side === 'old' ? this.old : this.new;
  }
}

/** `app.py:3-5`, with a word for lines that are gone. */
export function describeLines(path: string, { side, line, startLine }: { side: ReviewSide; line: number | null; startLine: number | null }): string {
  if (line === null) {
    return path;
  }
  const lines = startLine !== null && startLine < line ? `${startLine}-${line}` : `${line}`;
  return `${path}:${lines}${side === 'old' ? ' (before the change)' : ''}`;
}
