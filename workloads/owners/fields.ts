/** How owners are set in an experiment. */
import type { Field } from '../../sim/experiment/fields.ts';
import { OWNER_LAW_FIELD } from './index.ts';

export const OWNER_FIELDS = {
  kind: 'group',
  doc: 'the people at the nodes',
  fields: {
    trace: {
      kind: 'path',
      doc: 'a trace of owners: nodes in the order of their names, and each again, at the same times, where the cluster has more',
      default: 'none',
      words: ['none'],
    },
    law: {
      kind: 'slot',
      doc: 'law by which owners come and go where no trace is given',
      default: 'none',
      of: { none: { doc: 'no owners', fields: {} }, ...OWNER_LAW_FIELD.of },
    },
    busy_above: {
      kind: 'share',
      doc: 'CPU use from which a sample of a PlanetLab trace means that the owner is there',
      default: '10%',
      min: 0,
      max: 1,
    },
    after: {
      kind: 'choice',
      doc: 'what happens at the end of a trace',
      of: { repeat: 'it starts over', stop: 'nothing changes any more' },
      default: 'repeat',
    },
    gaps: {
      kind: 'choice',
      doc: 'what holds where an availability trace says nothing of a node',
      of: { unavailable: 'the node is withdrawn', available: 'the node is there' },
      default: 'unavailable',
    },
    wanted: {
      kind: 'integer',
      doc: 'nodes wanted together, for the measure wanted_available',
      default: 32,
      min: 1,
    },
  },
} as const satisfies Field;
