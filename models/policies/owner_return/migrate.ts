/**
 * When the owner returns the guest moves to another idle node, or waits stopped where it is until there is one (Sprite).
 * Source: Sprite (Douglis and Ousterhout 1991); Sprite's detour by way of the home node is left out.
 */
import { always, DELAY_LIMIT, type OwnerReturnPolicyKind } from './contract.ts';

export const migrate: OwnerReturnPolicyKind = {
  doc: 'the guest moves to another idle node, or waits stopped where it is until there is one (Sprite)',
  fields: DELAY_LIMIT,
  create: () => always('migrate'),
};
