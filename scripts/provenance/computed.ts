/** How long the runs of a results folder took, as its manifest tells (`sim/experiment/sessions.ts`). */
import { isMap, type Plain } from '../../sim/experiment/fields.ts';
import { durationText } from '../duration.ts';

/** Seconds that all runs took together, over all sessions; of an older manifest those of its last session. */
export function computedSeconds({ computed, wall_s }: Plain): number {
  return Number(isMap(computed) ? computed['wall_s'] : wall_s);
}

/** `48 runs computed in 2 sessions, 16 s of them`; empty where no time is known. */
export function computedText(manifest: Plain): string {
  const seconds = computedSeconds(manifest);
  if (!Number.isFinite(seconds)) return '';
  const { computed, points, experiment } = manifest;
  if (!isMap(computed)) return `last session ${durationText(seconds)}`;
  const [runs, sessions] = [Number(computed['runs']), Number(computed['sessions'])];
  const replications = isMap(experiment) ? Number(experiment['replications']) : Number.NaN;
  const all = Array.isArray(points) ? points.length * replications : runs;
  // Runs of a folder that was begun before sessions were counted.
  const part = runs < all ? `${runs} of ${all}` : String(runs);
  const made = `${part} run${all === 1 ? '' : 's'} computed in`;
  if (sessions === 1) return `${made} ${durationText(seconds)}`;
  return `${made} ${sessions} sessions, ${durationText(seconds)} of them`;
}

/** When the first session began and the last one ended, ISO 8601; of an older manifest its last session. */
export function computedSpan({ computed, started, wall_s }: Plain): { from: string; to: string } {
  const by = isMap(computed) ? (computed['by'] as readonly Plain[]) : [];
  const sessions = by.length === 0 ? [{ started: started!, wall_s: wall_s! }] : by;
  const begun = sessions.map((session) => Date.parse(String(session['started'])));
  const ended = sessions.map((session, i) => begun[i]! + 1000 * Number(session['wall_s']));
  return {
    from: new Date(Math.min(...begun)).toISOString(),
    to: new Date(Math.max(...ended)).toISOString(),
  };
}
