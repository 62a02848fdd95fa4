/** `nowsim trace info FILE`: what a trace holds, and what a run would make of it. */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { checkLeaf, type ScalarField } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { shortNumber } from '../../sim/units.ts';
import { type Counts, type TraceInfo, traceInfo } from '../../workloads/info.ts';
import { ACTIVITY_VALUES } from '../../workloads/owners/activity-file.ts';
import { NUMBERINGS, type Numbering } from '../../workloads/services/index.ts';
import { widthOf, wrapped } from '../terminal.ts';

interface TraceArguments {
  readonly what: string;
  readonly file: string;
  readonly json: boolean;
  readonly busyAbove: string;
  readonly numbering?: Numbering;
}

const BUSY_ABOVE: ScalarField = {
  kind: 'share',
  doc: 'CPU share at or above which a PlanetLab sample means that the owner is there',
  default: '10%',
  min: 0,
  max: 1,
};

const ACTIVITY = [
  'Owners may be written by hand: a change a line, "node time kind value", times in seconds, comments with "#", such as "# span_s 86400" for the length of the trace. Values by kind:',
  ...Object.entries(ACTIVITY_VALUES).map(([kind, value]) => `  ${kind.padEnd(7)}  ${value}`),
].join('\n');

export function builder(yargs: Argv): Argv {
  return yargs
    .positional('what', { choices: ['info'], describe: 'what to do with the trace', type: 'string' })
    .positional('file', { describe: 'a trace, plain or gzip', type: 'string', normalize: true })
    .option('json', { type: 'boolean', default: false, describe: 'print JSON and nothing else' })
    .option('busy-above', { type: 'string', default: String(BUSY_ABOVE.default), describe: BUSY_ABOVE.doc })
    .option('numbering', {
      choices: Object.keys(NUMBERINGS),
      default: 'i386',
      describe: 'whose numbers a trace of system-call numbers has',
    })
    .example('$0 trace info KTH-SP2-1996-2.1-cln.swf.gz', 'counts of a job log')
    .example('$0 trace info make.strace.gz', 'system calls by name and class, user time between them')
    .example('$0 trace info planetlab/ --json', 'owners of a folder of CPU traces, as JSON')
    .epilogue(ACTIVITY);
}

/** Prints to standard output. Throws `InputError` where the file cannot be used. */
export async function handler(given: ArgumentsCamelCase<TraceArguments>): Promise<void> {
  const info = await traceInfo(given.file, busyAbove(given.busyAbove), given.numbering);
  process.stdout.write(given.json ? `${JSON.stringify(jsonOf(info), null, 2)}\n` : textOf(info));
}

/** A share as a person types it: `10%` or `0.1`. */
function busyAbove(text: string): number {
  const checked = checkLeaf(BUSY_ABOVE, /^[\d.]+$/.test(text) ? Number(text) : text);
  if ('read' in checked) return checked.read as number;
  throw new InputError({ where: '--busy-above', ...checked });
}

/** The counts stand at the top level, under the names of the published tables of expected counts. */
function jsonOf(info: TraceInfo): Record<string, unknown> {
  const { counts, ...rest } = info;
  return {
    file: rest.file,
    kind: rest.kind,
    ...counts,
    ...rest.tables,
    records: rest.records,
    choices: rest.choices,
    header: rest.header ?? rest.notes,
    remarks: rest.remarks,
  };
}

function textOf(info: TraceInfo): string {
  const { records, header } = info;
  const said = (text: string) => wrapped(`  ${text}`, widthOf(process.stdout), '    ');
  const lines = [info.file, said(info.what)];
  for (const label of ['Computer', 'Installation', 'Acknowledge', 'StartTime', 'EndTime'] as const) {
    for (const value of header?.labels[label] ?? []) {
      lines.push(`  ${label}: ${value.replace(/\n/g, `\n  ${' '.repeat(label.length + 2)}`)}`);
    }
  }
  for (const [key, value] of Object.entries(info.notes ?? {})) lines.push(said(`${key}: ${value}`));
  lines.push('', ...table(info.counts), '', `  ${records.read} records read, ${records.kept} kept`);
  lines.push(...reasons('repaired', records.repaired), ...reasons('dropped', records.dropped));
  lines.push(...(info.remarks ?? []).map(said));
  for (const [heading, counts] of Object.entries(info.tables ?? {})) {
    lines.push('', `  ${heading.replaceAll('_', ' ')}`, ...table(counts));
  }
  if (info.choices !== undefined)
    lines.push('', '  by the default choices of an experiment', ...table(info.choices));
  return `${lines.join('\n')}\n`;
}

function reasons(what: string, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(([reason, n]) => `    ${what} ${shortNumber(n)}: ${reason}`);
}

function table(counts: Counts): string[] {
  const width = Math.max(...Object.keys(counts).map((name) => name.length));
  return Object.entries(counts).map(([name, n]) => `  ${name.padEnd(width)}  ${valueText(name, n)}`);
}

function valueText(name: string, n: number | null): string {
  if (n === null) return 'not said';
  // Clock times and sums are whole numbers worth reading in full.
  if (Number.isInteger(n)) return n.toLocaleString('en-US');
  return name.endsWith('_share') || name === 'availability' ? n.toFixed(4) : shortNumber(n);
}
