/**
 * How much longer user code of a traced program, or a traced process as a whole, takes on another machine. A trace has the
 * times of the processor on which it was made; on a slower one the same calls come less often per second of user time.
 *
 * By the speed ratings (SPECint92) of both machines, where both have one; else by their clocks; else not at all. The
 * traced machine is a preset or a machine file, or what the trace's own header says: `clock: 2600 MHz`,
 * `speed: 30.1 SPECint92`. Nothing is fitted: a ratio of clocks supposes equal work in a cycle, so that it is too small
 * where the traced processor is of a later kind, and the note under the table says so.
 *
 * Left out: memory, which has not kept pace with clocks; how programs differ.
 */
import type { Constant } from '../presets/constant.ts';
import { megahertz } from '../presets/constant.ts';
import type { Family, Machine } from '../presets/machines.ts';

/** What is known of the processor on which a trace was made. */
export interface TracedOn {
  readonly name: string;
  readonly speed?: Constant | 'none';
  readonly clock?: Constant;
  readonly family?: Family;
}

/** The factor on user time, and how it came about, for whoever reads the results. */
export interface UserScale {
  readonly factor: number;
  readonly note: string;
}

/** What is scaled, in the words of the notes: by which settings, and what comes of it where nothing is known. */
interface Scaled {
  readonly is: string;
  readonly that: string;
  readonly settings: string;
  readonly unscaled: string;
}
const USER_TIME: Scaled = {
  is: 'user time is',
  that: 'that',
  settings: 'services',
  unscaled:
    'On a slower machine calls then come too often per second of user time, which flatters structures that tax user time',
};
/** Run times of traced processes: user time and services alike, since such a trace does not tell them apart. */
export const RUN_TIMES: Scaled = {
  is: 'run times are',
  that: 'those',
  settings: 'jobs',
  unscaled: 'On a slower machine the same processes run longer, and load it more',
};

/** What the header of a trace says of the processor. */
export function tracedOnOf(header: Readonly<Record<string, string>>): TracedOn {
  const said = (key: string, units: string): Constant | undefined => {
    const match = new RegExp(`^(\\d+(?:\\.\\d+)?) ?(${units})$`).exec(header[key] ?? '');
    if (match === null || Number(match[1]) === 0) return undefined;
    return { value: Number(match[1]), unit: match[2]!, fact: 'header of the trace', quality: 'measured' };
  };
  const [speed, clock] = [said('speed', 'SPECint92'), said('clock', 'MHz|GHz')];
  const family = FAMILIES[/^\w+/.exec(header['machine'] ?? '')?.[0] ?? ''];
  return {
    name: 'the traced machine',
    ...(family === undefined ? {} : { family }),
    ...(speed === undefined ? {} : { speed }),
    ...(clock === undefined ? {} : { clock }),
  };
}

/** Processor families by what node calls them. */
const FAMILIES: Readonly<Record<string, Family>> = { x64: 'x86-64', arm64: 'arm64' };

const text = (c: Constant) => `${c.value} ${c.unit}`;
const shown = (factor: number) => Number(factor.toPrecision(3));

/** The factor for a machine. */
export function userScale(traced: TracedOn, machine: Machine, what = USER_TIME): UserScale {
  const { is, that, settings, unscaled } = what;
  const { speed, clock } = traced;
  if (speed !== undefined && speed !== 'none' && machine.speed !== 'none') {
    const factor = speed.value / machine.speed.value;
    return {
      factor,
      note: `${is} ${that} of ${traced.name}, times ${shown(factor)} for ${machine.name}, by speed: ${text(speed)} and ${text(machine.speed)}`,
    };
  }
  if (clock !== undefined) {
    const factor = megahertz(clock) / megahertz(machine.clock);
    const bias =
      traced.family === machine.family ? '' : '; too little where the faster one also does more in a cycle';
    return {
      factor,
      note: `${is} ${that} of ${traced.name}, times ${shown(factor)} for ${machine.name}, by the clocks: ${text(clock)} and ${text(machine.clock)}${bias}`,
    };
  }
  return {
    factor: 1,
    note: `${is} ${that} of ${traced.name}, not scaled to ${machine.name}: the trace does not say how fast its processor was (${settings}.traced_on, ${settings}.user_scale). ${unscaled}`,
  };
}

/** A factor that was set. */
export function userScaleSet(factor: number, machine: Machine, what = USER_TIME): UserScale {
  const { is, that, settings } = what;
  return {
    factor,
    note:
      factor === 1
        ? `${is} the traced machine's own, taken for ${that} of ${machine.name} (${settings}.user_scale)`
        : `${is} the traced machine's, times ${factor}, for ${machine.name} (${settings}.user_scale)`,
  };
}
