/**
 * Condor's periodic checkpoint: every 180 min and up to 30 min more or less, drawn anew each time.
 * Source: HTCondor's example policy file, UWCS_PERIODIC_CHECKPOINT (fact A047: 3 h +- 30 min uniform).
 */
import { CONDOR_CHECKPOINT } from '../../presets/recovery.ts';
import { type CheckpointPolicyKind, COST_FIELDS } from './contract.ts';

const MIDDLE = CONDOR_CHECKPOINT.middle.value * 3600e9;
const SPREAD = CONDOR_CHECKPOINT.spread.value * 60e9;

export const condor = {
  doc: "Condor's periodic checkpoint, every 180 min +- up to 30 min",
  fields: COST_FIELDS,
  needsMtbf: false,
  create: (_view, _parameters, chance) => ({
    interval: () => MIDDLE + (2 * chance.next() - 1) * SPREAD,
  }),
} as const satisfies CheckpointPolicyKind;
