/**
 * What a run pays: jobs and owners for the services that they call, the global layer for its operations, all by
 * the one cost model of `models/os`, on the machine and network of the scenario.
 *
 * A logged run time is the job's user time u plus its services priced under a plain kernel on the same machine:
 *   run = u (1 + k),  k = seconds of service per second of u under in-kernel.
 * Under another structure the same u needs u (1 + h + x): h the program's SFI overhead (drawn per program, zero
 * where the structure does not tax user time), x the services under that structure. Device time inside services
 * is waited for, not used.
 */
import type { Split } from './os/cost.ts';
import type { OsPrices } from './os/index.ts';

/** Seconds per second of user time, or shares of a total; the parts into which reports split a job's time. */
export interface Parts {
  user: number;
  services: number;
  crossings: number;
  copies: number;
  inflation: number;
  sfi: number;
}

export interface NetworkTimes {
  /** ns from sender to receiver, software apart. */
  readonly latency: number;
  /** ns for which a message of one page occupies the wire, headers and gaps included. */
  readonly pageWire: number;
  /** One wire for all nodes: transfers wait for each other. */
  readonly shared: boolean;
}

export class RunCosts {
  /** ns of CPU: start a process; stop one; let one go on; freeze one and set it going elsewhere. */
  readonly spawn: number;
  readonly stop: number;
  readonly resume: number;
  readonly freeze: number;
  readonly thaw: number;
  /** ns of CPU for one sample of a node's idleness. */
  readonly sample: number;
  /** ns from one node's sending a short message to another's having received it. */
  readonly messageDelay: number;
  /** Bytes per ns at which a process image moves: the slowest of the wire and of handling pages at each end. */
  readonly transferRate: number;
  /** Whether transfers of images wait for each other on one wire. */
  readonly sharedWire: boolean;
  /** ns of CPU to send a short message, and to receive one. */
  readonly send: number;
  readonly receive: number;
  private readonly sendPage: number;
  /** ns of CPU of a fault that is answered from another node, and until it is. */
  private readonly fault: number;
  private readonly fetch: number;
  private readonly receivePage: number;
  private readonly page: number;
  private readonly plain: Split;
  private readonly structure: Split;
  /** Whether this structure is a plain kernel, or prices equal it: run times are then the log's, to the bit. */
  private readonly asLogged: boolean;

  constructor(
    prices: OsPrices,
    plain: Split,
    structure: Split,
    network: NetworkTimes,
    page: number,
    free: boolean,
  ) {
    this.plain = plain;
    this.structure = structure;
    this.asLogged = sum(plain) === 0 && sum(structure) === 0;
    this.page = page;
    const price = (operation: Parameters<OsPrices['operation']>[0]) => prices.operation(operation);
    this.spawn = price('spawn');
    this.stop = price('stop');
    this.resume = price('continue');
    this.freeze = price('freeze');
    this.thaw = price('resume');
    this.sample = price('sample-idleness');
    this.send = price('send');
    this.sendPage = prices.operation('transfer-page', page);
    this.receivePage = prices.operation('receive', page);
    this.fault = prices.operation('fault-remote', page);
    this.fetch = this.fault + this.sendPage + 2 * network.latency + network.pageWire;
    this.sharedWire = network.shared;
    this.receive = price('receive');
    this.messageDelay = free ? 0 : this.send + network.latency + this.receive;
    const perPage = free ? 0 : Math.max(network.pageWire, this.sendPage, this.receivePage);
    this.transferRate = page / perPage;
  }

  /** ns from the decision to launch a job of `width` tasks to all of them running: messages in turn, starts at once. */
  launchTime(width: number): number {
    return (width - 1) * this.send + this.messageDelay + this.spawn;
  }

  /** ns of CPU to send `bytes` of a process image. */
  sendCpu(bytes: number): number {
    return (bytes / this.page) * this.sendPage;
  }

  /** ns of CPU to receive them. */
  receiveCpu(bytes: number): number {
    return (bytes / this.page) * this.receivePage;
  }

  /**
   * Fetching `bytes` of memory page by page from another node as they are referred to, ns: how long the process waits,
   * and the CPU that this takes at either end.
   */
  fetchOf(bytes: number): { time: number; cpu: number; far: number } {
    const pages = Math.ceil(bytes / this.page);
    return { time: pages * this.fetch, cpu: pages * this.fault, far: pages * this.sendPage };
  }

  /** Seconds that a job of logged run time `run_s` needs under the structure, for a program of overhead `h`. */
  runTime(run_s: number, h: number): number {
    if (this.asLogged && h === 0) return run_s;
    return (run_s * (1 + h + sum(this.structure))) / (1 + sum(this.plain));
  }

  /** User time of a program of overhead `h` per its time on dedicated nodes: what its calls are counted by. */
  userPart(h: number): number {
    return 1 / (1 + h + sum(this.structure));
  }

  /** User time of an owner's programs per their CPU time, for those that need `factor` times the CPU of a plain kernel. */
  ownerUserPart(factor: number): number {
    return 1 / (factor * (1 + cpu(this.plain)));
  }

  /** CPU that an owner's programs want under the structure, per CPU that they want under a plain kernel. */
  ownerFactor(h: number): number {
    return (1 + h + cpu(this.structure)) / (1 + cpu(this.plain));
  }

  /** Share of a job's time in which it uses its CPUs. */
  cpuPart(h: number): number {
    return 1 - this.structure.device / (1 + h + sum(this.structure));
  }

  /** How the CPU time of a program of overhead `h` splits; the parts (device apart) add up to 1. */
  split(h: number): Parts {
    const total = 1 + h + cpu(this.structure);
    return {
      user: 1 / total,
      services: this.structure.body / total,
      crossings: this.structure.crossings / total,
      copies: this.structure.copies / total,
      inflation: this.structure.inflation / total,
      sfi: h / total,
    };
  }
}

function cpu(split: Split): number {
  return split.body + split.crossings + split.copies + split.inflation;
}

function sum(split: Split): number {
  return cpu(split) + split.device;
}
