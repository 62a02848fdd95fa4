/**
 * Which settings a kind of run reads, and where. A setting that nothing reads gives equal results whatever its value, and
 * a sweep over it a wrong conclusion: the experiment kit refuses such an axis, or tells of it, with the words that stand here.
 */
import { nodesCrash } from '../../models/failures/index.ts';
import { STRUCTURES } from '../../models/os/index.ts';
import type { Unread } from '../../sim/experiment/study.ts';
import type { Settings } from '../fields.ts';
import type { RunKind } from './contract.ts';

/** Where a setting counts. */
export interface Condition {
  holds(settings: Settings): boolean;
  /** Ends "it counts only ...". */
  readonly only: string;
  /** What makes it hold. */
  readonly would: string;
}

/** Settings, or groups and slots with all that is in them, that are read where all conditions hold. */
export interface Reads {
  readonly paths: readonly string[];
  readonly where?: readonly Condition[];
}

export const always = (...paths: readonly string[]): Reads => ({ paths });
export const where = (conditions: readonly Condition[], ...paths: readonly string[]): Reads => ({
  paths,
  where: conditions,
});

/** The setting has another value than one that switches it off. */
export function unless(path: string, off: string, value: (settings: Settings) => unknown): Condition {
  return {
    holds: (settings) => value(settings) !== off,
    only: `unless ${path} is ${off}`,
    would: `give ${path} another value`,
  };
}

export const WITH_JOBS: Condition = {
  holds: ({ jobs }) => jobs.trace !== 'none' || jobs.law.name !== 'none',
  only: 'with jobs',
  would: 'set jobs.law or jobs.trace',
};
export const JOB_TRACE: Condition = {
  holds: ({ jobs }) => jobs.trace !== 'none',
  only: 'with a trace of jobs',
  would: 'set jobs.trace',
};
export const JOB_LAW: Condition = {
  holds: ({ jobs }) => jobs.trace === 'none',
  only: 'without a trace of jobs',
  would: 'set jobs.trace=none',
};
/** Run times of a trace are scaled by the machines. */
export const BY_MACHINES: Condition = {
  holds: ({ jobs }) => jobs.user_scale === 'auto',
  only: 'where jobs.user_scale is auto',
  would: 'set jobs.user_scale=auto',
};
/** Times between submissions are scaled: those of a log, or of a law that does not say them. */
export const SCALED_LOAD: Condition = {
  holds: ({ jobs: { trace, law } }) =>
    trace !== 'none' || law.name === 'lublin' || (law.name === 'poisson' && law.interarrival === 'load'),
  only: 'with jobs whose law leaves the times between submissions to it',
  would: 'set jobs.law.interarrival=load',
};
export const WITH_OWNERS: Condition = {
  holds: ({ owners }) => owners.trace !== 'none' || owners.law.name !== 'none',
  only: 'with owners',
  would: 'set owners.law or owners.trace',
};
export const OWNER_TRACE: Condition = {
  holds: ({ owners }) => owners.trace !== 'none',
  only: 'with a trace of owners',
  would: 'set owners.trace',
};
export const OWNER_LAW: Condition = {
  holds: ({ owners }) => owners.trace === 'none',
  only: 'without a trace of owners',
  would: 'set owners.trace=none',
};
export const LAYER: Condition = {
  holds: ({ glunix }) => glunix,
  only: 'where glunix is on',
  would: 'set glunix=on',
};
export const PRICED: Condition = {
  holds: ({ cluster }) => cluster.os !== 'free',
  only: 'where something has a price',
  would: 'set cluster.os to another structure than free',
};
export const TAXED: Condition = {
  holds: ({ cluster }) => STRUCTURES[cluster.os]!.taxesUserTime,
  only: 'where the structure taxes user time',
  would: 'set cluster.os=sfi-library',
};
export const CRASHES: Condition = {
  holds: ({ failures }) => nodesCrash(failures),
  only: 'where nodes crash',
  would: 'set failures.mtbf or failures.trace',
};

/** Does an entry name the setting, itself or with what it is in? */
function names(entry: Reads, path: string): boolean {
  return entry.paths.some((each) => path === each || path.startsWith(`${each}.`));
}

/** The kinds that read a setting, at least under some condition, in the order of `kinds`. */
export function readersOf(kinds: readonly RunKind[], path: string): readonly RunKind[] {
  return kinds.filter((kind) => kind.chosenBy.includes(path) || kind.reads.some((each) => names(each, path)));
}

/** Why runs of `kind` in these settings do not read a setting; undefined where they do. */
export function unreadBy(
  kinds: readonly RunKind[],
  kind: RunKind,
  settings: Settings,
  path: string,
): Unread | undefined {
  const asked = kinds.slice(0, kinds.indexOf(kind) + 1);
  if (asked.some((each) => each.chosenBy.includes(path))) return undefined;
  const entries = kind.reads.filter((each) => names(each, path));
  const missing = entries.map(({ where: all = [] }) => all.findIndex((each) => !each.holds(settings)));
  if (missing.includes(-1)) return undefined;
  // Of several entries that of which most holds tells what is wanted.
  const nearest = missing.indexOf(Math.max(...missing));
  const condition = entries[nearest]?.where?.[missing[nearest]!];
  if (condition !== undefined) {
    const found = `it counts only ${condition.only}`;
    return { path, never: false, found, would: `${condition.would}, or leave it out` };
  }
  const who = readersOf(kinds, path)
    .map((each) => `${each.title} (${each.by})`)
    .join(', ');
  return {
    path,
    never: true,
    found: `${kind.title} does not read it`,
    would: who === '' ? 'leave it out' : `leave it out; it is read by ${who}`,
  };
}
