/** O: cases of the OS cost model that are run through the same experiments as everything else. */
import type { Case } from './case.ts';

export const osCases: readonly Case[] = [];
