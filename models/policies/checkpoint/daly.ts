/**
 * Daly's interval: sqrt(2 cost M) (1 + sqrt(cost / 2M) / 3 + (cost / 2M) / 9) - cost where cost < 2M, else M; M is the
 * mean time between crashes of any of the job's nodes.
 * Source: Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", FGCS 22(3), 2006,
 * equation 37 (fact F005, recalled).
 */
import { type CheckpointPolicyKind, COST_FIELDS } from './contract.ts';

/** The interval for a checkpoint that costs `cost` under crashes with mean time `mtbf` between them, same unit. */
export function dalyInterval(cost: number, mtbf: number): number {
  if (mtbf === Number.POSITIVE_INFINITY) return mtbf;
  if (cost >= 2 * mtbf) return mtbf;
  const part = cost / (2 * mtbf);
  return Math.sqrt(2 * cost * mtbf) * (1 + Math.sqrt(part) / 3 + part / 9) - cost;
}

export const daly = {
  doc: "Daly's interval, by the cost of a checkpoint and the mean time between crashes",
  fields: COST_FIELDS,
  needsMtbf: true,
  create: (view) => ({ interval: (job) => dalyInterval(view.cost(job), view.mtbf(job)) }),
} as const satisfies CheckpointPolicyKind;
