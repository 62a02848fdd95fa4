/**
 * Disks as the cluster uses them: the time of a request, given where the head is.
 *
 * Left out: see the model of each kind. Source: `models/presets/disks.ts`.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import { InputError, nearest } from '../../../sim/problem.ts';
import type { Disk } from '../../presets/disks.ts';
import { DISKS } from '../../presets/disks.ts';
import { constantServiceTime } from './constant.ts';
import { cylinderOf, randomMoments, serviceTime } from './mechanical.ts';

/** The disk of that name. Throws `InputError` with the nearest one. */
export function diskNamed(name: string): Disk {
  const disk = DISKS[name];
  if (disk !== undefined) return disk;
  const near = nearest(name, Object.keys(DISKS));
  throw new InputError({
    where: 'cluster.disk',
    found: `no disk is called "${name}"`,
    would: near === undefined ? `use one of ${Object.keys(DISKS).join(', ')}` : `did you mean "${near}"?`,
  });
}

/** Nanoseconds of a request of `bytes` at an unknown place: the mean over places and rotation. */
export function meanServiceTime(disk: Disk, write: boolean, bytes: number): number {
  return disk.kind === 'constant' ? constantServiceTime(disk, bytes) : randomMoments(disk, write, bytes).mean;
}

/** The heads of the disks of many nodes, one number a node. */
export class Heads {
  private readonly disk: Disk;
  private readonly cylinder: Float64Array;

  constructor(disk: Disk, nodes: number) {
    this.disk = disk;
    this.cylinder = new Float64Array(nodes);
  }

  /** Nanoseconds of reading or writing block `block` of `bytes` at node `node`; moves the head there. */
  request(node: number, write: boolean, block: number, bytes: number, source: Source): number {
    if (this.disk.kind === 'constant') return constantServiceTime(this.disk, bytes);
    const to = cylinderOf(this.disk, block, bytes);
    const distance = Math.abs(to - this.cylinder[node]!);
    this.cylinder[node] = to;
    return serviceTime(this.disk, write, distance, bytes, source);
  }
}
