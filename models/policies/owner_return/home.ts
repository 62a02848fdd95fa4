/**
 * When the owner returns the guest goes home: to its user's own node, where it runs beside whoever is there, and moves on
 * when another node is idle. Where its home holds another guest it goes to an idle node, or waits stopped where it is.
 * Source: Sprite (Douglis and Ousterhout 1991; section A6 of the project's reference): an evicted process moves to its home
 * first, from where its application may send it out again (fact M015 counts both).
 */
import { DELAY_LIMIT, type OwnerReturnPolicyKind } from './contract.ts';

export const home: OwnerReturnPolicyKind = {
  doc: "the guest goes home to its user's own node, and moves on from there when another one is idle (Sprite)",
  fields: DELAY_LIMIT,
  create: () => ({ decide: () => 'home', askAgainAt: Number.POSITIVE_INFINITY, staysAtHome: true }),
};
