import type { TaskEventInfo } from '../api/types';

export interface ProgressPoint {
  /** Seconds since the first point. */
  seconds: number;
  candidates: number;
}

/** The stages in which a brain tries candidates. */
const searching: ReadonlySet<unknown> = new Set(['search', 'confirm']);

/** Candidates tried over time by one attempt, since its last claim. */
export function candidateSeries(events: readonly TaskEventInfo[], attempt: number | null): ProgressPoint[] {
  const points: ProgressPoint[] = [];
  let start: number | null = null;
  let stage: unknown = null;
  for (const event of events) {
    if (event.attempt !== attempt) {
      continue;
    }
    if (event.type === 'attempt_claimed') {
      points.length = 0;
      start = null;
      continue;
    }
    if (event.type === 'stage_started') {
      stage = event.data?.['stage'];
    }
    const candidates = event.data?.['candidates'];
    // Other stages count other things, or begin again at zero.
    if ((event.type !== 'progressed' && event.type !== 'stage_started') || !searching.has(stage) || typeof candidates !== 'number') {
      continue;
    }
    const at = Date.parse(event.at);
    start ??= at;
    points.push({ seconds: (at - start) / 1000, candidates });
  }
  return points;
}

const window = 5;

/** Candidates a second: over the last seconds while it runs, over all afterwards. */
export function candidateRate(points: readonly ProgressPoint[], live: boolean): number | null {
  const last = points.at(-1);
  const first = live ? points.find((point) => point.seconds >= (last?.seconds ?? 0) - window) : points[0];
  // The search is over when the count stops, not when the log does.
  const end = live ? last : points.find((point) => point.candidates === last?.candidates);
  if (first === undefined || end === undefined || end.seconds - first.seconds < 0.2) {
    return null;
  }
  return (end.candidates - first.candidates) / (end.seconds - first.seconds);
}
