/**
 * Sprite's idle rule, from the source of its migration daemon: every 5 s the daemon reads the time since the last
 * input and the ready count, keeps three load averages (1, 5 and 15 min), and
 *   accepts when there was no input for 30 s (or none since boot) and the averages are at most (0.75, 1.0, 1.5);
 *   refuses when there was input within 30 s, or an average, less the low-priority processes, is over (2.5, 2.75, 3.0);
 *   evicts at the sample at which the time since the last input has fallen below 30 s.
 * It reports each change at once and otherwise every 60 s.
 *
 * Samples are computed: between two changes of what can be read the averages follow a known course, and the sample
 * at which a threshold is crossed is found by running through them (beyond 4,096 unchanged samples by the closed
 * form, which can differ in the last bits). A change at the instant of a sample is seen by it if it was scheduled
 * first. Left out: the random 1-999 ms before a report under load (A009), the variant of the thesis' text.
 * Source: facts A001-A009.
 */
import type { StreamBank } from '../../../sim/engine/streams.ts';
import { type IdlePolicy, type IdlePolicyKind, type NodeReadings, ORDER } from './contract.ts';

/** Thresholds (1, 5, 15 min) to accept at most (A002) and to refuse above (A003). */
const ACCEPT_AT = [0.75, 1.0, 1.5] as const;
const REFUSE_ABOVE = [2.5, 2.75, 3.0] as const;
/** Weight of the old average at each sample (A007). */
const WEIGHT = [Math.exp(-1 / 12), Math.exp(-1 / 60), Math.exp(-1 / 180)] as const;
/** An average below this is set to zero (source of the daemon). */
const NOTHING = 1e-5;
const MOST_STEPS = 4096;
/** Longest time between two reports, ns (A005). */
const REPORT_EVERY = 60e9;

export const sprite: IdlePolicyKind = {
  doc: "Sprite's rule: 30 s without input and low load averages, sampled every 5 s, with hysteresis",
  fields: {
    input: {
      kind: 'time',
      doc: 'time without input before the node accepts (A001)',
      default: '30s',
      above: 0,
    },
    sample: { kind: 'time', doc: 'time between two samples (A004)', default: '5s', above: 0 },
    phase: {
      kind: 'choice',
      doc: 'when the daemons sample',
      of: { spread: 'each at an instant of its own', together: 'all at multiples of the period' },
      default: 'spread',
    },
  },
  readsLoad: true,
  offersUnowned: true,
  sampleEvery: (parameters) => parameters['sample'] as number,
  reportEvery: REPORT_EVERY,
  create: (readings, nodes, parameters, chance) =>
    new Sprite(
      readings,
      nodes,
      parameters['input'] as number,
      parameters['sample'] as number,
      parameters['phase'] === 'together' ? null : chance,
    ),
};

class Sprite implements IdlePolicy {
  private readonly readings: NodeReadings;
  private readonly input: number;
  private readonly period: number;
  private readonly accepts: Uint8Array;
  private readonly average: readonly [Float64Array, Float64Array, Float64Array];
  /** Next sample of each node, ns. */
  private readonly next: Float64Array;
  /** What the samples up to the next change read. */
  private readonly present: Uint8Array;
  private readonly lastInput: Float64Array;
  private readonly queue: Float64Array;
  private readonly foreign: Uint8Array;
  /** Time since the last input at the latest sample, ns. */
  private readonly quietBefore: Float64Array;
  order: number = ORDER.none;

  constructor(
    readings: NodeReadings,
    nodes: number,
    input: number,
    sample: number,
    chance: StreamBank | null,
  ) {
    this.readings = readings;
    this.input = input;
    this.period = sample;
    this.accepts = new Uint8Array(nodes);
    this.average = [new Float64Array(nodes), new Float64Array(nodes), new Float64Array(nodes)];
    this.next = new Float64Array(nodes);
    // A daemon that starts at zero takes its first sample a period later.
    if (chance === null) this.next.fill(sample);
    else for (let i = 0; i < nodes; i++) this.next[i] = Math.floor(chance.next(i) * sample);
    this.present = new Uint8Array(nodes);
    this.lastInput = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
    this.queue = new Float64Array(nodes);
    this.foreign = new Uint8Array(nodes);
    this.quietBefore = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
  }

  accepting(node: number): boolean {
    return this.accepts[node] === 1;
  }

  changed(node: number): number {
    const readings = this.readings;
    this.order = ORDER.none;
    this.runQuietly(node, readings.now);
    this.present[node] = readings.ownerPresent(node) ? 1 : 0;
    this.lastInput[node] = readings.lastInput(node);
    this.foreign[node] = readings.foreign(node);
    this.queue[node] = readings.ownerLoad(node) + readings.foreign(node);
    return this.nextDecision(node);
  }

  wake(node: number): number {
    this.order = ORDER.none;
    this.runQuietly(node, this.readings.now);
    this.sample(node);
    return this.nextDecision(node);
  }

  /** Samples before `until`, none of which decides anything (that was computed when they were skipped). */
  private runQuietly(node: number, until: number): void {
    const behind = until - this.next[node]!;
    if (behind <= 0) return;
    let steps = Math.ceil(behind / this.period);
    const last = this.next[node]! + (steps - 1) * this.period;
    this.next[node] = last + this.period;
    this.quietBefore[node] = this.quietAt(node, last);
    const q = this.queue[node]!;
    for (let i = 0; i < 3; i++) {
      const column = this.average[i]!;
      let a = column[node]!;
      if (a === q) continue;
      const w = WEIGHT[i]!;
      if (steps > MOST_STEPS) {
        a = settled(q + (a - q) * w ** (steps - MOST_STEPS));
        steps = MOST_STEPS;
      }
      for (let k = 0; k < steps && a !== q; k++) a = settled(w * a + (1 - w) * q);
      column[node] = a;
    }
  }

  /** One sample, at which the daemon decides. */
  private sample(node: number): void {
    const at = this.next[node]!;
    this.next[node] = at + this.period;
    const q = this.queue[node]!;
    const quietFor = this.quietAt(node, at);
    let low = true;
    let high = false;
    for (let i = 0; i < 3; i++) {
      const a = settled(WEIGHT[i]! * this.average[i]![node]! + (1 - WEIGHT[i]!) * q);
      this.average[i]![node] = a;
      if (a > ACCEPT_AT[i]!) low = false;
      if (a - this.foreign[node]! > REFUSE_ABOVE[i]!) high = true;
    }
    if (this.quietBefore[node]! > this.input && quietFor < this.input) this.order = ORDER.leave;
    this.quietBefore[node] = quietFor;
    if (this.accepts[node] === 1) {
      if (quietFor < this.input || high) this.accepts[node] = 0;
    } else if (quietFor >= this.input && low) this.accepts[node] = 1;
  }

  /** Time of the first sample from the next one on that would decide something if nothing changes. */
  private nextDecision(node: number): number {
    const q = this.queue[node]!;
    const foreign = this.foreign[node]!;
    let at = this.next[node]!;
    if (this.quietBefore[node]! > this.input && this.quietAt(node, at) < this.input) return at;
    let a0 = this.average[0][node]!;
    let a1 = this.average[1][node]!;
    let a2 = this.average[2][node]!;
    if (this.accepts[node] === 1) {
      // Averages move towards q and never past it: they can exceed a threshold later only if q does.
      if (q - foreign <= REFUSE_ABOVE[0] && Math.max(a0, a1, a2) - foreign <= REFUSE_ABOVE[0]) {
        return Number.POSITIVE_INFINITY;
      }
    } else {
      if (this.present[node] === 1) return Number.POSITIVE_INFINITY;
      const quietEnough = this.lastInput[node]! + this.input;
      if (at < quietEnough && a0 === q && a1 === q && a2 === q) {
        if (q > ACCEPT_AT[0]) return Number.POSITIVE_INFINITY;
        return at + Math.ceil((quietEnough - at) / this.period) * this.period;
      }
    }
    for (let k = 0; k < 4 * MOST_STEPS; k++) {
      a0 = settled(WEIGHT[0] * a0 + (1 - WEIGHT[0]) * q);
      a1 = settled(WEIGHT[1] * a1 + (1 - WEIGHT[1]) * q);
      a2 = settled(WEIGHT[2] * a2 + (1 - WEIGHT[2]) * q);
      if (this.accepts[node] === 1) {
        if (
          a0 - foreign > REFUSE_ABOVE[0] ||
          a1 - foreign > REFUSE_ABOVE[1] ||
          a2 - foreign > REFUSE_ABOVE[2]
        ) {
          return at;
        }
      } else if (
        a0 <= ACCEPT_AT[0] &&
        a1 <= ACCEPT_AT[1] &&
        a2 <= ACCEPT_AT[2] &&
        this.quietAt(node, at) >= this.input
      ) {
        return at;
      }
      if (a0 === q && a1 === q && a2 === q && this.lastInput[node]! + this.input <= at) {
        return Number.POSITIVE_INFINITY;
      }
      at += this.period;
    }
    return at;
  }

  private quietAt(node: number, at: number): number {
    return this.present[node] === 1 ? 0 : at - this.lastInput[node]!;
  }
}

function settled(average: number): number {
  return average < NOTHING ? 0 : average;
}
