/**
 * A disk with a moving head (HP 97560, DEC RZ26): overhead + seek(d) + rotational wait + transfer. One request at a
 * time; the head stays where the last one left it; the rotational wait is drawn, uniform in one revolution.
 *
 * Left out: head switches and skew, the drive's cache and read-ahead, the bus; d = 0 costs no seek.
 * Source: Ruemmler & Wilkes 1994; the DiskSim validation set. Section 1.7 of the project's reference.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import type { Disk, SeekCurve } from '../../presets/disks.ts';

export type MechanicalDisk = Extract<Disk, { kind: 'mechanical' }>;

/** Milliseconds to move the head over `distance` cylinders. */
export function seekTime(curve: SeekCurve, distance: number): number {
  if (distance === 0) return 0;
  if (curve.kind === 'root-then-line') {
    return distance <= curve.until.value
      ? curve.rootBase.value + curve.rootFactor.value * Math.sqrt(distance)
      : curve.lineBase.value + curve.lineFactor.value * distance;
  }
  const { points } = curve;
  let k = 1;
  while (k < points.length - 1 && points[k]![0].value < distance) k++;
  const [d0, t0] = points[k - 1]!;
  const [d1, t1] = points[k]!;
  return t0.value + ((distance - d0.value) * (t1.value - t0.value)) / (d1.value - d0.value);
}

/** Milliseconds of one revolution. */
export function revolution(disk: MechanicalDisk): number {
  return 60_000 / disk.rpm.value;
}

/** Milliseconds to transfer `bytes`, whole sectors, on one track. */
export function transferTime(disk: MechanicalDisk, bytes: number): number {
  return (Math.ceil(bytes / disk.sector.value) / disk.sectors.value) * revolution(disk);
}

/**
 * Nanoseconds of one request whose seek covers `distance` cylinders; one number is drawn for the rotational wait.
 */
export function serviceTime(
  disk: MechanicalDisk,
  write: boolean,
  distance: number,
  bytes: number,
  source: Source,
): number {
  const overhead = (write ? disk.writeOverhead : disk.readOverhead).value;
  const rotation = source.next() * revolution(disk);
  return (overhead + seekTime(disk.seek, distance) + rotation + transferTime(disk, bytes)) * 1e6;
}

/** The cylinder of a block of `bytes` when blocks are laid out cylinder by cylinder. */
export function cylinderOf(disk: MechanicalDisk, block: number, bytes: number): number {
  const perCylinder = disk.tracks.value * disk.sectors.value * disk.sector.value;
  return Math.floor((block * bytes) / perCylinder) % disk.cylinders.value;
}

/** Mean and standard deviation, ns, of independent requests at uniformly random cylinders. Exact. */
export function randomMoments(
  disk: MechanicalDisk,
  write: boolean,
  bytes: number,
): { readonly mean: number; readonly sd: number } {
  const n = disk.cylinders.value;
  let first = 0;
  let second = 0;
  for (let d = 1; d < n; d++) {
    // Of n*n ordered pairs of cylinders 2 (n - d) lie d apart.
    const share = (2 * (n - d)) / (n * n);
    const t = seekTime(disk.seek, d);
    first += share * t;
    second += share * t * t;
  }
  const turn = revolution(disk);
  const overhead = (write ? disk.writeOverhead : disk.readOverhead).value;
  return {
    mean: (overhead + first + turn / 2 + transferTime(disk, bytes)) * 1e6,
    sd: Math.sqrt(second - first * first + (turn * turn) / 12) * 1e6,
  };
}
