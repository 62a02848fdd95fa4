/**
 * Messages are logged at backups: a task that is lost goes back alone to its last synchronisation and reads again what
 * it had read since; the others wait until it has caught up. Where a task and its backup, at the next task's node, are
 * lost at once, the whole job goes back to the last synchronisation.
 * Source: Borg and others 1989 (facts F001-F003). How often its programs sent messages and how long it let pass
 * between synchronisations are not reported: assumed.
 */
import type { Field } from '../../../sim/experiment/fields.ts';
import type { RecoveryPolicyKind } from './contract.ts';

const fields = {
  rate: {
    kind: 'number',
    doc: 'messages that each task sends, and reads, per second of its work (assumed)',
    default: 10,
    min: 0,
  },
  reads: {
    kind: 'integer',
    doc: 'messages read after which a task is synchronised with its backup (assumed)',
    default: 1000,
    min: 1,
  },
  every: {
    kind: 'time',
    doc: 'run time after which it is synchronised at the latest (assumed)',
    default: '5min',
    above: 0,
  },
} as const satisfies Record<string, Field>;

export const messageLog = {
  doc: 'messages are logged at backups: the lost task alone goes back, to its last synchronisation (TARGON/32)',
  fields,
  logging: (parameters) => ({
    rate: parameters['rate'] as number,
    reads: parameters['reads'] as number,
    every: parameters['every'] as number,
  }),
  create: (view) => ({ decide: (job) => (view.backedUp(job) ? 'replay' : 'rollback') }),
} as const satisfies RecoveryPolicyKind;
