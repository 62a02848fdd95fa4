/**
 * `earlier/`: runs of a results folder that its present experiment does not use (other settings, fewer replications).
 * A run has an address (`cells.ts`), so that the same folder can go back to them: `earlier/rows.jsonl` has a line for
 * each, with the version of the program that made it, and their timelines lie beside it under their addresses.
 *
 * Rows of another version can never be used by this one. They stay until a run of this version has ended there, so
 * that one that was begun by mistake loses nothing; then they are dropped, and their number is told.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../problem.ts';
import { isMap, type Value } from './fields.ts';
import { moveFile, writeWhole } from './files.ts';
import { type Row, readRows, rowsText } from './rows.ts';

interface EarlierRow extends Row {
  /** Version of the program that made it. */
  readonly version: string;
}

/** The earlier runs of one results folder. Only the run that holds the folder's lock may change them. */
export class Earlier {
  private readonly out: string;
  private readonly folder: string;
  private readonly rows: Map<string, EarlierRow>;

  constructor(out: string) {
    this.out = out;
    this.folder = join(out, 'earlier');
    this.rows = readRows(join(this.folder, 'rows.jsonl')) as Map<string, EarlierRow>;
  }

  /** The row of a run as it stood in rows.jsonl. */
  get(cell: string): Row | undefined {
    const known = this.rows.get(cell);
    if (known === undefined) return undefined;
    const { version: _, ...row } = known;
    return row;
  }

  /** Addresses of the runs that are kept. */
  cells(): Iterable<string> {
    return this.rows.keys();
  }

  /**
   * Moves rows of rows.jsonl whose cells are not `used` here, their timelines with them: out of `parts`, or
   * out of timelines/, where they stand by point. Returns the rows that stay.
   */
  setAside(used: ReadonlySet<string>, parts: string): Row[] {
    const path = join(this.out, 'rows.jsonl');
    const known = [...readRows(path).values()];
    const stay = known.filter((row) => used.has(row.cell));
    if (stay.length === known.length) return stay;
    const version = String(manifestIn(this.out)?.['nowsim'] ?? 'unknown');
    mkdirSync(this.folder, { recursive: true });
    for (const row of known) {
      if (used.has(row.cell)) continue;
      this.rows.set(row.cell, { version, ...row });
      if (row.replication > 0) continue;
      const places = [timelineOf(parts, row.cell), join(this.out, 'timelines', `point-${row.point}.json`)];
      const from = places.find((place) => existsSync(place));
      if (from !== undefined) moveFile(from, timelineOf(this.folder, row.cell));
    }
    // first where they come to, then where they were: a kill between the two leaves them in both
    this.write();
    writeWhole(path, rowsText(stay));
    return stay;
  }

  /** Brings the timeline of a run that is used again back among the parts. */
  giveBack(cell: string, parts: string): void {
    const timeline = timelineOf(this.folder, cell);
    if (existsSync(timeline)) moveFile(timeline, timelineOf(parts, cell));
  }

  /** At the end: forgets runs that stand in rows.jsonl (`used`) and those of other versions. Returns how many are kept, and how many of other versions were dropped. */
  close(used: ReadonlySet<string>, version: string): { kept: number; dropped: number } {
    if (this.rows.size === 0) return { kept: 0, dropped: 0 };
    let dropped = 0;
    for (const [cell, row] of this.rows) {
      if (!used.has(cell) && row.version === version) continue;
      if (!used.has(cell)) dropped++;
      this.rows.delete(cell);
      rmSync(timelineOf(this.folder, cell), { force: true });
    }
    if (this.rows.size === 0) rmSync(this.folder, { recursive: true, force: true });
    else this.write();
    return { kept: this.rows.size, dropped };
  }

  private write(): void {
    writeWhole(join(this.folder, 'rows.jsonl'), rowsText(this.rows.values()));
  }
}

/** The timeline of a run among the parts of a run that goes on, and among earlier ones. */
export function timelineOf(folder: string, cell: string): string {
  return join(folder, `${cell}.timeline.json`);
}

/** Refuses a folder that holds the results of an experiment of another name. Throws `InputError`. */
export function checkSameExperiment(out: string, name: string): void {
  const held = manifestIn(out)?.['name'];
  if (typeof held !== 'string' || held === name) return;
  throw new InputError({
    where: `--out ${out}`,
    found: `holds the results of another experiment, "${held}" (this one is "${name}")`,
    would: 'give another folder with --out',
  });
}

function manifestIn(out: string): Readonly<Record<string, Value>> | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Value;
    return isMap(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}
