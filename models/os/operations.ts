/**
 * GLUnix's own operations, in terms of what they ask of the system below: services, upcalls, faults, switches and
 * locks. Each structure prices those by its own paths, so a policy costs something different in every structure.
 *
 * CPU time only: the wire, the disk and the far node's CPU are charged where they are simulated.
 *
 * Left out: what the layer itself computes (tables of a few hundred nodes). What an operation consists of is
 * assumed, from the Unix calls that a user-level implementation makes; every price on it has a source. What the layer does by
 * itself (sampling, signals, paging out) starts inside it; what an application asks of it crosses into it once.
 */
import type { Step } from './cost.ts';
import type { ServiceClass } from './services.ts';

/** The operations, in the order of tables. */
export const OPERATIONS = [
  'sample-idleness',
  'stop',
  'continue',
  'spawn',
  'send',
  'receive',
  'freeze',
  'transfer-page',
  'resume',
  'deliver-signal',
  'lock-shared',
  'page-out',
  'fault-disk',
  'fault-remote',
  'barrier',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A part of an operation. */
export type Part =
  | {
      readonly kind: 'service';
      readonly service: ServiceClass;
      readonly count: number;
      /** The bytes of the operation move here, in or out (else a small message or none). */
      readonly carries?: 'in' | 'out';
    }
  | { readonly kind: 'upcall' | 'fault' | 'switch' | 'lock'; readonly count: number };

/** One operation. */
export interface OperationWork {
  readonly doc: string;
  /** Does an application ask for it, and so cross into the layer once? Otherwise the layer acts by itself. */
  readonly asked: boolean;
  readonly parts: readonly Part[];
}

const service = (name: ServiceClass, count = 1, carries?: 'in' | 'out'): Part =>
  carries === undefined
    ? { kind: 'service', service: name, count }
    : { kind: 'service', service: name, count, carries };

/** What each operation does. */
export const OPERATION_WORK: Readonly<Record<Operation, OperationWork>> = {
  'sample-idleness': {
    doc: 'stat of the keyboard and mouse, one look at the load',
    asked: false,
    parts: [service('file-meta'), service('other')],
  },
  stop: {
    doc: 'signal to a guest, switch away from it',
    asked: false,
    parts: [service('signal'), { kind: 'switch', count: 1 }],
  },
  continue: {
    doc: 'signal to a guest, switch to it',
    asked: false,
    parts: [service('signal'), { kind: 'switch', count: 1 }],
  },
  spawn: { doc: 'fork, exec, exit and wait of a guest', asked: false, parts: [service('process', 4)] },
  send: { doc: 'one message sent', asked: true, parts: [service('network-send', 1, 'in')] },
  receive: { doc: 'one message received', asked: true, parts: [service('network-receive', 1, 'out')] },
  freeze: {
    doc: 'signal, switch, and reading registers and tables of the stopped process',
    asked: false,
    parts: [service('signal'), { kind: 'switch', count: 1 }, service('memory'), service('other', 2)],
  },
  'transfer-page': {
    doc: 'one page of a stopped process mapped and sent',
    asked: false,
    parts: [service('memory'), service('network-send', 1, 'in')],
  },
  resume: {
    doc: 'address space and registers set, signal, switch to it',
    asked: false,
    parts: [service('memory'), service('other', 2), service('signal'), { kind: 'switch', count: 1 }],
  },
  'deliver-signal': {
    doc: 'an event handed to a handler of the application',
    asked: false,
    parts: [{ kind: 'upcall', count: 1 }],
  },
  'lock-shared': {
    doc: 'a lock on state that libraries of one node share',
    asked: false,
    parts: [{ kind: 'lock', count: 1 }],
  },
  'page-out': {
    doc: 'one page unmapped and written',
    asked: false,
    parts: [service('memory'), service('file-write', 1, 'in')],
  },
  'fault-disk': {
    doc: 'a page fault, the page read from disk and mapped',
    asked: false,
    parts: [{ kind: 'fault', count: 1 }, service('file-read', 1, 'out'), service('memory')],
  },
  'fault-remote': {
    doc: 'a page fault, the page asked for and received from another node, and mapped',
    asked: false,
    parts: [
      { kind: 'fault', count: 1 },
      service('network-send'),
      service('network-receive', 1, 'out'),
      service('memory'),
    ],
  },
  barrier: {
    doc: 'one message out, one in, a switch',
    asked: true,
    parts: [service('network-send'), service('network-receive'), { kind: 'switch', count: 1 }],
  },
};

/** A step `count` times over. */
export function times(s: Step, count: number): Step {
  return { ...s, count: s.count * count, total_ns: s.total_ns * count };
}
