/** Which form of message trace some first lines begin. */
import { isGoal } from './goal.ts';
import { isLiballprof } from './liballprof.ts';
import { isOtf2Print } from './otf2.ts';
import { isTimeIndependent } from './time-independent.ts';

/** The form of a trace of messages that begins with these lines (the last may be cut); undefined: none. */
export function messageFormOf(
  lines: readonly string[],
): 'time-independent' | 'goal' | 'liballprof' | 'otf2-print' | undefined {
  if (isTimeIndependent(lines)) return 'time-independent';
  if (isGoal(lines)) return 'goal';
  if (isLiballprof(lines)) return 'liballprof';
  return isOtf2Print(lines) ? 'otf2-print' : undefined;
}
