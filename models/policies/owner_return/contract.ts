/**
 * What becomes of a guest when the owner of its node returns.
 *
 * The policy decides; the mechanism (`models/glunix/guests.ts`) acts. Where a guest is to migrate and the master
 * knows of no free node, the guest is stopped where it is until there is one or its node is offered again; a guest that
 * is to go home goes to its user's own node (user mod nodes), unless that holds another one. A policy that lets a guest stay can be asked again while the owner is there.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export type ReturnAction = 'low-priority' | 'suspend' | 'migrate' | 'home' | 'kill';

export interface OwnerReturnView {
  readonly now: number;
  /** Nodes that the master could give now, as it has been told. */
  readonly freeNodes: number;
  /** Bytes of memory of one task of the job. */
  image(job: number): number;
  /** ns for which a task of the job would be frozen if it were stopped and copied, alone on the network. */
  moveTime(job: number): number;
  /** CPU share that the owner's programs want at the node, and since when the owner has been back (ns): what its daemon can see. */
  ownerCpu(node: number): number;
  backSince(node: number): number;
}

export interface OwnerReturnPolicy {
  decide(node: number, job: number): ReturnAction;
  /** After `low-priority`: when to be asked again if the owner is still there, ns; infinity: not. */
  readonly askAgainAt: number;
  /** Whether a guest at its home is nobody's delay there and stays until another node is free. */
  readonly staysAtHome?: true;
}

/** Numbers as `readFields` gives them: times in ns, shares as fractions. */
export type OwnerReturnParameters = Readonly<Record<string, unknown>>;

export interface OwnerReturnPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  create(view: OwnerReturnView, parameters: OwnerReturnParameters): OwnerReturnPolicy;
}

/** What all policies share. */
export const DELAY_LIMIT = {
  delay_limit: {
    kind: 'integer',
    doc: 'delays that an owner has to bear in a day; with the last one guests go, and none comes for the rest of the day',
    default: 'none',
    min: 1,
    words: ['none'],
  },
} as const satisfies Record<string, Field>;

/** What policies share that let a guest run beside an owner. */
export const BESIDE = {
  burst: {
    kind: 'time',
    doc: "mean CPU time for which an owner's program runs before it waits (assumed); each time the guest has to be switched away",
    default: '20ms',
    above: 0,
  },
  ...DELAY_LIMIT,
} as const satisfies Record<string, Field>;

/** A policy that always answers the same. */
export function always(action: ReturnAction): OwnerReturnPolicy {
  return { decide: () => action, askAgainAt: Number.POSITIVE_INFINITY };
}
