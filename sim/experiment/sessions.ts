/**
 * The time that the runs of a results folder took, over all sessions that computed some of them: an experiment may be
 * interrupted and go on, be made longer, or be merged from shards. Rows hold no time, so that equal runs are equal rows;
 * the manifest holds each session with its start, its time until its last run ended, and which runs it computed.
 *
 * While runs go on they stand in `.session`, a line each, so that a session that is killed keeps its time too. A session
 * of which only some runs are used counts with their part of its time. Clocks are the caller's.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, type Plain, type Value } from './fields.ts';

/** The caller's clock. */
export interface SessionClock {
  /** When the session began, ISO 8601. */
  readonly started: string;
  /** Seconds since then. */
  readonly elapsed: () => number;
}

export interface Session {
  readonly started: string;
  /** Seconds until its last run ended. */
  readonly wall_s: number;
  /** The runs that it computed: the first digits of their addresses. */
  readonly cells: readonly string[];
}

/** Hexadecimal digits of an address that tell runs of one folder apart. */
const DIGITS = 8;
const short = (cell: string) => cell.slice(0, DIGITS);

/** The sessions that a results folder tells of, one that was killed included. */
export function sessionsIn(out: string): Session[] {
  const manifest = parsed(join(out, 'manifest.json'));
  const computed = isMap(manifest) ? manifest['computed'] : undefined;
  const by = isMap(computed) && Array.isArray(computed['by']) ? (computed['by'] as readonly Plain[]) : [];
  const sessions = by.map(({ started, wall_s, cells }): Session => {
    return { started: String(started), wall_s: Number(wall_s), cells: String(cells).split(' ') };
  });
  const [started, ...lines] = textOf(join(out, '.session')).trimEnd().split('\n');
  const ended = lines.map((line) => line.split(' ')).filter((words) => words.length === 2);
  if (ended.length === 0) return sessions;
  return [
    // The manifest may hold what the same session had computed at its last round of replications.
    ...sessions.filter((each) => each.started !== started),
    { started: started!, wall_s: Number(ended.at(-1)![1]), cells: ended.map(([cell]) => cell!) },
  ];
}

/** Sessions as the manifest holds them, with what is true of the runs `used`: how many sessions computed how many of them in which time. */
export function computedPart(
  sessions: readonly Session[],
  used: Iterable<string>,
  earlier: Iterable<string>,
): Plain {
  const [mine, known] = [new Set([...used].map(short)), new Set([...earlier].map(short))];
  const kept = new Map<string, Session>();
  let [runs, count, seconds] = [0, 0, 0];
  for (const session of sessions.toSorted((a, b) => (a.started < b.started ? -1 : 1))) {
    const key = `${session.started} ${session.cells.join(' ')}`;
    if (kept.has(key) || !session.cells.some((cell) => mine.has(cell) || known.has(cell))) continue;
    kept.set(key, session);
    const here = session.cells.filter((cell) => mine.has(cell)).length;
    if (here === 0) continue;
    runs += here;
    count++;
    seconds += (session.wall_s * here) / session.cells.length;
  }
  const by = [...kept.values()].map(({ started, wall_s, cells }) => ({
    started,
    wall_s,
    cells: cells.join(' '),
  }));
  return { runs, sessions: count, wall_s: Number(seconds.toFixed(3)), by };
}

/** The sessions of a folder while one of them goes on. Only the run that holds the folder's lock may use it. */
export class Sessions {
  private readonly path: string;
  private readonly clock: SessionClock;
  private readonly before: readonly Session[];
  private readonly cells: string[] = [];
  private seconds = 0;

  constructor(out: string, clock: SessionClock) {
    this.path = join(out, '.session');
    this.clock = clock;
    this.before = sessionsIn(out);
  }

  /** The manifest's part: the sessions before, and this one. */
  part(used: Iterable<string>, earlier: Iterable<string>): Plain {
    const own: Session = { started: this.clock.started, wall_s: this.seconds, cells: this.cells };
    return computedPart(this.cells.length === 0 ? this.before : [...this.before, own], used, earlier);
  }

  /** A run has ended. */
  add(cell: string): void {
    this.seconds = Number(this.clock.elapsed().toFixed(3));
    const line = `${short(cell)} ${this.seconds}\n`;
    // The first takes the place of a session that was killed: the manifest holds that by now.
    if (this.cells.length === 0) writeFileSync(this.path, `${this.clock.started}\n${line}`);
    else appendFileSync(this.path, line);
    this.cells.push(short(cell));
  }

  /** All runs have ended and the manifest holds them. */
  close(): void {
    rmSync(this.path, { force: true });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parsed(path: string): Value | undefined {
  try {
    return JSON.parse(textOf(path)) as Value;
  } catch {
    return undefined;
  }
}
