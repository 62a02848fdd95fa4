/** Kinds of migration: one file each; the name here is the name in experiment files. */
import type { MigrationPolicyKind } from './contract.ts';
import { stopCopy } from './stop-copy.ts';

export const migrationPolicies = { 'stop-copy': stopCopy } satisfies Record<string, MigrationPolicyKind>;
