/**
 * What becomes of a guest when the owner of its node returns.
 *
 * The policy decides; the mechanism (`models/glunix/guests.ts`) acts. Where a guest is to migrate and the master
 * knows of no free node, the guest is stopped where it is until there is one or its node is offered again.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export type ReturnAction = 'low-priority' | 'suspend' | 'migrate' | 'kill';

export interface OwnerReturnView {
  readonly now: number;
  /** Nodes that the master could give now, as it has been told. */
  readonly freeNodes: number;
  /** Bytes of memory of one task of the job. */
  image(job: number): number;
}

export interface OwnerReturnPolicy {
  decide(node: number, job: number): ReturnAction;
}

export interface OwnerReturnPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  create(view: OwnerReturnView): OwnerReturnPolicy;
}
