/**
 * A job that loses a task gets a free node for it and goes back, all tasks together, to its last checkpoint; without
 * one, to its beginning.
 * Source: section A7 of the project's reference on policies (coordinated rollback).
 */
import type { RecoveryPolicyKind } from './contract.ts';

export const rollback: RecoveryPolicyKind = {
  doc: 'a job that loses a task gets a free node for it, and all its tasks go back to the last checkpoint',
  fields: {},
  create: () => ({ decide: () => 'rollback' }),
};
