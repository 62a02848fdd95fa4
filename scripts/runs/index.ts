/** The kinds of run, in the order in which they are asked whether a scenario is theirs. */
import { building } from './building.ts';
import type { RunKind } from './contract.ts';
import { coscheduling } from './coscheduling.ts';
import { messages } from './messages.ts';
import { paging } from './paging.ts';
import { services } from './services.ts';
import { sharing } from './sharing.ts';

export const RUN_KINDS: readonly RunKind[] = [services, paging, messages, coscheduling, sharing, building];
