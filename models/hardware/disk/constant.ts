/**
 * A disk that takes one time for every request, whatever came before: t0 + bytes / rate.
 *
 * Left out: everything mechanical.
 * Source: the disk of the NOW papers (14.8 ms for 8 KB); solid-state disks of today.
 */
import type { Disk } from '../../presets/disks.ts';

/** Nanoseconds of a request of `bytes` on a constant-time disk. */
export function constantServiceTime(disk: Extract<Disk, { kind: 'constant' }>, bytes: number): number {
  const size = { us: 1e3, ms: 1e6 }[disk.time.unit]!;
  const transfer = disk.rate === 'none' ? 0 : (bytes * 1e3) / disk.rate.value;
  return disk.time.value * size + transfer;
}
