/**
 * Condor's periodic checkpoint: every 180 min and up to 30 min more or less, drawn anew each time.
 * Source: HTCondor's example policy file, UWCS_PERIODIC_CHECKPOINT (fact A047: 3 h +- 30 min uniform).
 */
import { type CheckpointPolicyKind, COST_FIELDS } from './contract.ts';

const MINUTE = 60e9;
const MIDDLE = 180 * MINUTE;
const SPREAD = 30 * MINUTE;

export const condor = {
  doc: "Condor's periodic checkpoint, every 180 min +- up to 30 min",
  fields: COST_FIELDS,
  needsMtbf: false,
  create: (_view, _parameters, chance) => ({
    interval: () => MIDDLE + (2 * chance.next() - 1) * SPREAD,
  }),
} as const satisfies CheckpointPolicyKind;
