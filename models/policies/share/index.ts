/** Shares of users: one file each; the name here is the name in experiment files. */
import type { SharePolicyKind } from './contract.ts';
import { equal } from './equal.ts';
import { none } from './none.ts';
import { upDown } from './up-down.ts';

export const sharePolicies = { none, equal, 'up-down': upDown } satisfies Record<string, SharePolicyKind>;
