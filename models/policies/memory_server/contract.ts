/**
 * Which node takes a page that leaves a node's memory.
 *
 * The policy sees what the servers have told: frames free when they last spoke (an offer, an answer to a page), not
 * the truth. It names one; the mechanism (`models/paging/servers.ts`) sends the page, and asks again, with that server
 * barred, where it is refused.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';

export interface ServersView {
  /** Nodes that may be servers. */
  readonly nodes: number;
  /** Frames that a node has told are free; 0 where it takes no pages. */
  free(node: number): number;
}

export interface MemoryServerPolicy {
  /** A node with free frames that is not barred (1); -1 where there is none. */
  choose(barred: Uint8Array): number;
}

export interface MemoryServerPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  create(view: ServersView, chance: Source): MemoryServerPolicy;
}
