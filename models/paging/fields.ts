/** How paging is set in an experiment: the references of a process, its node's memory, and the memory of other nodes. */
import type { Field } from '../../sim/experiment/fields.ts';
import { REFERENCE_LAW_FIELD } from '../../workloads/pages/index.ts';

/** The group `pages`. */
export const PAGE_FIELDS = {
  kind: 'group',
  doc: 'references of one process to its pages, instead of jobs on many nodes',
  fields: {
    trace: {
      kind: 'path',
      doc: 'a trace of memory or block references',
      default: 'none',
      words: ['none'],
    },
    law: {
      ...REFERENCE_LAW_FIELD,
      default: 'none',
      of: { none: { doc: 'none', fields: {} }, ...REFERENCE_LAW_FIELD.of },
    },
    compute: {
      kind: 'time',
      doc: "the program's own CPU time between two references (assumed; a trace does not tell)",
      default: '100ns',
      min: 0,
    },
    first: {
      kind: 'choice',
      doc: "what a page's first reference costs; it is a fault either way",
      of: { disk: "the page is read from the node's disk", 'zero-fill': 'an empty page is made' },
      default: 'disk',
    },
    warmup: {
      kind: 'integer',
      doc: 'references that hit_ratio and miss_ratio leave out',
      default: 0,
      min: 0,
    },
  },
} as const satisfies Field;

const mean = (doc: string, value: string) =>
  ({ kind: 'time', doc, default: value, above: 0, words: ['none'] }) as const satisfies Field;

/** The group `memory`. */
export const MEMORY_FIELDS = {
  kind: 'group',
  doc: 'memory of a node, and that of others',
  fields: {
    frames: {
      kind: 'integer',
      doc: 'frames that the process has, in a building those of a node; auto: as many as there are pages, so that nothing pages',
      default: 'auto',
      min: 1,
      max: 2 ** 30,
      words: ['auto'],
    },
    slab: {
      kind: 'bytes',
      doc: 'in a building: memory of a task that is placed and moved together (assumed)',
      default: '1MiB',
      min: 4096,
    },
    page: { kind: 'bytes', doc: 'a page: a power of two', default: '4KiB', min: 512, max: 2 ** 30 },
    low_mark: {
      kind: 'share',
      doc: 'share of the frames free at or below which a fault waits for page-outs',
      default: '5%',
      min: 0,
      max: 0.9,
    },
    high_mark: {
      kind: 'share',
      doc: 'share of the frames that the page-out daemon keeps free while the process goes on; both marks 0: a fault evicts one page itself',
      default: '7%',
      min: 0,
      max: 0.9,
    },
    servers: {
      kind: 'integer',
      doc: 'nodes that lend memory to the process, one more keeping parity where there is any; 0: pages go to the disk',
      default: 4,
      min: 0,
      max: 100_000,
    },
    server_frames: {
      kind: 'integer',
      doc: 'frames that each lends; auto: as many as the process has pages',
      default: 'auto',
      min: 1,
      max: 2 ** 30,
      words: ['auto'],
    },
    remote_time: {
      kind: 'time',
      doc: 'time of a page between two nodes; priced: by the network',
      default: 'priced',
      min: 0,
      words: ['priced'],
    },
    disk_time: {
      kind: 'time',
      doc: "time of a request at the node's disk; priced: by cluster.disk",
      default: 'priced',
      min: 0,
      words: ['priced'],
    },
    wanted_after: mean('mean time (exponential) until the owner of a server wants its memory back', 'none'),
    lent_after: {
      kind: 'time',
      doc: 'mean time (exponential) until it is lent again (assumed)',
      default: '10min',
      above: 0,
    },
    crash_after: mean('mean time (exponential) until a server, or the parity server, crashes', 'none'),
    repair: { kind: 'time', doc: 'time until it is back (assumed)', default: '10min', above: 0 },
    stripe: {
      kind: 'group',
      doc: 'a file read from the disks of other nodes, instead of references',
      fields: {
        file: { kind: 'bytes', doc: 'its size', default: 'none', above: 0, words: ['none'] },
        disks: {
          kind: 'integer',
          doc: "nodes over whose disks it is striped; 0: it lies on the reader's own disk",
          default: 8,
          min: 0,
          max: 10_000,
        },
        block: { kind: 'bytes', doc: 'bytes on one disk in a row (assumed)', default: '64KiB', above: 0 },
        ahead: {
          kind: 'integer',
          doc: 'blocks asked for at once; auto: two a disk (assumed)',
          default: 'auto',
          min: 1,
          words: ['auto'],
        },
      },
    },
  },
} as const satisfies Field;
