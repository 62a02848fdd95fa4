/** Kinds of migration: one file each; the name here is the name in experiment files. */
import type { MigrationPolicyKind } from './contract.ts';
import { flush } from './flush.ts';
import { onReference } from './on-reference.ts';
import { precopy } from './precopy.ts';
import { stopCopy } from './stop-copy.ts';

export const migrationPolicies = {
  'stop-copy': stopCopy,
  precopy,
  'on-reference': onReference,
  flush,
} satisfies Record<string, MigrationPolicyKind>;
