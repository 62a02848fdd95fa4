/**
 * Flushing (Sprite): the process is frozen while its dirty pages and dirty file blocks are written to the file server;
 * afterwards it pages on demand from there, and depends on nothing that was left:
 *   freeze = 76 ms + 9.4 ms a file + blocks / 480 KB/s + pages / 660 KB/s.
 * These are Sprite's measured costs as a whole; the OS structure's prices of freezing and resuming come on top only where
 * `state` is `structure`, instead of the 76 ms.
 *
 * All flushes of the building go to one file server and wait for each other there. Before 2000, KB are KiB.
 * Source: facts M004-M007 (SPARCstation 1), M014 (means of a migration), M028 (share referred to, from Accent).
 */
import type { MigrationPolicyKind } from './contract.ts';

/** A page of Sprite's in M014, and a block of its files, bytes. */
const PAGE = 4096;

export const flush: MigrationPolicyKind = {
  doc: 'dirty pages and file blocks are written to the file server while it is frozen; it pages from there (Sprite)',
  fields: {
    state: {
      kind: 'time',
      doc: "to freeze a process, send its state and resume it (M004); structure: the OS structure's prices",
      default: '76ms',
      min: 0,
      words: ['structure'],
    },
    files: { kind: 'number', doc: 'open files (M014)', default: 4.53, min: 0 },
    per_file: { kind: 'time', doc: 'for each open file (M005)', default: '9.4ms', min: 0 },
    dirty_blocks: { kind: 'number', doc: 'dirty file blocks of 4 KiB (M014)', default: 0.95, min: 0 },
    block_rate: {
      kind: 'rate',
      doc: 'rate at which file blocks are written (M006)',
      default: '480KiB/s',
      above: 0,
    },
    dirty_pages: {
      kind: 'number',
      doc: 'dirty pages of 4 KiB (M014); program: what the program has dirtied since it came',
      default: 36.62,
      min: 0,
      words: ['program'],
    },
    page_rate: { kind: 'rate', doc: 'rate at which pages are written (M007)', default: '660KiB/s', above: 0 },
    referenced: {
      kind: 'share',
      doc: 'share of the image that is paged in afterwards (M028: 25-50 %, the middle)',
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
  },
  through: 'server',
  create: (parameters) => {
    const state = parameters['state'] as number | 'structure';
    const files = (parameters['files'] as number) * (parameters['per_file'] as number);
    const blocks = (parameters['dirty_blocks'] as number) * PAGE;
    const pages = parameters['dirty_pages'] as number | 'program';
    const blockRate = (parameters['block_rate'] as number) / 8e9;
    const pageRate = (parameters['page_rate'] as number) / 8e9;
    const referenced = parameters['referenced'] as number;
    const over = parameters['over'] as number;
    return {
      step: (process) => {
        const dirty = pages === 'program' ? process.dirty : Math.min(process.image, pages * PAGE);
        return {
          running: false,
          bytes: blocks + dirty,
          transfer: blocks / blockRate + dirty / pageRate,
          other: (state === 'structure' ? process.freezeAndResume : state) + files,
        };
      },
      afterwards: (process) => ({ bytes: referenced * process.image, over, from: 'server' }),
    };
  },
};
