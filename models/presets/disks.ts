/**
 * Disks: a constant time, or the mechanics of a measured drive.
 *
 * Left out: the drive's cache and read-ahead (a miss is priced), command queues, zones.
 *
 * Sources: the rows of `sources.csv` named beside each number. Before 2000, KB in the sources are KiB.
 */
import type { Constant } from './constant.ts';
import { assumed, derived, measured, recalled } from './constant.ts';

/** Seek time as a function of the distance in cylinders; a distance of 0 costs nothing. */
export type SeekCurve =
  | {
      readonly kind: 'root-then-line';
      /** Up to this distance `rootBase + rootFactor sqrt(d)`, beyond it `lineBase + lineFactor d`; ms. */
      readonly until: Constant;
      readonly rootBase: Constant;
      readonly rootFactor: Constant;
      readonly lineBase: Constant;
      readonly lineFactor: Constant;
    }
  | {
      readonly kind: 'points';
      /** Measured (cylinders, ms), joined by straight lines. */
      readonly points: readonly (readonly [Constant, Constant])[];
    };

/** A disk preset. */
export type Disk = {
  readonly name: string;
  readonly title: string;
} & (
  | {
      readonly kind: 'constant';
      /** Time of a request without its bytes. */
      readonly time: Constant;
      /** MB/s beside it; `none`: the time is of the whole request. */
      readonly rate: Constant | 'none';
      readonly parallel: Constant;
    }
  | {
      readonly kind: 'mechanical';
      readonly cylinders: Constant;
      readonly tracks: Constant;
      readonly sectors: Constant;
      /** Bytes of a sector. */
      readonly sector: Constant;
      /** Revolutions per minute. */
      readonly rpm: Constant;
      readonly readOverhead: Constant;
      readonly writeOverhead: Constant;
      readonly seek: SeekCurve;
    }
);

const one = assumed(1, 'requests', 'one request at a time');

const now: Disk = {
  name: 'constant',
  title: 'the disk of the NOW papers: 14.8 ms a request, measured with 8 KB',
  kind: 'constant',
  time: recalled(14_800, 'us', 'NOW-05'),
  rate: 'none',
  parallel: one,
};

const hp97560: Disk = {
  name: 'hp97560',
  title: 'HP 97560, 1.3 GB, 4,002 rpm (1991)',
  kind: 'mechanical',
  cylinders: measured(1962, 'cyl', 'DSK-01', { at: 0 }),
  tracks: measured(19, 'tracks', 'DSK-01', { at: 1 }),
  sectors: measured(72, 'sectors', 'DSK-01', { at: 2 }),
  sector: measured(512, 'B', 'DSK-01', { at: 3 }),
  rpm: measured(4002, 'rpm', 'DSK-02', { at: 0 }),
  readOverhead: measured(2.2, 'ms', 'DSK-05', { at: 0 }),
  writeOverhead: measured(2.2, 'ms', 'DSK-05', { at: 1 }),
  seek: {
    kind: 'root-then-line',
    until: assumed(383, 'cyl', 'the limit stands in the name of rows DSK-03 and DSK-04'),
    rootBase: measured(3.24, 'ms', 'DSK-03', { at: 0 }),
    rootFactor: measured(0.4, 'ms', 'DSK-03', { at: 1 }),
    lineBase: measured(8.0, 'ms', 'DSK-04', { at: 0 }),
    lineFactor: measured(0.008, 'ms', 'DSK-04', { at: 1 }),
  },
};

const rz26Point = (k: number, cylinders: number, ms: number) =>
  [
    measured(cylinders, 'cylinders', 'DSK-13', { at: 2 * k }),
    measured(ms, 'ms', 'DSK-13', { at: 2 * k + 1 }),
  ] as const;
const rz26: Disk = {
  name: 'rz26',
  title: 'DEC RZ26, 1.05 GB, 5,360 rpm (1993)',
  kind: 'mechanical',
  cylinders: measured(2599, 'cyl', 'DSK-12', { at: 0 }),
  tracks: measured(14, 'surfaces', 'DSK-12', { at: 1 }),
  sectors: measured(58, 'blocks', 'DSK-12', { at: 2 }),
  sector: assumed(512, 'bytes', 'the block of every SCSI disk of its day'),
  rpm: measured(5360, 'rpm', 'DSK-12', { at: 3 }),
  readOverhead: measured(1.489, 'ms', 'DSK-12', { at: 6, note: 'read miss' }),
  writeOverhead: measured(2.17, 'ms', 'DSK-12', { at: 8 }),
  seek: {
    kind: 'points',
    points: [
      rz26Point(0, 1, 1.01),
      rz26Point(1, 10, 2.88),
      rz26Point(2, 100, 5.49),
      rz26Point(3, 200, 6.9),
      rz26Point(4, 400, 8.24),
      rz26Point(5, 800, 10.58),
      rz26Point(6, 1200, 12.63),
      rz26Point(7, 1600, 14.34),
      rz26Point(8, 2000, 16.19),
      rz26Point(9, 2500, 18.68),
      rz26Point(10, 2569, 19.1),
    ],
  },
};

const flash = {
  kind: 'constant',
  rate: assumed(3000, 'MB/s', 'one drive of today; no row gives it'),
  parallel: assumed(64, 'requests', 'a usual queue depth; no row gives it'),
} as const;

const ssd: Disk = {
  ...flash,
  name: 'ssd',
  title: 'NVMe solid-state disk of today',
  time: derived(
    'us',
    [recalled(70, 'us', 'DSK-22', { at: 0 }), recalled(100, 'us', 'DSK-22', { at: 1 })],
    'the middle of 4 KB random reads, device and kernel',
    (low, high) => (low + high) / 2,
  ),
};

const optane: Disk = {
  ...flash,
  name: 'optane',
  title: 'Optane solid-state disk',
  time: recalled(10, 'us', 'DSK-22', { at: 2 }),
};

const hp2200: Disk = {
  name: 'c2200a',
  title: 'HP C2200A, 335 MB, 4,002 rpm (1990)',
  kind: 'mechanical',
  cylinders: recalled(1449, 'cyl', 'DSK-10', { at: 0 }),
  tracks: recalled(8, 'tracks', 'DSK-10', { at: 1 }),
  sectors: recalled(113, 'sectors', 'DSK-10', { at: 2 }),
  sector: recalled(256, 'B', 'DSK-10', { at: 3 }),
  rpm: recalled(4002, 'rpm', 'DSK-10', { at: 4 }),
  readOverhead: recalled(1.1, 'ms', 'DSK-10', { at: 11 }),
  writeOverhead: recalled(5.1, 'ms', 'DSK-10', { at: 12 }),
  seek: {
    kind: 'root-then-line',
    until: recalled(616, 'cyl', 'DSK-10', { at: 7 }),
    rootBase: recalled(3.45, 'ms', 'DSK-10', { at: 5 }),
    rootFactor: recalled(0.597, 'ms', 'DSK-10', { at: 6 }),
    lineBase: recalled(10.8, 'ms', 'DSK-10', { at: 8 }),
    lineFactor: recalled(0.012, 'ms', 'DSK-10', { at: 9 }),
  },
};

/** The disks that can be named in an experiment. */
export const DISKS: Readonly<Record<string, Disk>> = Object.fromEntries(
  [now, hp97560, rz26, hp2200, ssd, optane].map((d) => [d.name, d]),
);
