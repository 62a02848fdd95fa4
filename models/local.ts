/**
 * Each node for itself (GLUnix off): every task of a job runs on its user's own node, from the moment of its
 * submission, and shares that CPU with whatever else is there.
 *
 * User u's node is u mod nodes; a job whose user is unknown goes to its number mod nodes. A job of width P puts P
 * tasks on that node. Model: processor sharing of what the owner leaves. Device time inside services holds its
 * place on the CPU here. Left out: quanta and priorities among a user's own tasks; after the last submission, owners of
 * nodes without tasks (they are left in the state they are in, which only the accounts of idle nodes see).
 */
import type { Engine } from '../sim/engine/engine.ts';
import { type CapacityCourse, ProcessorSharingBank } from '../sim/engine/processor-sharing.ts';
import { type DomainEvents, EVENT } from './events.ts';
import { homeNode, JOB, type JobRecords } from './jobs.ts';
import type { Nodes } from './nodes.ts';

export class LocalSharing {
  /** Jobs running now. */
  running = 0;
  /** Nodes with two tasks or more, and with none. */
  crowded = 0;
  empty: number;
  /** Set by the cluster: called when a job has ended, and before the numbers above change. */
  onEnd: (job: number) => void = () => {};
  /** Called when a node is to get a task. */
  onUse: (node: number) => void = () => {};
  onTasks: (node: number, tasks: number, job: number) => void = () => {};
  /** Set by the cluster where owners' demand changes without events. */
  set course(course: CapacityCourse) {
    this.bank.course = course;
  }
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly jobs: JobRecords;
  private readonly nodes: Nodes;
  private readonly bank: ProcessorSharingBank;
  private readonly jobOf: number[] = [];
  private readonly freeTasks: number[] = [];
  private readonly tasksLeft: Int32Array;
  private readonly nodeOf: Int32Array;
  private readonly lastTask: Int32Array;

  constructor(engine: Engine, events: DomainEvents, jobs: JobRecords, nodes: Nodes) {
    this.engine = engine;
    this.events = events;
    this.jobs = jobs;
    this.nodes = nodes;
    this.empty = nodes.count;
    this.tasksLeft = new Int32Array(jobs.n);
    this.nodeOf = new Int32Array(jobs.n);
    this.lastTask = new Int32Array(jobs.n);
    this.bank = new ProcessorSharingBank(engine, nodes.count, (task) => this.taskDone(task));
  }

  start(job: number): void {
    const { jobs, nodes } = this;
    const node = homeNode(jobs.table.user[job]!, job, nodes.count);
    const width = jobs.width[job]!;
    this.nodeOf[job] = node;
    this.tasksLeft[job] = width;
    jobs.state[job] = JOB.running;
    jobs.start[job] = this.engine.now;
    jobs.firstStart[job] = this.engine.now;
    this.events.record(EVENT.start, job, width);
    this.running++;
    const before = this.bank.tasks(node);
    this.onUse(node);
    for (let i = 0; i < width; i++) {
      const task = this.freeTasks.pop() ?? this.jobOf.length;
      this.jobOf[task] = job;
      this.lastTask[job] = task;
      this.bank.add(node, task, jobs.work[job]!);
    }
    this.count(node, before, job);
    if (before === 0) nodes.setGuestShare(node, nodes.left(node));
  }

  /** The owner leaves another CPU share since `from`, a time after which nothing else changed at the node (ns). */
  ownerShareChanged(node: number, from: number = this.engine.now): void {
    const left = this.nodes.left(node);
    this.bank.setCapacity(node, left, from);
    if (this.bank.tasks(node) > 0) this.nodes.setGuestShare(node, left, from);
  }

  /** An owner's event has told of changes of demand to come. */
  courseChanged(node: number): void {
    this.bank.courseChanged(node);
  }

  tasks(node: number): number {
    return this.bank.tasks(node);
  }

  /** CPU that a job's tasks have got so far, ns, by the account of processor sharing. */
  cpuOf(job: number): number {
    const state = this.jobs.state[job];
    const all = this.jobs.work[job]! * this.jobs.width[job]!;
    if (state === JOB.finished) return all;
    if (state !== JOB.running) return 0;
    // Its tasks came together with equal work, so all that are left have the same to go.
    return all - this.tasksLeft[job]! * this.bank.remaining(this.nodeOf[job]!, this.lastTask[job]!);
  }

  private taskDone(task: number): void {
    const job = this.jobOf[task]!;
    this.freeTasks.push(task);
    const node = this.nodeOf[job]!;
    const tasks = this.bank.tasks(node);
    this.count(node, tasks + 1, job);
    if (tasks === 0) this.nodes.setGuestShare(node, 0);
    if (--this.tasksLeft[job]! > 0) return;
    this.running--;
    this.jobs.end[job] = this.engine.now;
    this.jobs.state[job] = JOB.finished;
    this.events.record(EVENT.finish, job, this.jobs.run_s[job]!);
    this.onEnd(job);
  }

  private count(node: number, before: number, job: number): void {
    const tasks = this.bank.tasks(node);
    this.onTasks(node, tasks, job);
    if ((before === 0) !== (tasks === 0)) this.empty += tasks === 0 ? 1 : -1;
    if (before >= 2 !== tasks >= 2) this.crowded += tasks >= 2 ? 1 : -1;
  }
}
