/** How software fault isolation is set in an experiment. */
import type { Field } from '../../sim/experiment/fields.ts';

export const SFI_FIELDS = {
  kind: 'group',
  doc: 'software fault isolation, where the structure uses it',
  fields: {
    overhead: {
      kind: 'share',
      doc: 'share of user time; per-program: drawn for every program from the published programs (WAH-T1)',
      default: 'per-program',
      min: -0.05,
      max: 10,
      words: ['per-program'],
    },
    checks: {
      kind: 'choice',
      doc: 'what is checked',
      of: { writes: 'stores and jumps', full: 'loads too' },
      default: 'writes',
    },
    covers: {
      kind: 'choice',
      doc: 'which programs are linked with the library',
      of: { all: "all, the owners' too", guests: 'guests only' },
      default: 'all',
    },
  },
} as const satisfies Field;
