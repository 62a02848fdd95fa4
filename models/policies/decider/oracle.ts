/** The bound of deciders: every load is known everywhere at once and for nothing. Source: the definition. */
import { type DeciderKind, leastLoaded } from './contract.ts';

export const oracle: DeciderKind = {
  doc: 'bound: all loads are known everywhere at once, for nothing',
  fields: {},
  knows: 'truth',
  oracle: true,
  create: (table) => ({ choose: (at, home) => leastLoaded(table, at, home, 'first') }),
};
