/** No checkpoints: a job that goes back goes back to its beginning. */
import type { CheckpointPolicyKind } from './contract.ts';

export const none: CheckpointPolicyKind = {
  doc: 'no checkpoints',
  fields: {},
  needsMtbf: false,
  create: () => ({ interval: () => Number.POSITIVE_INFINITY }),
};
