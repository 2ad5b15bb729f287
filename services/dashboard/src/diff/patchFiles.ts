import { parsePatchFiles, type FileDiffMetadata } from '@pierre/diffs';

export interface PatchFile {
  /** Path after the change, or before it for a deleted file. */
  path: string;
  previousPath: string | null;
  change: FileDiffMetadata['type'];
  additions: number;
  deletions: number;
  /** Binary content, or a change of mode alone: there are no lines to show. */
  empty: boolean;
  diff: FileDiffMetadata;
}

/** Splits a unified diff into its files; `null` when it is none. */
export function patchFiles(patch: string): PatchFile[] | null {
  try {
    const files = parsePatchFiles(patch, { throwOnError: true }).flatMap((parsed) => parsed.files);
    return files.length === 0 && patch.trim() !== '' ? null : files.map(describe);
  } catch {
    return null; // Shown as plain text instead.
  }
}

function describe(diff: FileDiffMetadata): PatchFile {
  return {
    path: diff.name,
    previousPath: diff.prevName !== undefined && diff.prevName !== diff.name ? diff.prevName : null,
    change: diff.type,
    additions: diff.hunks.reduce((sum, hunk) => sum + hunk.additionLines, 0),
    deletions: diff.hunks.reduce((sum, hunk) => sum + hunk.deletionLines, 0),
    empty: diff.hunks.length === 0,
    diff,
  };
}
