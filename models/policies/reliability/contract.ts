/**
 * How pages on memory servers outlive a server: copies, or parity over pages of several servers.
 *
 * The policy decides what redundancy a page is stored with; the mechanism (`models/paging/servers.ts`) sends copies,
 * keeps parity and recovers what a crash takes.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export interface Redundancy {
  /** Servers that hold a copy of each page. */
  readonly copies: 1 | 2;
  /**
   * none; in-place: each page keeps its slot, and its server sends the difference of old and new to the parity server;
   * logged: each page-out takes a new slot, the client joins the pages of several servers and sends their parity.
   */
  readonly parity: 'none' | 'in-place' | 'logged';
}

export interface ReliabilityPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly redundancy: Redundancy;
}
