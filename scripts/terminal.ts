/** What is printed for people: tables, numbers with their intervals, the progress line. */
import type { IntervalEstimate, IntervalKind } from '../sim/experiment/intervals.ts';

type Align = 'left' | 'right';
export interface Column {
  readonly title: string;
  readonly align?: Align;
}

/** Columns that may be used on a stream: the terminal's width, else what COLUMNS says, else 100. */
export function widthOf(stream: NodeJS.WriteStream): number {
  const known = (stream.isTTY && stream.columns) || Number(process.env['COLUMNS']);
  return known > 0 && known < Number.POSITIVE_INFINITY ? Math.max(60, Math.floor(known)) : 100;
}

/** Bold on a terminal that may be coloured, plain elsewhere (NO_COLOR, TERM=dumb, pipes). */
export function bold(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const plain = !stream.isTTY || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return plain ? text : `\u001b[1m${text}\u001b[22m`;
}

/** Titles up to this long stay whole. */
const UNBROKEN = 16;

/** A table without rules: titles (broken after `_` or `.` where they are wider than their cells), then rows. */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map((column, i) => {
    const cells = Math.max(UNBROKEN, ...rows.map((row) => row[i]!.length));
    return broken(column.title, cells);
  });
  const widths = columns.map((_, i) =>
    Math.max(...titles[i]!.map((line) => line.length), ...rows.map((row) => row[i]!.length)),
  );
  const height = Math.max(...titles.map((lines) => lines.length));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (columns[i]!.align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const head = Array.from({ length: height }, (_, k) =>
    bold(line(titles.map((lines) => lines[k - height + lines.length] ?? ''))),
  );
  return [...head, ...rows.map(line)].join('\n');
}

function broken(title: string, width: number): string[] {
  const lines: string[] = [''];
  for (const part of title.split(/(?<=[_.])/)) {
    const last = lines[lines.length - 1]!;
    if (last !== '' && last.length + part.length > width) lines.push(part);
    else lines[lines.length - 1] = last + part;
  }
  return lines;
}

/** Width that a column with these cells takes in `tableText`. */
export function columnWidth(title: string, cells: readonly string[]): number {
  const widest = Math.max(UNBROKEN, ...cells.map((cell) => cell.length));
  return Math.max(...broken(title, widest).map((line) => line.length), ...cells.map((cell) => cell.length));
}

/**
 * `123.4 ± 1.2`: the half width to two significant digits, the mean to the same place. Without a half width four
 * significant digits. `signed` writes a plus before what is not negative.
 */
export function estimateText(mean: number, half: number | null, signed = false): string {
  const sign = signed && mean > 0 ? '+' : '';
  // a half width of rounding errors is none
  const exact = half !== null && half <= 1e-9 * Math.abs(mean);
  if (half === null || exact) return `${sign}${plainNumber(mean, 4)}${exact ? ' ± 0' : ''}`;
  const largest = Math.max(Math.abs(mean), half);
  if (largest >= 1e7 || largest < 1e-3) {
    const exponent = Math.floor(Math.log10(largest));
    const scale = 10 ** exponent;
    const decimals = Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(half / scale))));
    return `${sign}(${(mean / scale).toFixed(decimals)} ± ${(half / scale).toFixed(decimals)})e${exponent}`;
  }
  const decimals = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return `${sign}${grouped(mean, decimals)} ± ${grouped(half, decimals)}`;
}

/**
 * A mean with its 95 % interval as its kind is written: `123.4 ± 1.2`, or `123.4 [122.3, 124.8]` where the ends need not
 * lie evenly around the mean.
 */
export function intervalText(
  kind: IntervalKind,
  estimate: Pick<IntervalEstimate, 'mean' | 'ci95' | 'low' | 'high'>,
  signed = false,
): string {
  const { mean, ci95, low, high } = estimate;
  const even = estimateText(mean, ci95, signed);
  if (kind !== 'bootstrap' || low === null || high === null || even.endsWith('± 0')) return even;
  // each end to the same place as the mean is written to
  const written = (value: number) => estimateText(value, ci95, signed).replace(/ ± [\d.,]+/, '');
  return `${written(mean)} [${written(low)}, ${written(high)}]`;
}

/** How a table of such intervals is to be read. */
export const INTERVAL_LEGEND: Readonly<Record<IntervalKind, string>> = {
  student: 'mean ± half width of the 95 % interval (Student)',
  bootstrap: 'mean [low, high]: ends of the 95 % interval (bootstrap)',
  'batch-means': 'mean ± half width of the 95 % interval (batch means)',
};

function grouped(value: number, decimals: number): string {
  // no "-0.00": what rounds to nothing has no sign
  const shown = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
  return shown.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A number to `digits` significant digits, thousands apart, an exponent only where it would be long. */
export function plainNumber(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(digits - 1);
  if (size >= 10 ** (digits - 1)) return grouped(value, 0);
  return String(Number(value.toPrecision(digits)));
}

/** Words as a shell takes them back. */
export function commandText(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** Text broken at blanks into lines of at most `width`, continued with `indent`. */
export function wrapped(text: string, width: number, indent = '  '): string {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const start = lines.length === 0 ? 0 : indent.length;
    let blank = rest.lastIndexOf(' ', width);
    // a word wider than the line stays whole
    if (blank <= start) blank = rest.indexOf(' ', width);
    if (blank < 0) break;
    lines.push(rest.slice(0, blank));
    rest = indent + rest.slice(blank + 1).trimStart();
  }
  return [...lines, rest].join('\n');
}

/** Columns of a progress bar. */
const BAR = 24;

/** `[######------]`: how much of a whole is done. */
function bar(done: number, total: number): string {
  const full = Math.floor((BAR * done) / Math.max(1, total));
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}]`;
}

/**
 * One rewriting line on a terminal's standard error; elsewhere, and on a terminal that cannot rewrite (TERM=dumb), only the
 * lines given to `stage`; nothing when quiet. Without colours.
 */
export class ProgressLine {
  private readonly quiet: boolean;
  private readonly stream: NodeJS.WriteStream;
  private shown = false;
  private last = 0;

  constructor(quiet: boolean, stream: NodeJS.WriteStream = process.stderr) {
    this.quiet = quiet;
    this.stream = stream;
  }

  /** A line that stays. */
  stage(text: string): void {
    if (this.quiet) return;
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** The line that is rewritten, at most ten times a second unless `now`. */
  update(text: string, now = false): void {
    if (this.quiet || !this.stream.isTTY || process.env['TERM'] === 'dumb') return;
    const time = performance.now();
    if (!now && time - this.last < 100) return;
    this.last = time;
    const room = widthOf(this.stream) - 1;
    this.stream.write(`\r\u001b[K${text.slice(0, room)}`);
    this.shown = true;
  }

  /** The line that is rewritten, as a bar: `[####----] 4 of 8 runs, about 10 s left`. `rest` follows the count. */
  updateBar(done: number, total: number, rest: string, now = false): void {
    const count = `${done} of ${total} runs${rest}`;
    const fits = BAR + 3 + count.length < widthOf(this.stream);
    this.update(fits ? `${bar(done, total)} ${count}` : count, now);
  }

  clear(): void {
    if (this.shown) this.stream.write('\r\u001b[K');
    this.shown = false;
  }
}
