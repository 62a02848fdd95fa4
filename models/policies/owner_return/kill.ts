/**
 * When the owner returns the job is killed and starts over from the queue; its work is lost.
 * Source: the reaction of early pools without checkpoints. Bound: what migration must beat.
 */
import { always, DELAY_LIMIT, type OwnerReturnPolicyKind } from './contract.ts';

export const kill: OwnerReturnPolicyKind = {
  doc: 'the job is killed and starts over from the queue; its work is lost',
  fields: DELAY_LIMIT,
  create: () => always('kill'),
};
