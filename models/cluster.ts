/**
 * One run of a building: nodes, owners, jobs and the global layer, put together from a configuration of numbers.
 *
 * With GLUnix on, a master gives idle nodes to the jobs of a batch queue, and daemons call guests off when owners
 * return; with GLUnix off, every task runs on its user's own node. The parts are in `nodes.ts`, `owners.ts`,
 * `glunix/` and `local.ts`; this file wires them, feeds jobs in, and closes the books.
 */
import { Engine } from '../sim/engine/engine.ts';
import type { StreamBank, Streams } from '../sim/engine/streams.ts';
import { TimeAverage } from '../sim/measure/time-average.ts';
import { CheckError, InputError } from '../sim/problem.ts';
import type { JobTable } from '../workloads/jobs/table.ts';
import type { RunCosts } from './costs.ts';
import { DomainEvents, EVENT } from './events.ts';
import type { Outages } from './failures/outages.ts';
import { BatchQueue } from './glunix/batch-queue.ts';
import { type CheckpointCosts, Checkpoints } from './glunix/checkpoints.ts';
import { Crashes } from './glunix/crashes.ts';
import { Daemons } from './glunix/daemon.ts';
import type { GangSlices } from './glunix/gang-rows.ts';
import { Guests } from './glunix/guests.ts';
import { Heartbeats } from './glunix/heartbeats.ts';
import { Master } from './glunix/master.ts';
import { JobMemory, type JobMemoryConfig } from './glunix/memory.ts';
import type { MovesConfig } from './glunix/moves.ts';
import type { DelaysConfig } from './glunix/owner-delays.ts';
import { Shares, usersOf } from './glunix/shares.ts';
import { GROUND, ROW } from './history.ts';
import { JOB, type JobRecords } from './jobs.ts';
import { LocalSharing } from './local.ts';
import { Nodes } from './nodes.ts';
import { type OwnerSource, Owners } from './owners.ts';
import { FixedWires, NetworkWires } from './paging/wires.ts';
import type { BatchPolicyKind } from './policies/batch/contract.ts';
import type { CheckpointPolicy, CheckpointPolicyKind } from './policies/checkpoint/contract.ts';
import type { IdlePolicyKind } from './policies/idle/contract.ts';

import type { OwnerReturnPolicyKind } from './policies/owner_return/contract.ts';
import type { PlacementPolicyKind } from './policies/placement/contract.ts';
import type { MessageLogging, RecoveryPolicyKind } from './policies/recovery/contract.ts';
import type { SharePolicyKind } from './policies/share/contract.ts';
import type { Network } from './presets/networks.ts';
import { Faults, type FaultsConfig } from './robustness/faults.ts';
import { rowKind, Timeline } from './timeline.ts';
import { WaitingWidths } from './waiting-widths.ts';

/** Memory of tasks, before the engine is there; `network` null: pages take no time on their way. */
export interface MemoryConfig extends Omit<JobMemoryConfig, 'servers'> {
  readonly servers: Omit<JobMemoryConfig['servers'], 'wires'>;
  readonly network: Network | null;
}

export type TooWide = 'reject' | 'clamp' | 'error';
type Parameters = Readonly<Record<string, unknown>>;

export interface ClusterConfig {
  readonly nodes: number;
  readonly glunix: boolean;
  readonly jobs: JobTable | null;
  readonly tooWide: TooWide;
  readonly owners: OwnerSource | null;
  /** Nodes wanted together, for the measure `wanted_available`. */
  readonly wanted: number;
  readonly costs: RunCosts;
  /** Draws the SFI overhead of a program; null where the structure does not tax user time. */
  readonly overhead: ((chance: { next(): number }) => number) | null;
  /** Whether the owners' programs run under the structure too, or on the plain kernel beside it. */
  readonly coversOwners: boolean;
  /** Memory of a task of the next job, asked for job by job where the log does not say, bytes. */
  readonly image: () => number;
  readonly policies: {
    readonly idle: { readonly kind: IdlePolicyKind; readonly parameters: Parameters };
    readonly placement: PlacementPolicyKind;
    readonly ownerReturn: { readonly kind: OwnerReturnPolicyKind; readonly parameters: Parameters };
    readonly share: { readonly kind: SharePolicyKind; readonly parameters: Parameters };
    readonly batch: { readonly kind: BatchPolicyKind; readonly pass: 'event' | 'instant' };
  };
  readonly migration: MovesConfig;
  readonly delays: DelaysConfig;
  /** Memory of tasks that need more than a node has; null: all have what they need. Needs GLUnix and jobs. */
  readonly memory: MemoryConfig | null;
  /** How gangs share nodes by turns; with one row each has its nodes to itself. */
  readonly slices: GangSlices;
  /** Crashes of nodes; null for none. Needs GLUnix and jobs. */
  readonly failures: FailuresConfig | null;
  readonly recovery: { readonly kind: RecoveryPolicyKind; readonly parameters: Parameters };
  /** null: jobs are never saved. */
  readonly checkpoint: CheckpointConfig | null;
  /** Faults of the layer; null for none. Needs GLUnix, jobs and a horizon. */
  readonly faults: FaultsConfig | null;
  /** ns; infinity: until the last job has ended. */
  readonly horizon: number;
  /** Without a horizon: a run in which nothing runs or comes for this long ends, ns; what waits then is pending. */
  readonly patience: number;
  /** ns; averages over time begin then. */
  readonly warmup: number;
  readonly streams: Streams;
  readonly keepLog: boolean;
  readonly keepTimeline: boolean;
}

export interface FailuresConfig {
  readonly outages: Outages;
  /** ns between two beats, and beats missed before a node is taken for dead; null: broken connections tell. */
  readonly beats: { readonly every: number; readonly misses: number } | null;
  /** Whether the master runs on a node. */
  readonly master: boolean;
  readonly attempts: number;
}

export interface CheckpointConfig {
  readonly kind: CheckpointPolicyKind;
  readonly parameters: Parameters;
  /** ns for which a job of tasks of `image` bytes stands still while it is saved, and until it is brought back. */
  save(image: number): number;
  bringBack(image: number): number;
}

/** A finished run, open for measuring. */
export interface ClusterRun {
  readonly config: ClusterConfig;
  readonly engine: Engine;
  readonly events: DomainEvents;
  readonly nodes: Nodes;
  readonly jobs: JobRecords;
  readonly owners: Owners | null;
  readonly daemons: Daemons | null;
  readonly guests: Guests | null;
  readonly shares: Shares | null;
  readonly master: Master | null;
  readonly local: LocalSharing | null;
  readonly timeline: Timeline | null;
  readonly crashes: Crashes | null;
  readonly memory: JobMemory | null;
  readonly checkpoints: Checkpoints | null;
  readonly faults: Faults | null;
  /** Averages over time since the start. */
  readonly waitWhileIdle: TimeAverage;
  readonly offered: TimeAverage;
  readonly wantedOffered: TimeAverage;
  readonly away: TimeAverage;
  /** Idle processors while a waiting job would have fitted on them; null where it was not followed. */
  readonly lostCapacity: TimeAverage | null;
  /** CPU of a job's tasks, killed attempts included, ns, by the job's own progress. */
  cpuOf(job: number): number;
  /** CPU time of owners' programs per CPU time under a plain kernel, by node. */
  readonly ownerFactor: Float64Array;
  /** ns at which the books were closed. */
  readonly end: number;
  /** Until when all owners were followed, ns; with each node for itself until the last submission. */
  readonly ownersUntil: number;
}

/** Carry out a run. Throws `CheckError` if the accounts do not close. */
export function runCluster(config: ClusterConfig): ClusterRun {
  return new Building(config).run();
}

class Building {
  private readonly config: ClusterConfig;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly jobs: JobRecords;
  private readonly nodes: Nodes;
  private readonly owners: Owners | null;
  private readonly ownerFactor: Float64Array;
  private readonly master: Master | null = null;
  private readonly daemons: Daemons | null = null;
  private readonly guests: Guests | null = null;
  private readonly queue: BatchQueue | null = null;
  private shares: Shares | null = null;
  private readonly local: LocalSharing | null = null;
  private readonly timeline: Timeline | null;
  private readonly checkpoints: Checkpoints | null = null;
  private readonly crashes: Crashes | null = null;
  private readonly memory: JobMemory | null = null;
  private readonly faults: Faults | null = null;
  private readonly waitWhileIdle = new TimeAverage();
  private readonly offered = new TimeAverage();
  private readonly wantedOffered = new TimeAverage();
  private readonly away = new TimeAverage();
  private readonly lostCapacity: TimeAverage | null;
  private readonly widths: WaitingWidths | null;
  private readonly arriveType: number;
  private nextJob = 0;
  private jobsLeft: number;
  /** Until when all owners were followed, ns; infinity: to the end. */
  private ownersUntil = Number.POSITIVE_INFINITY;
  /** When a job was last submitted, started or ended, ns. */
  private lastProgress = 0;

  constructor(config: ClusterConfig) {
    this.config = config;
    const { nodes: count, glunix, costs, streams } = config;
    // An event for each owner, and one for some of the daemons: room at once, since growing takes both blocks.
    this.engine = new Engine({ expected: config.owners === null ? 1024 : Math.ceil(1.1 * count) + 1024 });
    this.events = new DomainEvents(this.engine, config.keepLog);
    this.jobs = jobRecords(config);
    this.jobsLeft = this.jobs.n;
    this.timeline = config.keepTimeline ? new Timeline(count, config.slices.rows, this.jobs) : null;
    this.events.listener = this.timeline;
    this.arriveType = this.engine.on(() => this.arrive(), 'submission');
    const hasJobs = this.jobs.n > 0;
    const idle = config.policies.idle;
    const sampleShare = glunix ? costs.sample / idle.kind.sampleEvery(idle.parameters) : 0;
    const beats = config.failures?.beats ?? null;
    const beatShare = beats === null ? 0 : costs.send / beats.every;
    const crashes = config.failures !== null;
    this.nodes = new Nodes(this.engine, count, sampleShare + beatShare, hasJobs, crashes);
    if (this.timeline !== null) {
      const { utilisation } = this.timeline.series;
      this.nodes.onGuestShare = (at, change) => {
        utilisation.shift(at / 1e9, this.engine.now / 1e9, change / count);
      };
    }
    this.ownerFactor = this.drawOwnerFactors();
    this.owners =
      config.owners === null
        ? null
        : new Owners(this.engine, this.events, count, config.owners, (node, input) =>
            this.ownerChanged(node, input),
          );

    if (glunix) {
      const chance = streams.stream('placement');
      const placement = Array.from({ length: config.slices.rows }, () =>
        config.policies.placement.create(count, chance),
      );
      const loads = config.policies.placement.readsLoad === true;
      const master = new Master(this.engine, this.events, count, placement, costs.messageDelay, loads);
      this.master = master;
      if (hasJobs) this.guests = this.makeGuests(master);
      if (hasJobs) this.queue = this.makeQueue(master, this.guests!);
      if (this.owners !== null) {
        const guests = this.guests;
        this.daemons = new Daemons(
          this.engine,
          this.events,
          this.owners,
          master,
          count,
          idle.kind,
          (readings) =>
            idle.kind.create(readings, count, idle.parameters, streams.bank('idle policy', count)),
          guests ?? undefined,
        );
        this.daemons.tellsLoads = loads;
        this.wireDaemons(this.daemons);
      }
    } else if (hasJobs) this.local = this.makeLocal();
    const saves = config.checkpoint !== null || this.logging() !== null;
    if (this.guests !== null && (saves || crashes)) {
      this.checkpoints = this.makeCheckpoints(this.guests);
    }
    if (config.failures !== null) this.crashes = this.makeCrashes(config.failures);
    if (config.memory !== null) this.memory = this.makeMemory(config.memory, this.guests!);
    if (config.faults !== null) this.faults = this.makeFaults(config.faults);
    this.watchOwners();
    const followed = this.queue !== null && config.owners === null && count <= WaitingWidths.mostNodes;
    this.widths = followed ? new WaitingWidths(count) : null;
    this.lostCapacity = followed ? new TimeAverage() : null;
  }

  run(): ClusterRun {
    const { engine, config, jobs } = this;
    this.start();
    engine.run(config.horizon);
    const end = engine.now;
    if (this.owners !== null) for (let node = 0; node < this.nodes.count; node++) this.owners.catchUp(node);
    this.nodes.settleAll();
    this.guests?.delays.close();
    this.checkAccounts(end);
    return {
      config,
      engine,
      events: this.events,
      nodes: this.nodes,
      jobs,
      owners: this.owners,
      daemons: this.daemons,
      guests: this.guests,
      shares: this.shares,
      master: this.master,
      local: this.local,
      timeline: this.timeline,
      crashes: this.crashes,
      memory: this.memory,
      checkpoints: this.checkpoints,
      faults: this.faults,
      waitWhileIdle: this.waitWhileIdle,
      offered: this.offered,
      wantedOffered: this.wantedOffered,
      away: this.away,
      lostCapacity: this.lostCapacity,
      cpuOf: (job) => this.cpuOf(job),
      ownerFactor: this.ownerFactor,
      end,
      ownersUntil: Math.min(end, this.ownersUntil),
    };
  }

  private start(): void {
    const { config, engine, jobs } = this;
    if (this.owners !== null) {
      this.away.set(0, this.owners.away);
      this.owners.start();
      this.away.set(0, this.owners.away);
    } else if (config.policies.idle.kind.offersUnowned) this.master?.startWithAll();
    this.crashes?.start();
    for (let node = 0; node < this.nodes.count; node++) {
      this.lend(node);
      this.showGround(node);
    }
    this.faults?.start();
    if (config.warmup > 0) {
      const forget = engine.on(() => this.forget(), 'end of the warm-up');
      engine.scheduleAt(config.warmup, forget, 0);
    }
    const goesOn = this.owners !== null || this.crashes !== null;
    if (goesOn && this.queue !== null && config.horizon === Number.POSITIVE_INFINITY) {
      const look = engine.on(() => {
        if (this.stuck()) engine.stop();
        else engine.schedule(config.patience, look, 0);
      }, 'look for progress');
      engine.schedule(config.patience, look, 0);
    }
    if (jobs.n > 0) engine.scheduleAt(jobs.submit[0]!, this.arriveType, 0);
    else if (config.horizon === Number.POSITIVE_INFINITY) {
      throw new InputError({
        where: 'horizon',
        found: 'there are no jobs, so the run has no end',
        would: 'give horizon a length such as 28d, or jobs a trace or a law',
      });
    }
  }

  private drawOwnerFactors(): Float64Array {
    const { config } = this;
    const factors = new Float64Array(config.owners === null ? 0 : config.nodes);
    if (factors.length === 0) return factors;
    if (!config.coversOwners) return factors.fill(1);
    const bank: StreamBank | null =
      config.overhead === null ? null : config.streams.bank("owners' programs", config.nodes);
    for (let node = 0; node < factors.length; node++) {
      factors[node] = config.costs.ownerFactor(bank === null ? 0 : config.overhead!(bank.at(node)));
    }
    return factors;
  }

  private makeGuests(master: Master): Guests {
    const { config } = this;
    const { engine, jobs } = this;
    const { ownerReturn } = config.policies;
    const holder: { guests?: Guests } = {};
    const returns = ownerReturn.kind.create(
      {
        get now() {
          return engine.now;
        },
        get freeNodes() {
          return master.freeNodes;
        },
        image: (job) => jobs.image[job]!,
        moveTime: (job) => holder.guests!.moves.estimate(jobs.image[job]!),
        ownerCpu: (node) => {
          this.owners?.follow(node);
          return this.nodes.ownerShare[node]!;
        },
        backSince: (node) => holder.guests!.delays.since(node),
      },
      ownerReturn.parameters,
    );
    const guests = new Guests(
      engine,
      this.events,
      jobs,
      this.nodes,
      master,
      config.costs,
      returns,
      config.migration,
      config.delays,
      config.slices,
    );
    holder.guests = guests;
    guests.owners = this.owners;
    if (this.timeline !== null) guests.onMode = (node) => this.showNode(node);
    return guests;
  }

  private makeMemory(config: MemoryConfig, guests: Guests): JobMemory {
    const { engine, jobs, nodes } = this;
    const { servers, network } = config;
    const wires =
      network === null
        ? new FixedWires(engine, 0, config.slab, nodes.count)
        : new NetworkWires(engine, network, nodes.count);
    const memory = new JobMemory(
      {
        engine,
        events: this.events,
        nodes: nodes.count,
        cells: guests.mode.length,
        largest: jobs.image.reduce((largest, image) => Math.max(largest, image), 0),
        image: (job) => jobs.image[job]!,
        settle: guests.pagesMove.before,
        changed: guests.pagesMove.after,
        lost: (cell, node) => guests.lose(cell, node),
      },
      { ...config, servers: { ...servers, wires } },
    );
    guests.memory = memory;
    if (this.timeline !== null) memory.onChange = () => this.showMemory();
    const { onMode } = guests;
    guests.onMode = (node) => {
      onMode(node);
      this.lend(node);
    };
    return memory;
  }

  /** A node lends its memory while it is offered, is up and holds no guest. */
  private lend(node: number): void {
    const { memory, daemons, nodes, guests } = this;
    if (memory === null) return;
    if (nodes.crashed[node] === 1) memory.crash(node);
    else memory.setLending(node, (daemons === null || daemons.accepting[node] === 1) && !guests!.uses(node));
  }

  private makeQueue(master: Master, guests: Guests): BatchQueue {
    const queue = new BatchQueue(
      this.engine,
      this.jobs,
      this.config.policies.batch.kind,
      this.config.policies.batch.pass === 'event',
      {
        freeNow: () => master.freeNodes,
        start: (job) => {
          this.lastProgress = this.engine.now;
          this.widths?.remove(this.jobs.width[job]!);
          guests.start(job);
        },
        release: (job) => {
          const over = this.jobs.state[job] !== JOB.waiting;
          guests.release(job);
          if (over) this.jobOver();
          else this.widths?.add(this.jobs.width[job]!);
        },
        acted: () => this.observeQueue(),
        sendHome: (job) => guests.sendHome(job),
      },
      this.makeShares(),
    );
    guests.queue = queue;
    master.onFreeChanged = (_node, free) => {
      if (free) guests.placeHomeless();
      queue.resize();
    };
    return queue;
  }

  /** null: jobs wait in order of arrival. */
  private makeShares(): Shares | null {
    const { kind, parameters } = this.config.policies.share;
    const users = usersOf(this.jobs.table.user);
    const shares = new Shares(this.engine, this.jobs.width, users, kind, parameters);
    if (!shares.orders) return null;
    this.shares = shares;
    return shares;
  }

  /** Where messages are logged, tasks are synchronised with their backups instead of being saved as `checkpoint` says. */
  private makeSynchronisations(guests: Guests, logging: MessageLogging): Checkpoints {
    const { jobs, config, engine } = this;
    const { costs, migration } = config;
    const interval = Math.min(logging.every, (logging.reads / logging.rate) * 1e9);
    return new Checkpoints(
      engine,
      this.events,
      guests,
      jobs.n,
      { interval: () => interval },
      {
        save: (job) => {
          const since = guests.done(job) - guests.saved[job]!;
          const messages = since * logging.rate * 1e-9;
          const dirty = Math.min(jobs.image[job]!, migration.dirty(since));
          // A node receives what is sent to the task that it backs up, and what that task sends.
          return 2 * messages * costs.receive + dirty / costs.transferRate;
        },
        bringBack: () => 0,
      },
    );
  }

  private makeCheckpoints(guests: Guests): Checkpoints {
    const { jobs, config, engine } = this;
    const { checkpoint, failures } = config;
    const logging = this.logging();
    if (logging !== null) return this.makeSynchronisations(guests, logging);
    const costs: CheckpointCosts = {
      save: (job) => checkpoint?.save(jobs.image[job]!) ?? 0,
      bringBack: (job) => checkpoint?.bringBack(jobs.image[job]!) ?? 0,
    };
    const mtbf = failures?.outages.mtbf ?? Number.POSITIVE_INFINITY;
    const view = {
      get now() {
        return engine.now;
      },
      mtbf: (job: number) => mtbf / jobs.width[job]!,
      cost: costs.save,
    };
    const policy = checkpoint?.kind.create(view, checkpoint.parameters, config.streams.stream('checkpoints'));
    return new Checkpoints(engine, this.events, guests, jobs.n, policy ?? NO_CHECKPOINTS, costs);
  }

  private logging(): MessageLogging | null {
    const { kind, parameters } = this.config.recovery;
    return kind.logging?.(parameters) ?? null;
  }

  private makeCrashes(failures: FailuresConfig): Crashes {
    const { master, guests, checkpoints, engine, jobs, config } = this;
    if (master === null || guests === null || checkpoints === null) {
      throw new Error('crashes need GLUnix and jobs');
    }
    const { streams, costs, nodes } = config;
    const { beats, outages, attempts } = failures;
    const holder: { crashes?: Crashes } = {};
    const policy = config.recovery.kind.create({
      get now() {
        return engine.now;
      },
      get freeNodes() {
        return master.freeNodes;
      },
      width: (job) => jobs.width[job]!,
      saved: (job) => guests.saved[job]!,
      backedUp: (job) => guests.isBackedUp(job),
      attempts: (job) => holder.crashes!.attemptsOf(job),
    });
    holder.crashes = new Crashes(
      {
        engine,
        events: this.events,
        nodes: this.nodes,
        jobs,
        guests,
        master,
        checkpoints,
        policy,
        owners: this.owners,
        daemons: this.daemons,
        ownerShare: (node) => (this.owners === null ? 0 : this.shareOf(node)),
      },
      {
        outages,
        beats:
          beats === null
            ? null
            : new Heartbeats(nodes, beats.every, beats.misses, streams.bank('heartbeats', nodes)),
        masterFails: failures.master ? streams.bank('fail-over', nodes) : null,
        attempts,
        messageDelay: costs.messageDelay,
        launchTime: (tasks) => costs.launchTime(tasks),
        logged: (this.logging()?.rate ?? 0) * 1e-9,
        backUp: (job) => jobs.image[job]! / costs.transferRate,
      },
    );
    return holder.crashes;
  }

  private makeFaults(faults: FaultsConfig): Faults {
    const { master, guests, jobs, config } = this;
    if (master === null || guests === null || config.horizon === Number.POSITIVE_INFINITY) {
      throw new Error('faults need GLUnix, jobs and a horizon');
    }
    return new Faults(
      this.engine,
      this.events,
      guests,
      master,
      this.nodes,
      this.owners,
      config.streams.stream('faults'),
      {
        job: (job) => config.costs.userPart(jobs.overhead[job] ?? 0),
        owner: (node) => config.costs.ownerUserPart(this.ownerFactor[node]!),
      },
      faults,
    );
  }

  /** Changes of mere CPU demand are events only where the idle policy, or gangs that take turns, feel them. */
  private watchOwners(): void {
    const { owners, guests, local } = this;
    if (owners === null) return;
    if (local !== null) {
      owners.over = (node) => this.engine.now > this.ownersUntil && local.tasks(node) === 0;
    }
    if (this.config.owners?.kind === 'law') return;
    if (this.config.policies.idle.kind.readsLoad && this.daemons !== null) return;
    owners.watched = () => false;
    const { nodes } = this;
    owners.demanded = (node, time) => {
      nodes.setOwnerShare(node, this.shareOf(node), time);
      if (local !== null) local.ownerShareChanged(node, time);
    };
    this.nodes.course = owners;
    if (local !== null) {
      local.course = owners;
      local.onUse = (node) => owners.catchUp(node);
    }
    if (guests === null) return;
    guests.onUse = (node) => owners.catchUp(node);
    if (guests.rows.rows === 1 && this.config.memory === null) {
      guests.course = owners;
      owners.follow = (node) => guests.followNode(node);
    } else owners.watched = (node) => guests.uses(node);
  }

  private wireDaemons(daemons: Daemons): void {
    const { guests, config, engine } = this;
    if (guests !== null) {
      guests.daemons = daemons;
      daemons.onOrder = (node, order) => guests.obey(node, order);
      daemons.onAccept = (node) => guests.accepted(node);
    }
    daemons.onChange = (node) => {
      this.lend(node);
      this.offered.set(engine.now, daemons.acceptingNow);
      this.wantedOffered.set(engine.now, daemons.acceptingNow >= config.wanted ? 1 : 0);
      this.timeline?.series.idle_nodes.set(engine.now / 1e9, daemons.acceptingNow);
      this.showGround(node);
    };
  }

  private makeLocal(): LocalSharing {
    const local = new LocalSharing(this.engine, this.events, this.jobs, this.nodes);
    local.onEnd = () => this.jobOver();
    local.onTasks = (node, tasks, job) => {
      this.timeline?.show(node, this.engine.now, tasks > 0 ? ROW.local : -1, job);
    };
    return local;
  }

  // -- Events ----------------------------------------------------------------------------------------------

  /** All submissions of this instant. */
  private arrive(): void {
    const { engine, jobs, config } = this;
    const { now } = engine;
    this.lastProgress = now;
    while (this.nextJob < jobs.n && jobs.submit[this.nextJob]! <= now) {
      const job = this.nextJob++;
      const width = jobs.width[job]!;
      this.events.record(EVENT.submit, job, width);
      if (width > config.nodes) {
        jobs.state[job] = JOB.rejected;
        this.events.record(EVENT.reject, job, width);
        this.jobOver();
      } else if (this.queue !== null) {
        jobs.state[job] = JOB.waiting;
        this.widths?.add(width);
        this.queue.submit(job);
      } else {
        this.local!.start(job);
        this.observeLocal();
      }
    }
    if (this.nextJob < jobs.n) engine.scheduleAt(jobs.submit[this.nextJob]!, this.arriveType, 0);
    // With each node for itself the last jobs can run for years on one node; owners elsewhere are not followed so far.
    else if (this.local !== null) {
      this.ownersUntil = now;
      if (this.owners !== null) this.owners.overSince = now;
    }
  }

  /** Owners go on for ever; jobs wider than they ever leave nodes idle, or stopped where they never do, would wait as long. */
  private stuck(): boolean {
    const guests = this.guests!;
    return (
      this.nextJob === this.jobs.n &&
      this.engine.now - Math.max(this.lastProgress, guests.stoodAt) >= this.config.patience &&
      guests.allStand()
    );
  }

  private jobOver(): void {
    this.lastProgress = this.engine.now;
    this.jobsLeft--;
    if (this.local !== null) this.observeLocal();
    if (this.jobsLeft === 0 && this.config.horizon === Number.POSITIVE_INFINITY) this.engine.stop();
  }

  private shareOf(node: number): number {
    const owners = this.owners!;
    if (this.config.failures !== null && this.nodes.crashed[node] === 1) return 0;
    return owners.down[node] === 1 ? 1 : Math.min(1, owners.load[node]! * this.ownerFactor[node]!);
  }

  private ownerChanged(node: number, input: boolean): void {
    const owners = this.owners!;
    if (this.engine.now <= this.ownersUntil) this.away.set(this.engine.now, owners.away);
    const share = this.shareOf(node);
    if (share !== this.nodes.ownerShare[node]) {
      const before = this.nodes.left(node);
      this.nodes.setOwnerShare(node, share);
      this.guests?.ownerShareChanged(node, before);
      this.local?.ownerShareChanged(node);
    }
    if (owners.present[node] === 0) this.guests?.ownerLeft(node);
    if (this.nodes.course !== null) {
      this.guests?.courseChanged(node);
      this.local?.courseChanged(node);
    }
    if (input || this.config.policies.idle.kind.readsLoad) this.daemons?.changed(node);
    if (this.timeline !== null) {
      const now_s = this.engine.now / 1e9;
      this.timeline.series.owned_nodes.set(now_s, this.nodes.count - owners.away);
      this.showGround(node);
    }
  }

  // -- Observation -----------------------------------------------------------------------------------------

  private observeQueue(): void {
    const { engine, master, queue, guests } = this;
    const now = engine.now;
    const free = master!.freeNodes;
    this.waitWhileIdle.set(now, queue!.waiting > 0 && free > 0 ? 1 : 0);
    if (this.widths !== null) this.lostCapacity!.set(now, this.widths.smallest() <= free ? free : 0);
    if (this.timeline !== null) {
      const now_s = now / 1e9;
      this.timeline.series.waiting_jobs.set(now_s, queue!.waiting);
      this.timeline.series.running_jobs.set(now_s, guests!.running);
      if (this.daemons === null) this.timeline.series.idle_nodes.set(now_s, free);
      this.timeline.queue(now, free, this.shares === null ? -1 : queue!.head());
    }
  }

  private observeLocal(): void {
    const { engine, local } = this;
    this.waitWhileIdle.set(engine.now, local!.crowded > 0 && local!.empty > 0 ? 1 : 0);
    if (this.timeline !== null) {
      const now_s = engine.now / 1e9;
      this.timeline.series.running_jobs.set(now_s, local!.running);
      this.timeline.series.idle_nodes.set(now_s, local!.empty);
    }
  }

  private showNode(node: number): void {
    if (this.timeline!.full) return;
    const { mode, guestOf } = this.guests!;
    for (let cell = node; cell < mode.length; cell += this.nodes.count) {
      this.timeline!.show(cell, this.engine.now, rowKind(mode[cell]!), guestOf[cell]!);
    }
    // A crash and a repair show in what becomes of tasks, too.
    this.showGround(node);
  }

  private showGround(node: number): void {
    if (this.timeline === null || this.timeline.full) return;
    this.timeline.setGround(node, this.engine.now, this.groundOf(node));
  }

  private groundOf(node: number): number {
    const { owners, daemons, memory } = this;
    const present = owners?.present[node] === 1;
    const offered = daemons !== null ? daemons.accepting[node] === 1 : this.master?.told[node] === 1;
    let bits = present ? GROUND.present : 0;
    if (this.local === null ? offered : !present) bits |= GROUND.idle;
    if (owners?.down[node] === 1) bits |= GROUND.withdrawn;
    if (this.config.failures !== null && this.nodes.crashed[node] === 1) bits |= GROUND.crashed;
    if (memory !== null && memory.servers.heldBy(node) > 0) bits |= GROUND.lends;
    if (memory?.isShortAt(node) === true) bits |= GROUND.pages;
    return bits;
  }

  /** Memory has changed places: any node may hold some of another, or no longer. */
  private showMemory(): void {
    for (let node = 0; node < this.nodes.count; node++) this.showGround(node);
  }

  /** Averages over time begin anew. */
  private forget(): void {
    const { now } = this.engine;
    for (const average of [this.waitWhileIdle, this.offered, this.wantedOffered, this.away])
      average.reset(now);
    this.lostCapacity?.reset(now);
  }

  // -- Books -----------------------------------------------------------------------------------------------

  private cpuOf(job: number): number {
    return this.guests?.cpuOf(job) ?? this.local?.cpuOf(job) ?? 0;
  }

  /** Every job is in one state, and as many wait and run as the queue and the nodes hold. */
  private checkJobs(): void {
    const { queue, guests, jobs } = this;
    if (queue === null || guests === null) return;
    let waiting = 0;
    let running = 0;
    for (const state of jobs.state) {
      if (state === JOB.waiting) waiting++;
      else if (state === JOB.launching || state === JOB.running) running++;
    }
    if (waiting !== queue.waiting || running !== guests.running) {
      throw new CheckError(
        `${waiting} jobs wait and ${running} run; the queue has ${queue.waiting} and the nodes have ${guests.running}`,
      );
    }
  }

  /** CPU time is conserved: every node's accounts add up to its time, and the jobs' progress to the guests' CPU. */
  private checkAccounts(end: number): void {
    const { nodes } = this;
    this.memory?.check();
    this.guests?.checkPlaces();
    this.checkJobs();
    let jobCpu = 0;
    for (let job = 0; job < this.jobs.n; job++) jobCpu += this.cpuOf(job);
    let guest = 0;
    for (let node = 0; node < nodes.count; node++) {
      const sum = nodes.total(node);
      // Said so that a sum that is no number fails too.
      if (!(Math.abs(sum - end) <= 1e-9 * end + 1)) {
        throw new CheckError(`node ${node}: its accounts add up to ${sum / 1e9} s of ${end / 1e9} s`);
      }
      guest += nodes.guest[node] ?? 0;
    }
    // A completion falls on a whole nanosecond, so each task may be off by as much.
    if (!(Math.abs(guest - jobCpu) <= 1e-6 * jobCpu + 1e3 * (this.jobs.n + 1))) {
      throw new CheckError(
        `guests used ${guest / 1e9} s of CPU by the nodes' accounts and ${jobCpu / 1e9} s by the jobs' progress`,
      );
    }
  }
}

function jobRecords(config: ClusterConfig): JobRecords {
  const table = config.jobs ?? EMPTY_TABLE;
  const { n } = table;
  const { costs } = config;
  const records: JobRecords = {
    n,
    table,
    width: table.width.slice(),
    submit: new Float64Array(n),
    estimate: new Float64Array(n),
    run_s: table.run_s,
    work: new Float64Array(n),
    cpuPart: new Float64Array(n).fill(1),
    overhead: new Float64Array(config.overhead === null ? 0 : n),
    image: new Float64Array(n),
    state: new Uint8Array(n),
    start: new Float64Array(n).fill(Number.NaN),
    firstStart: new Float64Array(n).fill(Number.NaN),
    end: new Float64Array(n).fill(Number.NaN),
    lostCpu: new Float64Array(n),
  };
  const bank = config.overhead === null || n === 0 ? null : config.streams.bank("jobs' programs", n);
  for (let job = 0; job < n; job++) {
    const h = bank === null ? 0 : config.overhead!(bank.at(job));
    if (bank !== null) records.overhead[job] = h;
    records.submit[job] = Math.round(table.submit_s[job]! * 1e9);
    records.estimate[job] = Math.round(table.estimate_s[job]! * 1e9);
    records.work[job] = Math.round(costs.runTime(table.run_s[job]!, h) * 1e9);
    if (config.glunix) records.cpuPart[job] = costs.cpuPart(h);
    records.image[job] = table.memory[job]! > 0 ? table.memory[job]! : config.image();
    if (table.width[job]! > config.nodes && config.tooWide !== 'reject') tooWide(records, job, config);
  }
  return records;
}

function tooWide(records: JobRecords, job: number, config: ClusterConfig): void {
  if (config.tooWide === 'clamp') {
    records.width[job] = config.nodes;
    return;
  }
  throw new InputError({
    where: 'jobs.too_wide',
    found: `job ${records.table.id[job]} needs ${records.width[job]} processors and there are ${config.nodes}`,
    would: 'set cluster.nodes higher, or jobs.too_wide to reject or clamp',
  });
}

const NO_CHECKPOINTS: CheckpointPolicy = { interval: () => Number.POSITIVE_INFINITY };

const EMPTY_TABLE: JobTable = {
  n: 0,
  id: new Float64Array(0),
  submit_s: new Float64Array(0),
  run_s: new Float64Array(0),
  estimate_s: new Float64Array(0),
  width: new Int32Array(0),
  user: new Int32Array(0),
  memory: new Float64Array(0),
  status: new Int8Array(0),
  offset_s: 0,
};
