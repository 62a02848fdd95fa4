/** Runs a case of random tests in this process and hands back all that it wrote and measured. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { rowsOf } from '../../../models/history.ts';
import { study } from '../../../scripts/study.ts';
import { historyOf, readTimeline } from '../../../scripts/timelines.ts';
import { documentOf } from '../../../sim/experiment/document.ts';
import { settleExperiment } from '../../../sim/experiment/experiment.ts';
import type { Plain } from '../../../sim/experiment/fields.ts';
import type { RunResult } from '../../../sim/experiment/study.ts';
import { inFolder } from '../nowsim.ts';
import type { Files } from './harness.ts';

export interface JobRow {
  readonly job: number;
  readonly status: string;
  readonly width: number;
  readonly user: number;
  /** s; NaN where it never came to that. */
  readonly submit: number;
  readonly start: number;
  readonly end: number;
  readonly estimate: number;
}

export interface Happening {
  /** s */
  readonly time: number;
  readonly what: string;
  readonly who: number;
  readonly value: number;
}

/** What a node shows from one time to another, s to the millisecond: its row by `ROW` of `models/history.ts`, and the job there. */
export type Shown = readonly [node: number, from: number, to: number, row: number, job: number];

export interface Outcome extends RunResult {
  readonly jobs: readonly JobRow[];
  readonly happenings: readonly Happening[];
  /** Empty where the run draws no nodes. */
  readonly shown: readonly Shown[];
  /** When the drawing ended, s; 0 where there is none. */
  readonly end: number;
}

/** A case as files: an experiment, and the traces that it names. */
export function files(experiment: Plain, traces: Files): Files {
  return { ...traces, 'case.yaml': stringify(experiment) };
}

/** One run of a case. Throws whatever the run throws. */
export function outcomeOf(experiment: Plain, traces: Files): Promise<Outcome> {
  return inFolder(async (folder) => {
    for (const [name, text] of Object.entries(traces)) writeFileSync(join(folder, name), text);
    const settled = await settleExperiment(study, documentOf(experiment, 'case', folder), {});
    mkdirSync(join(folder, 'timelines'));
    const outputs = {
      jobs: join(folder, 'jobs.csv'),
      events: join(folder, 'events.csv'),
      timeline: join(folder, 'timelines', 'point-0.json'),
    };
    const result = await study.run(settled.points[0]!.scenario, settled.seed, 0, outputs);
    const drawn = existsSync(outputs.timeline) ? readTimeline(folder, 0) : null;
    const history = drawn === null ? null : historyOf(drawn);
    return {
      ...result,
      jobs: rows(read(outputs.jobs)).map((row, job) => ({
        job,
        status: row['status']!,
        width: Number(row['width']),
        user: Number(row['user']),
        submit: time(row['submit_s']),
        start: time(row['start_s']),
        end: time(row['end_s']),
        estimate: time(row['estimate_s']),
      })),
      happenings: rows(read(outputs.events)).map((row) => ({
        time: time(row['time_s']),
        what: row['what']!,
        who: Number(row['who']),
        value: Number(row['value']),
      })),
      shown: history === null ? [] : [...rowsOf(history)],
      end: drawn?.horizon_s ?? 0,
    };
  });
}

const time = (text: string | undefined) => (text ? Number(text) : Number.NaN);

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The rows of a table without quotes, by column. */
function rows(text: string | null): Record<string, string>[] {
  if (text === null) return [];
  const [head, ...lines] = text.trimEnd().split('\n');
  const names = head!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
}
