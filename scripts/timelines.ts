/**
 * The file of a run over time, timelines/point-K.json: series, accounts, and the history of nodes and jobs
 * (`models/history.ts`), which stands in it as gzip in base64. Kinds of run without nodes have no history.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type History, openHistory } from '../models/history.ts';
import { isMap, type Plain, type Value } from '../sim/experiment/fields.ts';
import { InputError } from '../sim/problem.ts';

export interface PackedHistory {
  /** It tells everything up to then, s. */
  readonly to_s: number;
  /** Bytes before packing. */
  readonly bytes: number;
  readonly packed: string;
}

export interface Timeline {
  readonly horizon_s: number;
  readonly bins: number;
  readonly bin_s: number;
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly nodes: number;
  readonly accounts_s: Readonly<Record<string, number>>;
  readonly jobs: number;
  readonly history?: PackedHistory;
}

/** Writes `data` with its history packed. */
export function writeTimeline(
  path: string,
  data: Omit<Timeline, 'history'> & {
    readonly history: { readonly to_s: number; readonly bytes: Uint8Array };
  },
): void {
  const { to_s, bytes } = data.history;
  writeFileSync(path, JSON.stringify({ ...data, history: packHistory(bytes, to_s) }));
}

/** The quickest packing: level 6 takes nearly three times as long for a tenth less, and a run waits for it. */
export function packHistory(bytes: Uint8Array, to_s: number): PackedHistory {
  return { to_s, bytes: bytes.length, packed: gzipSync(bytes, { level: 1 }).toString('base64') };
}

export function unpackHistory({ packed }: PackedHistory): Uint8Array {
  return gunzipSync(Buffer.from(packed, 'base64'));
}

/** Where the timeline of a point of a results folder lies. */
export function timelineFile(folder: string, point: number): string {
  return join(folder, 'timelines', `point-${point}.json`);
}

/** The timeline of a point of a results folder. Throws `InputError` where there is none. */
export function readTimeline(folder: string, point: number): Timeline {
  const path = timelineFile(folder, point);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new InputError({
      where: path,
      found: 'there is no such file',
      would: 'give a folder that "nowsim run" wrote, and a point that it has',
    });
  }
  return asTimeline(JSON.parse(text) as Value, path);
}

/** Throws `InputError` where the value is no timeline. */
export function asTimeline(value: Value, where: string): Timeline {
  const wrong = (found: string): never => {
    throw new InputError({ where, found, would: 'run the experiment again' });
  };
  if (!isMap(value) || !isMap(value['series']) || !isMap(value['accounts_s']))
    return wrong('series or accounts_s is missing');
  const { history } = value as Plain;
  if (history !== undefined && !(isMap(history) && typeof history['packed'] === 'string'))
    return wrong('its history is not as this version writes it');
  return value as unknown as Timeline;
}

/** The history of a timeline, open; null where it has none. */
export function historyOf(timeline: Timeline): History | null {
  const { history, nodes } = timeline;
  return history === undefined ? null : openHistory(unpackHistory(history), nodes, history.to_s * 1e3);
}
