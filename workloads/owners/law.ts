/**
 * What an owner law delivers: each node's owner comes and goes, one call a change, no state kept for a node beyond
 * its random stream.
 */
import type { Source, Streams } from '../../sim/engine/streams.ts';
import { recordCount } from '../records.ts';
import { ACTIVITY, type ActivityTable } from './activity.ts';
import { ActivityColumns } from './columns.ts';

export interface OwnerLaw {
  readonly name: string;
  /** Long-run share of time in which an owner is away. */
  readonly availability: number;
  /**
   * State of node's owner at simulated zero and the seconds until its first change, in one number: above zero if the
   * owner is away, below zero if present. Infinite where the owner never changes.
   */
  first(node: number, source: Source): number;
  /** Seconds until the next change of an owner who became present (or away) at `now_s`; above zero. */
  next(node: number, present: boolean, now_s: number, source: Source): number;
  /** Share of the CPU that goes to the owner's own programs, 0..1. */
  demand(present: boolean): number;
}

/**
 * What a law does with `nodes` owners for `span_s` seconds, as a table of `present` and `away` records. Streams are
 * those of the purpose `owners`, so that a cluster that asks the law itself meets the same owners.
 */
export function sampleActivity(
  law: OwnerLaw,
  nodes: number,
  span_s: number,
  streams: Streams,
  name: (node: number) => string = String,
): ActivityTable {
  const columns = new ActivityColumns();
  const bank = streams.bank(OWNER_STREAMS, nodes);
  for (let node = 0; node < nodes; node++) {
    const number = columns.nodeNumber(name(node));
    const source = bank.at(node);
    const first = law.first(node, source);
    let present = first < 0;
    let now = 0;
    let until = Math.abs(first);
    for (;;) {
      columns.add(number, now, present ? ACTIVITY.present : ACTIVITY.away, law.demand(present));
      now = until;
      if (!(now < span_s)) break;
      present = !present;
      until = now + law.next(node, present, now, source);
    }
  }
  return columns.finish(span_s, 0, recordCount());
}

/** Purpose of the owners' random streams, one an owner. */
export const OWNER_STREAMS = 'owners';
