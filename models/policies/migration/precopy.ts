/**
 * Pre-copying (V): the whole image is sent while the process runs on; then, round by round, what it has dirtied
 * meanwhile. It is frozen for the rest after the last round, when little is left, or when the rest no longer shrinks:
 * freeze = F + rest/B. A process that does not run when it moves is sent frozen at once.
 * Source: Theimer, Lantz and Cheriton 1985 (fact M038: two rounds, one of all and one of what was dirtied; recalled).
 */
import { BANDWIDTH, type MigrationPolicyKind } from './contract.ts';

export const precopy: MigrationPolicyKind = {
  doc: 'memory is sent while the process runs, round by round; it is frozen only for the rest (V)',
  fields: {
    rounds: { kind: 'integer', doc: 'rounds while the process runs, at most (M038)', default: 2, min: 1 },
    stop: {
      kind: 'bytes',
      doc: 'a rest smaller than this is sent frozen (assumed)',
      default: '64KiB',
      min: 0,
    },
    ...BANDWIDTH,
  },
  through: 'network',
  create: (parameters) => {
    const rounds = parameters['rounds'] as number;
    const stop = parameters['stop'] as number;
    return {
      step: (process, { steps, sent, dirtied }) => {
        const bytes = steps === 0 ? process.image : Math.min(dirtied, process.image);
        const running =
          steps === 0
            ? process.running && bytes >= stop
            : steps < rounds && bytes >= stop && bytes < sent && bytes > 0;
        return {
          running,
          bytes,
          transfer: bytes / process.rate,
          other: running ? 0 : process.freezeAndResume,
        };
      },
      afterwards: () => null,
    };
  },
};
