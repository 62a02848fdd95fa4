/** What happens to guests when an owner returns: one file each; the name here is the name in experiment files. */
import type { OwnerReturnPolicyKind } from './contract.ts';
import { home } from './home.ts';
import { kill } from './kill.ts';
import { linger } from './linger.ts';
import { lowPriority } from './low-priority.ts';
import { migrate } from './migrate.ts';
import { suspend } from './suspend.ts';

export const ownerReturnPolicies = {
  migrate,
  'low-priority': lowPriority,
  linger,
  suspend,
  home,
  kill,
} satisfies Record<string, OwnerReturnPolicyKind>;
