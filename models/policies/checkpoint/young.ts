/**
 * Young's interval: sqrt(2 cost M), M the mean time between crashes of any of the job's nodes.
 * Source: Young, "A first order approximation to the optimum checkpoint interval", CACM 17(9), 1974 (fact F004).
 */
import { type CheckpointPolicyKind, COST_FIELDS } from './contract.ts';

/** The interval for a checkpoint that costs `cost` under crashes with mean time `mtbf` between them, same unit. */
export function youngInterval(cost: number, mtbf: number): number {
  return Math.sqrt(2 * cost * mtbf);
}

export const young = {
  doc: "Young's interval, by the cost of a checkpoint and the mean time between crashes",
  fields: COST_FIELDS,
  needsMtbf: true,
  create: (view) => ({ interval: (job) => youngInterval(view.cost(job), view.mtbf(job)) }),
} as const satisfies CheckpointPolicyKind;
