/** How messages are set in an experiment: the trace or program, the software at the ends, the wires, LogGP's terms. */
import type { Field } from '../../sim/experiment/fields.ts';
import { FORK_EXEC, MASTER_MESSAGE } from '../presets/endpoints.ts';
import { ENDPOINTS } from './endpoints.ts';

const bytes = (value: string) =>
  ({ kind: 'bytes', doc: 'bytes of a message', default: value, min: 0 }) as const satisfies Field;
const times = (doc: string, value: number) =>
  ({ kind: 'integer', doc, default: value, min: 1 }) as const satisfies Field;
const term = (doc: string) =>
  ({
    kind: 'time',
    doc: `${doc}; network: as the network and the endpoint have it`,
    default: 'network',
    min: 0,
    words: ['network'],
  }) as const satisfies Field;

export const MESSAGE_FIELDS = {
  kind: 'group',
  doc: 'a message-passing program, traced or made, on the nodes of a network instead of jobs',
  fields: {
    trace: {
      kind: 'path',
      doc: 'a trace of messages: SimGrid time-independent (a file, a list of files, a folder, a tar), GOAL, liballprof, text of otf2-print',
      default: 'none',
      words: ['none'],
    },
    member: {
      kind: 'text',
      doc: 'the file of a folder or tar that is the trace (or lists its files); all: the list in it, or all its traces as one',
      default: 'all',
    },
    ticks: {
      kind: 'number',
      doc: 'ticks a second of the clock of an otf2-print text, which does not say it',
      default: 1e9,
      above: 0,
    },
    program: {
      kind: 'slot',
      doc: 'a program where no trace is given, with a rank on each of cluster.nodes',
      default: 'none',
      of: {
        none: { doc: 'none', fields: {} },
        broadcast: {
          doc: "LogP's optimal broadcast: every rank that knows sends on at each of its free slots",
          fields: { bytes: bytes('1B') },
        },
        summation: {
          doc: "LogP's optimal summation: as many values as can be summed by a time",
          fields: {
            time: { kind: 'time', doc: 'when the sum is there', default: '28us', above: 0 },
            add: { kind: 'time', doc: 'one addition', default: '1us', above: 0 },
          },
        },
        remap: {
          doc: "the FFT's one remap from cyclic to blocked layout: points / ranks^2 messages to every other rank",
          fields: { points: times('points of the transform', 65_536), bytes: bytes('1B') },
        },
        transfer: {
          doc: 'rank 0 sends to rank 1',
          fields: { bytes: bytes('8KiB'), count: times('messages', 1) },
        },
        'ping-pong': {
          doc: 'rank 0 and rank 1 answer each other',
          fields: { bytes: bytes('1B'), count: times('round trips', 1) },
        },
        start: {
          doc: 'a master starts a null job on every node: a message there, fork and exec, a message back',
          fields: {
            spawn: {
              kind: 'time',
              doc: `fork and exec of one process (${FORK_EXEC.fact}, an Ultra 1)`,
              default: `${FORK_EXEC.value}${FORK_EXEC.unit}`,
              min: 0,
            },
            master: {
              kind: 'time',
              doc: `CPU time of the master for each message that it sends or receives, beside the message's own (${MASTER_MESSAGE.fact}, a server of 1990)`,
              default: `${MASTER_MESSAGE.value}${MASTER_MESSAGE.unit}`,
              min: 0,
            },
          },
        },
      },
    },
    flop_rate: {
      kind: 'number',
      doc: 'flops a second of a processor, by which the amounts of a trace become times',
      default: 1e9,
      above: 0,
    },
    endpoint: {
      kind: 'choice',
      doc: 'software at both ends of a message',
      of: ENDPOINTS,
      default: 'network',
    },
    wires: {
      kind: 'choice',
      doc: 'what a message meets between two nodes',
      of: {
        servers:
          'frames or cells on wires that others use too: a shared segment, or a link for each node and direction',
        loggp: 'G a byte and nobody else (plain LogGP)',
      },
      default: 'servers',
    },
    capacity: {
      kind: 'integer',
      doc: 'messages on their way from a node or to it; auto: ceil(L / g) on plain LogGP wires, no limit where wires queue',
      default: 'auto',
      min: 1,
      words: ['auto', 'none'],
    },
    place: {
      kind: 'choice',
      doc: 'which node a rank is on',
      of: {
        one: 'a node for each rank',
        block: 'as many consecutive ranks on a node as it takes, each with a processor of its own',
      },
      default: 'one',
    },
    logp: {
      kind: 'group',
      doc: "LogGP's terms, where they are not those of the network",
      fields: {
        send: term('o of the sender'),
        receive: term('o of the receiver'),
        latency: term('L'),
        gap: term('g'),
        per_byte: term('G'),
      },
    },
  },
} as const satisfies Field;
