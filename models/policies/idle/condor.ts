/**
 * Condor's rules, from its example policy: a state machine a node, looked at in every poll.
 *
 *   Owner, Unclaimed   offered when keyboard and mouse have been idle for 15 min and the load of others is at most 0.3.
 *   Running            suspended when there is input, or the load of others has been 0.5 and more for over 2 min and the
 *                      job has run for over 90 s; but a large job that can be checkpointed goes at once where there is input.
 *   Suspended          goes on when the load is at most 0.3, it has been suspended for over 10 s, and the keyboard idle for
 *                      over 5 min; goes away when it has been suspended for over 10 min (this is looked at first).
 *   Vacating           saved at its home if it has been there for over 10 min and can be, otherwise killed; killed too when
 *                      saving has taken over 10 min.
 *
 * Polls are computed: between two changes of what can be read every condition becomes true at a known time. That a
 * guest has come or gone is known at once (claims are told). Loads are read as they are at the instant; when a load
 * went up is known exactly. Left out: Unix's averaging of loads, periodic checkpoints (`policies.checkpoint`),
 * matchmaking every minute (the queue starts a job as soon as it can).
 * `condor88` is the same machine with the numbers of 1988: owners looked at every 30 s, guests saved after 5 min.
 * Source: facts A037-A046, A048 (read in the source); A049, A050 for 1988 (recalled).
 */
import type { StreamBank } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';
import {
  GUEST,
  type IdleParameters,
  type IdlePolicy,
  type IdlePolicyKind,
  type NodeReadings,
  ORDER,
} from './contract.ts';
import { PHASE, Polls } from './polls.ts';

const time = (doc: string, value: string) =>
  ({ kind: 'time', doc, default: value, min: 0 }) as const satisfies Field;

const FIELDS = {
  poll: { kind: 'time', doc: 'time between two polls (A048)', default: '5s', above: 0 },
  phase: PHASE,
  start_idle: time('keyboard idle for longer before the node is offered (A037)', '900s'),
  background_load: {
    kind: 'number',
    doc: 'load of others at most which the CPU counts as idle (A038)',
    default: 0.3,
    min: 0,
  },
  high_load: {
    kind: 'number',
    doc: 'load of others from which the CPU counts as busy (A039)',
    default: 0.5,
    min: 0,
  },
  keyboard_busy: time('keyboard idle for less counts as input (A040)', '60s'),
  cpu_busy: time('a busy CPU suspends the guest after more than this (A041)', '120s'),
  least_run: time('a busy CPU does not suspend a guest that has been there for less (A041)', '90s'),
  least_suspended: time('a guest goes on after more than this (A042)', '10s'),
  continue_idle: time('keyboard idle for longer before a guest goes on (A042)', '300s'),
  most_suspended: time('a guest suspended for longer goes away (A043)', '600s'),
  small: {
    kind: 'bytes',
    doc: 'a guest with a smaller image may be suspended at input; a larger one goes at once (A044)',
    default: '15MiB',
    min: 0,
  },
  most_vacating: time('time to save a guest before it is killed (A045)', '600s'),
  least_vacated: time('a guest that has been there for less is killed, not saved (A046)', '600s'),
  checkpointable: { kind: 'boolean', doc: 'whether guests can be saved (A044, A046)', default: true },
} as const satisfies Record<string, Field>;

const OWNER = 0;
const UNCLAIMED = 1;
const RUNNING = 2;
const SUSPENDED = 3;
const VACATING = 4;

const kindOf = (
  doc: string,
  fields: Readonly<Record<string, Field>>,
  reportEvery: number,
): IdlePolicyKind => ({
  doc,
  fields,
  readsLoad: true,
  ordersGuests: true,
  offersUnowned: true,
  sampleEvery: (parameters) => parameters['poll'] as number,
  reportEvery,
  create: (readings, nodes, parameters, chance) => new Condor(readings, nodes, parameters, chance),
});

/** Time between two reports, ns (A048). */
const REPORT_EVERY = 300e9;
export const condor = kindOf(
  "Condor's example policy: start, suspend, continue, preempt and vacate in states of its own",
  FIELDS,
  REPORT_EVERY,
);

/** Time between two polls of the coordinator, each of which a node answers, ns (A049). */
const COORDINATOR_EVERY = 120e9;
export const condor88 = kindOf(
  'Condor of 1988: owners looked at every 30 s; guests suspended for 5 min, then saved and moved',
  {
    ...FIELDS,
    poll: { ...FIELDS.poll, doc: 'time between two looks for the owner (A049)', default: '30s' },
    // Whether the owner is still there after being seen once is all that was asked; the minute is assumed.
    continue_idle: time('keyboard idle for longer before a guest goes on (assumed)', '60s'),
    most_suspended: time('a guest suspended for longer goes away (A050)', '300s'),
    least_vacated: time('a guest that has been there for less is killed, not saved (assumed: none is)', '0s'),
    small: {
      ...FIELDS.small,
      doc: 'a larger guest goes at once (assumed: all are suspended first)',
      default: '1TiB',
    },
  },
  COORDINATOR_EVERY,
);

class Condor implements IdlePolicy {
  private readonly readings: NodeReadings;
  private readonly polls: Polls;
  private readonly state: Uint8Array;
  /** When the state was entered, ns. */
  private readonly since: Float64Array;
  /** When the guest came, ns. */
  private readonly came: Float64Array;
  /** Since when the load of others has been high, ns; infinity while it is not. */
  private readonly busySince: Float64Array;
  private readonly startIdle: number;
  private readonly background: number;
  private readonly high: number;
  private readonly keyboardBusy: number;
  private readonly cpuBusy: number;
  private readonly leastRun: number;
  private readonly leastSuspended: number;
  private readonly continueIdle: number;
  private readonly mostSuspended: number;
  private readonly small: number;
  private readonly mostVacating: number;
  private readonly leastVacated: number;
  private readonly checkpointable: boolean;
  order: number = ORDER.none;

  constructor(readings: NodeReadings, nodes: number, parameters: IdleParameters, chance: StreamBank) {
    const number = (name: keyof typeof FIELDS) => parameters[name] as number;
    this.readings = readings;
    this.polls = new Polls(nodes, number('poll'), parameters['phase'], chance);
    this.state = new Uint8Array(nodes);
    this.since = new Float64Array(nodes);
    this.came = new Float64Array(nodes);
    this.busySince = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
    this.startIdle = number('start_idle');
    this.background = number('background_load');
    this.high = number('high_load');
    this.keyboardBusy = number('keyboard_busy');
    this.cpuBusy = number('cpu_busy');
    this.leastRun = number('least_run');
    this.leastSuspended = number('least_suspended');
    this.continueIdle = number('continue_idle');
    this.mostSuspended = number('most_suspended');
    this.small = number('small');
    this.mostVacating = number('most_vacating');
    this.leastVacated = number('least_vacated');
    this.checkpointable = parameters['checkpointable'] === true;
  }

  accepting(node: number): boolean {
    const state = this.state[node];
    return state === UNCLAIMED || state === RUNNING;
  }

  changed(node: number): number {
    this.order = ORDER.none;
    this.read(node);
    return this.nextPoll(node);
  }

  wake(node: number): number {
    const { now } = this.readings;
    this.order = ORDER.none;
    this.read(node);
    this.polls.carryOut(node, now);
    switch (this.state[node]) {
      case OWNER:
        if (this.starts(node)) this.enter(node, UNCLAIMED);
        break;
      case UNCLAIMED:
        if (!this.starts(node)) this.enter(node, OWNER);
        break;
      case RUNNING:
        this.look(node);
        break;
      case SUSPENDED:
        if (now - this.since[node]! > this.mostSuspended) this.preempt(node);
        else if (this.continues(node)) this.enter(node, RUNNING);
        break;
      default:
        if (now - this.since[node]! > this.mostVacating) this.order = ORDER.kill;
    }
    return this.nextPoll(node);
  }

  /** What is known at once, polls or not: how the load goes, and guests that have come or gone. */
  private read(node: number): void {
    const { now } = this.readings;
    if (this.readings.ownerLoad(node) < this.high) this.busySince[node] = Number.POSITIVE_INFINITY;
    else if (this.busySince[node] === Number.POSITIVE_INFINITY) this.busySince[node] = now;
    const guest = this.readings.guest(node);
    if (this.state[node]! <= UNCLAIMED) {
      if (guest !== GUEST.runnable) return;
      this.came[node] = now;
      this.enter(node, RUNNING);
    } else if (guest === GUEST.none) this.enter(node, this.starts(node) ? UNCLAIMED : OWNER);
  }

  private enter(node: number, state: number): void {
    this.state[node] = state;
    this.since[node] = this.readings.now;
  }

  /** Time since the last input, ns. */
  private quietFor(node: number): number {
    return this.readings.ownerPresent(node) ? 0 : this.readings.now - this.readings.lastInput(node);
  }

  private starts(node: number): boolean {
    return this.quietFor(node) > this.startIdle && this.readings.ownerLoad(node) <= this.background;
  }

  private continues(node: number): boolean {
    return (
      this.readings.ownerLoad(node) <= this.background &&
      this.readings.now - this.since[node]! > this.leastSuspended &&
      this.quietFor(node) > this.continueIdle
    );
  }

  /** A guest runs: is it to be suspended, and may it be? */
  private look(node: number): void {
    const { now } = this.readings;
    const input = this.quietFor(node) < this.keyboardBusy;
    const busy = now - this.busySince[node]! > this.cpuBusy && now - this.came[node]! > this.leastRun;
    if (!input && !busy) return;
    if (this.readings.image(node) < this.small || !input || !this.checkpointable) {
      this.enter(node, SUSPENDED);
      this.order = ORDER.suspend;
    } else this.preempt(node);
  }

  private preempt(node: number): void {
    const long = this.readings.now - this.came[node]! > this.leastVacated;
    this.enter(node, VACATING);
    this.order = long && this.checkpointable ? ORDER.vacate : ORDER.kill;
  }

  /** The first poll at which something would happen if nothing that can be read changes. */
  private nextPoll(node: number): number {
    const { now } = this.readings;
    const { polls } = this;
    const after = (time: number) => polls.after(node, time, now);
    const present = this.readings.ownerPresent(node);
    const lastInput = this.readings.lastInput(node);
    const calm = this.readings.ownerLoad(node) <= this.background;
    switch (this.state[node]) {
      case OWNER:
        return present || !calm ? Number.POSITIVE_INFINITY : after(lastInput + this.startIdle);
      case UNCLAIMED: {
        const next = polls.from(node, now, now);
        return present || !calm || next - lastInput <= this.startIdle ? next : Number.POSITIVE_INFINITY;
      }
      case RUNNING: {
        const next = polls.from(node, now, now);
        if ((present ? 0 : next - lastInput) < this.keyboardBusy) return next;
        return after(Math.max(this.busySince[node]! + this.cpuBusy, this.came[node]! + this.leastRun));
      }
      case SUSPENDED: {
        const away = after(this.since[node]! + this.mostSuspended);
        if (present || !calm) return away;
        return Math.min(
          away,
          after(Math.max(this.since[node]! + this.leastSuspended, lastInput + this.continueIdle)),
        );
      }
      default:
        return after(this.since[node]! + this.mostVacating);
    }
  }
}
