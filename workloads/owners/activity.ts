/**
 * Owner activity as columns: what every owner trace delivers and the cluster consumes.
 *
 * One record is a change at one node. Kinds:
 *   away     the owner's interactive use ends; `value` is the CPU demand that goes on without them (0..1)
 *   present  the owner is there and gives input all the time until `away`; `value` is their CPU demand (0..1)
 *   input    a key stroke or mouse movement at this instant (no interval)
 *   load     the number of runnable owner processes from here on
 *   mem      bytes in use by the owner from here on
 *   up, down the node is given back, or withdrawn (where the same file is given as `failures`: crashes)
 */
export const ACTIVITY = { away: 0, present: 1, input: 2, load: 3, mem: 4, up: 5, down: 6 } as const;
export type ActivityKind = keyof typeof ACTIVITY;

export interface ActivityTable {
  /** Nodes in name order. */
  readonly names: readonly string[];
  /** Records of node i are `first[i]` up to, not including, `first[i + 1]`; length nodes + 1. */
  readonly first: Int32Array;
  /** Seconds after simulated zero, ascending within a node. */
  readonly time_s: Float64Array;
  readonly kind: Uint8Array;
  readonly value: Float64Array;
  /** Length of the trace, s: with `owners.after: repeat` it starts over after this long. */
  readonly span_s: number;
  /** Seconds of the trace's own clock at simulated zero. */
  readonly offset_s: number;
}
