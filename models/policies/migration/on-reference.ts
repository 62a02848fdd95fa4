/**
 * Copy on reference (Accent): the process is frozen only while its tables are sent; every page crosses when it is first
 * referred to. The node that was left keeps the pages: the process depends on it until it ends, and dies with it.
 *
 * Which pages are referred to is a share of the image, and they are first referred to evenly over a time of the process's
 * own progress. Left out: prefetching, and what the pages that stay take from the memory of the owner who is back.
 * Source: Zayas 1987 (facts M027, M028: 25-50 % of the address space referred to, of which the middle is taken).
 */
import { BANDWIDTH, type MigrationPolicyKind } from './contract.ts';

export const onReference: MigrationPolicyKind = {
  doc: 'only tables are sent; pages follow when they are referred to, and stay at the node that was left (Accent)',
  fields: {
    referenced: {
      kind: 'share',
      doc: 'share of the image that is referred to after the move (M028: 25-50 %, the middle)',
      default: '37.5%',
      min: 0,
      max: 1,
    },
    over: {
      kind: 'time',
      doc: "time of the process's own progress over which first references come (assumed)",
      default: '30s',
      above: 0,
    },
    tables: { kind: 'bytes', doc: 'tables sent while it is frozen (assumed)', default: '4KiB', min: 0 },
    ...BANDWIDTH,
  },
  through: 'network',
  create: (parameters) => {
    const referenced = parameters['referenced'] as number;
    const over = parameters['over'] as number;
    const tables = parameters['tables'] as number;
    return {
      step: (process) => ({
        running: false,
        bytes: tables,
        transfer: tables / process.rate,
        other: process.freezeAndResume,
      }),
      afterwards: (process) => ({ bytes: referenced * process.image, over, from: 'source' }),
    };
  },
};
