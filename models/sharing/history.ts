/**
 * What load sharing keeps for pictures and stories: a timeline of nodes and jobs, from the run's own events.
 *
 * A node shows the job that began there last of those that it serves; a job that waits at its node, or on its way, is
 * told by where it is and by what became of it. A job that is stopped and moved counts as running all the while.
 */
import { EVENT } from '../events.ts';
import { GROUND, HAPPENINGS, ROW } from '../history.ts';
import { Timeline, type TimelineJobs } from '../timeline.ts';

/** Where a job is, by what happens to it; probes are told, but move nobody. */
type Befalls = 'home' | 'transfer' | 'migrate' | 'probe' | 'hold';

export class SharingHistory {
  readonly timeline: Timeline;
  private readonly nodes: number;
  /** Jobs that each node serves, in the order in which they began; where each job is served, or -1. */
  private readonly served: Set<number>[];
  private readonly servedAt: Int32Array;
  private readonly busyNow: Uint8Array;
  private busy = 0;
  private running = 0;
  private present = 0;

  constructor(nodes: number, jobs: TimelineJobs) {
    this.nodes = nodes;
    this.timeline = new Timeline(nodes, 1, jobs);
    this.served = Array.from({ length: nodes }, () => new Set());
    this.busyNow = new Uint8Array(nodes);
    this.servedAt = new Int32Array(jobs.n).fill(-1);
    for (let node = 0; node < nodes; node++) this.timeline.setGround(node, 0, GROUND.idle);
    this.timeline.series.idle_nodes.set(0, nodes);
  }

  /** A job comes to a node of its own, `now` in ns. */
  submit(now: number, job: number, node: number): void {
    this.timeline.event(now, EVENT.submit, job, 1);
    this.befall(now, 'home', job, node);
    this.present++;
    this.count(now);
  }

  start(now: number, job: number, node: number): void {
    this.timeline.event(now, EVENT.start, job, 1);
    this.running++;
    this.put(now, job, node);
  }

  finish(now: number, job: number): void {
    this.timeline.event(now, EVENT.finish, job, 0);
    this.running--;
    this.present--;
    this.put(now, job, -1);
  }

  /** `value`: the node that is asked, or where the job goes; the jobs of the one queue. */
  befall(now: number, what: Befalls, job: number, value: number): void {
    const told = HAPPENINGS.indexOf(what);
    if (what === 'hold') this.timeline.befall(now, told, -1, job, value);
    else this.timeline.befall(now, told, value, job, 0);
    if (what === 'migrate') this.put(now, job, value);
  }

  /** A node serves a job from now on, and the one before no longer; -1: none does. */
  private put(now: number, job: number, node: number): void {
    const before = this.servedAt[job]!;
    this.servedAt[job] = node;
    if (before >= 0) {
      this.served[before]!.delete(job);
      this.show(now, before);
    }
    if (node >= 0) {
      this.served[node]!.add(job);
      this.show(now, node);
    }
    this.count(now);
  }

  private show(now: number, node: number): void {
    const jobs = this.served[node]!;
    const serves = jobs.size > 0;
    if (serves !== (this.busyNow[node] === 1)) this.busy += serves ? 1 : -1;
    this.busyNow[node] = serves ? 1 : 0;
    let last = -1;
    for (const job of jobs) last = job;
    this.timeline.show(node, now, last < 0 ? -1 : ROW.local, last);
  }

  private count(now: number): void {
    const { series } = this.timeline;
    const now_s = now / 1e9;
    series.utilisation.set(now_s, this.busy / this.nodes);
    series.idle_nodes.set(now_s, this.nodes - this.busy);
    series.running_jobs.set(now_s, this.running);
    series.waiting_jobs.set(now_s, this.present - this.running);
  }
}
