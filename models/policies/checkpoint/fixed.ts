/** A checkpoint after every so much run time, the same for all jobs. */
import type { Field } from '../../../sim/experiment/fields.ts';
import { DALY_CASE } from '../../presets/recovery.ts';
import { type CheckpointPolicyKind, COST_FIELDS } from './contract.ts';

const fields = {
  interval: {
    kind: 'time',
    doc: 'run time between two checkpoints (F007)',
    default: `${DALY_CASE.interval.value}min`,
    above: 0,
  },
  ...COST_FIELDS,
} as const satisfies Record<string, Field>;

export const fixed = {
  doc: 'a checkpoint after every interval of run time',
  fields,
  needsMtbf: false,
  create: (_view, parameters) => {
    const interval = parameters['interval'] as number;
    return { interval: () => interval };
  },
} as const satisfies CheckpointPolicyKind;
