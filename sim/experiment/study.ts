/**
 * What a study hands to the experiment kit: the settings of its files, how a scenario is settled, how one run
 * is done. The kit knows axes, replications, workers, resumption and statistics, and nothing of what is studied.
 */
import type { Field, Plain } from './fields.ts';

export interface Study {
  /** Version of the program; part of every run's address, so that results of two versions never mix. */
  readonly version: string;
  /** The whole experiment file except what the kit itself knows: question, seed, replications, baseline, vary, measures. */
  readonly fields: Extract<Field, { kind: 'group' }>;
  /** Every measure that a run may report; a name ends in its unit, e.g. response_time_s. */
  readonly measures: Readonly<Record<string, { readonly unit: string; readonly doc: string }>>;
  /**
   * Settles one point: `scenario` has every default filled in and every path made absolute. Adds the numbers of
   * presets (key `presets`) and the digests of traces (key `inputs`: path -> {sha256, records}).
   * Throws `InputError` with the problems; a problem whose `where` is a setting's path (`cluster.nodes`) is shown
   * at its place in the experiment file.
   */
  settle(scenario: Plain, from: { readonly base: string }): Promise<Plain>;
  /**
   * Those of the settings at `paths` that a run of a scenario does not read. Left out: all are read. The kit refuses an
   * axis that no point reads, and a flag that such runs never read; of others it tells in a note.
   */
  unread?(scenario: Plain, paths: readonly string[]): readonly Unread[];
  /** What would tell the replications of a scenario apart, where all came to the same; undefined where nothing does. */
  chance?(scenario: Plain): string | undefined;
  /** Kinds of run that read a setting, for `nowsim list` and the reference. */
  readers?(path: string): readonly string[];
  /** Does one run of a settled scenario. Replication r of every point is given the same (seed, r). */
  run(scenario: Plain, seed: number, replication: number, outputs: RunOutputs): Promise<RunResult>;
  /** The built script that does runs on a worker thread: calls `serve(study)`. */
  readonly worker: URL;
  /** What can be chosen, by heading (policies.batch, machines, ...), for `nowsim list`, beside the choices that `fields` name. */
  readonly catalogue?: Readonly<Record<string, readonly { readonly name: string; readonly doc: string }[]>>;
}

/** A setting that a run does not read: why not, and what would make it count. */
export interface Unread {
  readonly path: string;
  /** Whether no other setting would make it count. */
  readonly never: boolean;
  readonly found: string;
  readonly would: string;
}

/** What one run is to give beside its measures: files by absolute path (nothing is written for those left out), batches. */
export interface RunOutputs {
  readonly jobs?: string;
  readonly swf?: string;
  readonly events?: string;
  readonly timeline?: string;
  /** Means of so many batches are wanted of the measures that are means over jobs. */
  readonly batches?: number;
}

/** Batch means of one run. */
export interface Batches {
  /** Digest of the jobs of which they are; runs with the same one can be compared batch by batch. */
  readonly of: string;
  /** By name of the measure. */
  readonly means: Readonly<Record<string, readonly number[]>>;
}

export interface RunResult {
  /** By name of the study's measures. One that has no meaning in this run is left out, never NaN. */
  readonly measures: Readonly<Record<string, number>>;
  /** Digest of the run's domain events, hexadecimal. */
  readonly digest: string;
  /** submitted, finished, killed, rejected, pending (checked: the first is the sum of the others), and more. */
  readonly counts: Readonly<Record<string, number>>;
  /** Events that the engine carried out. */
  readonly events: number;
  /** What a reader of the table must know: borrowed prices, rejected jobs. */
  readonly notes: readonly string[];
  /** Where `outputs.batches` asked for them, and the run has jobs enough. */
  readonly batches?: Batches;
}
