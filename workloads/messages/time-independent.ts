/**
 * SimGrid's time-independent traces: what each rank computes (flops) and which messages it exchanges (bytes), without
 * times. One action a line, `RANK ACTION ARGUMENTS`, in three dialects that are told apart by what stands in them:
 *
 *   old       `p1 Isend p0 1e6`, `p1 recv p0`, `p1 wait`: ids with letters, bytes, no tags
 *   untagged  `1 isend 0 1e6`, `1 wait`: numbers, no tags
 *   tagged    `1 isend 0 TAG COUNT [TYPE]`, `1 wait SOURCE DESTINATION TAG`: today's
 *
 * Counts are of elements: of the data type that the action names (0 double, 1 int, 2 char, 3 short, 4 long, 5 float,
 * 6 byte ...), else of doubles where `init` has an argument, else of bytes. A `wait` without arguments means the last
 * receive begun (old) or the last request begun (untagged). Negative ranks and tags mean any, negative counts unknown.
 *
 * Left out: communicators other than that of all ranks, which the form does not tell; `test` has no answer in it.
 * Source: SimGrid 3.32, src/smpi/internals/smpi_replay.cpp, and examples/smpi/replay; examples/msg/actions of 2010-2018.
 */
import { InputError, nearest } from '../../sim/problem.ts';
import { count, mustKeepSome, recordCount } from '../records.ts';
import { plainNumber } from '../text.ts';
import { ACTION, type ActionName, ANY, ProgramBuilder } from './actions.ts';
import type { ReadTrace } from './read.ts';
import { type TraceSource, traceSources } from './sources.ts';

/** Names in the traces; capitals do not matter. `work`, `poll` and `drain` have no place in them. */
const KNOWN: ReadonlyMap<string, number> = new Map(
  Object.entries(ACTION).filter(([name]) => !['work', 'poll', 'drain'].includes(name)),
);
/** An exchange, which becomes a send, a receive and a wait. */
const EXCHANGE = 'sendrecv';
const EXCHANGES = 255;
const SPELLINGS: Readonly<Record<string, ActionName>> = {
  wait_all: 'waitall',
  reduce_scatter: 'reducescatter',
};

/** A line of the form: a rank, a word, arguments. */
const LINE = /^(?:p|rank-?)?(\d{1,9})[ \t]+([A-Za-z]\w*)(?:[ \t]|$)/i;
const RANK = /^(?:p|rank-?)?(-?\d{1,9})$/i;
/** Lines in which a known action must stand. */
const LOOKED_AT = 20;
const MOST_RANKS = 1_000_000;
const LARGEST_TAG = 2 ** 31 - 1;
const ZERO = 48;
const NINE = 57;

/** Sizes of the data types by their number, bytes. */
const TYPE_BYTES = [8, 4, 1, 2, 8, 4, 1, 8, 1, 1, 2, 4, 8, 8, 16, 4, 1, 1, 2, 4, 8, 1, 2, 4, 8] as const;
const DOUBLE_BYTES = 8;

/** Do these lines begin a time-independent trace? The last one may be cut. */
export function isTimeIndependent(lines: readonly string[]): boolean {
  let seen = 0;
  for (const line of lines) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const found = LINE.exec(text);
    if (found === null) return false;
    if (kindNamed(found[2]!) !== undefined) return true;
    seen++;
    if (seen === LOOKED_AT) return false;
  }
  return false;
}

function kindNamed(word: string): number | undefined {
  const name = word.toLowerCase();
  return name === EXCHANGE ? EXCHANGES : KNOWN.get(SPELLINGS[name] ?? name);
}

/** How a trace is written. */
type Dialect = 'old' | 'untagged' | 'tagged';

/** A line as read. */
interface Raw {
  readonly rank: number;
  readonly kind: number;
  readonly words: readonly string[];
  readonly where: string;
  readonly line: number;
}

/**
 * Reads the trace at `path` (see `sources.ts`): once for its ranks and dialect, and once more for the actions, so that
 * no line is kept. Throws `InputError` with `file:line`.
 */
export async function readTimeIndependent(path: string, member = 'all'): Promise<ReadTrace> {
  const found = await traceSources(path, isTimeIndependent, member);
  const records = recordCount();
  const survey = new Survey(found.sources.map(({ name }) => name));
  for (const [number, source] of found.sources.entries()) {
    const { crlf, open } = await eachAction(source, (one) => survey.add(one, number));
    count(records.repaired, 'line ended in CRLF', crlf);
    count(records.repaired, 'last line had no end', open ? 1 : 0);
  }
  records.read = survey.lines;
  records.kept = survey.lines;
  mustKeepSome(path, 'actions of ranks', records);
  const ranks = survey.ranks(path);
  const dialect = survey.dialect();
  const actions = new Actions(ranks, dialect);
  for (const source of found.sources) await eachAction(source, (one) => actions.add(one));
  const sizes = [...actions.communicators];
  const notes =
    sizes.length === 0
      ? []
      : [
          `comm_size says ${sizes.join(', ')} where there are ${ranks} ranks: collectives of smaller groups count as those of all`,
        ];
  return {
    program: actions.builder.program(ranks, survey.files(ranks)),
    records,
    skipped: found.skipped,
    others: found.others,
    header: { syntax: dialect },
    notes,
  };
}

/** Calls `onAction` for every line that holds one. */
function eachAction(source: TraceSource, onAction: (one: Raw) => void): ReturnType<TraceSource['lines']> {
  return source.lines((whole, line) => {
    const text = whole.trim();
    if (text === '' || text.startsWith('#')) return;
    const where = `${source.name}:${line}`;
    const match = LINE.exec(text);
    if (match === null) {
      throw new InputError({
        where,
        found: `"${text.slice(0, 60)}" is no action of a rank`,
        would: 'write RANK ACTION ARGUMENTS, as in "p0 send p1 1e6" or "0 compute 1e9"',
      });
    }
    const kind = kindNamed(match[2]!);
    if (kind === undefined) throw unknownAction(where, match[2]!);
    onAction({ rank: Number(match[1]), kind, words: text.split(/[ \t]+/), where, line });
  });
}

function unknownAction(where: string, word: string): InputError {
  const known = [...KNOWN.keys(), EXCHANGE];
  const near = nearest(word, known);
  return new InputError({
    where,
    found: `no action is called "${word}"`,
    would: near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`,
  });
}

/** What must be known of all lines before one of them can be understood. */
class Survey {
  lines = 0;
  private readonly names: readonly string[];
  /** The file of each rank, by number. */
  private readonly home = new Map<number, number>();
  /** The largest `comm_size`, and where it stands. */
  private size = 0;
  private sizeAt = '';
  private letters = false;
  /** Lines that only one dialect has. */
  private tagged = false;
  private untagged = false;
  private sends = false;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  add(one: Raw, source: number): void {
    const { rank, kind, words, where } = one;
    this.lines++;
    if (rank >= MOST_RANKS) {
      throw new InputError({
        where,
        found: `rank ${rank}`,
        would: `number ranks from 0 to ${MOST_RANKS - 1}`,
      });
    }
    const home = this.home.get(rank);
    if (home === undefined) this.home.set(rank, source);
    else if (home !== source) {
      throw new InputError({
        where,
        found: `rank ${rank} acts in this file and in ${this.names[home]!}`,
        would: 'name one trace, or a list of the files that are one; messages.member picks one out of many',
      });
    }
    if (kind === ACTION.comm_size) {
      const size = plainNumber(words[2] ?? '');
      if (size > this.size) {
        this.size = size;
        this.sizeAt = where;
      }
    }
    const first = words[0]!.charCodeAt(0);
    if (first < ZERO || first > NINE) this.letters = true;
    if (kind === ACTION.wait || kind === ACTION.test) {
      if (words.length === 2) this.untagged = true;
      else this.tagged = true;
    } else if (kind === EXCHANGES) this.tagged = true;
    else if (kind >= ACTION.send && kind <= ACTION.irecv) {
      if (words.length >= 5) this.tagged = true;
      if (kind <= ACTION.isend) this.sends = true;
    }
  }

  /** A `wait` without arguments is untagged whatever else there is: behind the bytes may stand a data type. */
  dialect(): Dialect {
    if (this.letters) return 'old';
    if (this.untagged) return 'untagged';
    return this.tagged || !this.sends ? 'tagged' : 'untagged';
  }

  /** The number of ranks; all of them from 0 on must be there, as many as `comm_size` says. Throws `InputError`. */
  ranks(path: string): number {
    let ranks = 0;
    for (const rank of this.home.keys()) ranks = Math.max(ranks, rank + 1);
    const said = this.size > ranks;
    if (said) ranks = this.size;
    const missing: number[] = [];
    for (let rank = 0; rank < ranks; rank++) if (!this.home.has(rank)) missing.push(rank);
    if (missing.length === 0) return ranks;
    const [subject, verb] = missing.length === 1 ? ['rank', 'is'] : ['ranks', 'are'];
    const shown = `${missing.slice(0, 12).join(', ')}${missing.length > 12 ? ', ...' : ''}`;
    throw new InputError({
      where: said ? this.sizeAt : path,
      found: `${subject} ${shown} of 0 to ${ranks - 1} ${verb} missing${said ? ` (comm_size ${ranks})` : ''}`,
      would: 'give the actions of every rank: a list of all files, or the folder that holds them',
    });
  }

  files(ranks: number): string[] {
    return Array.from({ length: ranks }, (_, rank) => this.names[this.home.get(rank)!]!);
  }
}

/** Turns lines into actions. */
class Actions {
  readonly builder = new ProgramBuilder();
  /** What `comm_size` says where it is not the number of ranks: smaller communicators. */
  readonly communicators = new Set<number>();
  private readonly ranks: number;
  private readonly dialect: Dialect;
  /** Bytes of an element where an action names no type, by rank. */
  private readonly element: Float64Array;

  constructor(ranks: number, dialect: Dialect) {
    this.ranks = ranks;
    this.dialect = dialect;
    this.element = new Float64Array(ranks).fill(1);
  }

  add(one: Raw): void {
    const { rank, kind, line } = one;
    switch (kind) {
      case ACTION.init:
        if (one.words.length > 2) this.element[rank] = DOUBLE_BYTES;
        this.builder.add(rank, kind, ANY, 0, { line });
        break;
      case ACTION.comm_size: {
        const size = this.number(one, 2, 'a number of ranks');
        if (size !== this.ranks) this.communicators.add(size);
        this.builder.add(rank, kind, ANY, size, { line });
        break;
      }
      case ACTION.compute:
        this.builder.add(rank, kind, ANY, this.amount(one, 2, 'flops'), { line });
        break;
      case ACTION.sleep:
        this.builder.add(rank, kind, ANY, this.amount(one, 2, 'seconds') * 1e9, { line });
        break;
      case ACTION.send:
      case ACTION.isend:
      case ACTION.recv:
      case ACTION.irecv:
        this.message(one);
        break;
      case EXCHANGES:
        this.exchange(one);
        break;
      case ACTION.wait:
      case ACTION.test:
        this.request(one);
        break;
      default:
        if (kind >= ACTION.bcast && kind <= ACTION.exscan) this.collective(one);
        else this.builder.add(rank, kind, ANY, 0, { line });
    }
  }

  private message(one: Raw): void {
    const sends = one.kind === ACTION.send || one.kind === ACTION.isend;
    const tagged = this.dialect === 'tagged';
    const peer = this.peer(one, 2, !sends);
    const tag = tagged ? this.tag(one, 3) : 0;
    const at = tagged ? 4 : 3;
    // A receive may leave its size to the send.
    const given = one.words.length > at ? this.number(one, at, 'an amount') : -1;
    if (sends && given < 0) {
      this.refuse(
        one,
        one.words.length > at ? `the amount ${one.words[at]}` : 'a send without amount',
        'give bytes of 0 or more',
      );
    }
    const bytes = given < 0 ? Number.NaN : given * this.size(one, at + 1);
    this.builder.add(one.rank, one.kind, peer, bytes, { tag, line: one.line });
  }

  /** `sendrecv COUNT DESTINATION COUNT SOURCE TYPE TYPE`; a rank below 0 is nobody. */
  private exchange(one: Raw): void {
    const { rank, line } = one;
    const to = this.peer(one, 3, true);
    const from = this.peer(one, 5, true);
    const common = { tag: 0, line };
    if (to !== ANY) {
      const bytes = this.amount(one, 2, 'an amount') * this.size(one, 6);
      this.builder.add(rank, ACTION.isend, to, bytes, common);
    }
    if (from !== ANY) {
      const bytes = this.amount(one, 4, 'an amount') * this.size(one, 7);
      this.builder.add(rank, ACTION.recv, from, bytes, common);
    }
    if (to !== ANY) this.builder.add(rank, ACTION.wait, to, 0, { ...common, second: 1 });
  }

  private request(one: Raw): void {
    const { rank, kind, line, words } = one;
    if (words.length === 2) {
      // Old traces wait for receives only: their sends end by themselves.
      const second = this.dialect === 'old' ? 0 : ANY;
      this.builder.add(rank, kind, ANY, 0, { second, line });
      return;
    }
    const source = this.peer(one, 2, true);
    const destination = this.peer(one, 3, true);
    const tag = words.length > 4 ? this.tag(one, 4) : ANY;
    const sends = source === rank && destination !== rank;
    if (!sends && destination !== rank) {
      this.refuse(
        one,
        `rank ${rank} asks for a message from ${source} to ${destination}`,
        'give one of its own',
      );
    }
    const peer = sends ? destination : source;
    this.builder.add(rank, kind, peer, 0, { tag, second: sends ? 1 : 0, line });
  }

  private collective(one: Raw): void {
    const { rank, kind, line, words } = one;
    const { ranks, builder } = this;
    const flops = (at: number) => (words.length > at ? this.amount(one, at, 'flops') : 0);
    const count = (at: number) => this.amount(one, at, 'an amount');
    switch (kind) {
      case ACTION.bcast: {
        const root = words.length > 3 ? this.peer(one, 3) : 0;
        builder.add(rank, kind, root, count(2) * this.size(one, 4), { line });
        break;
      }
      case ACTION.reduce: {
        const root = words.length > 4 ? this.peer(one, 4) : 0;
        builder.add(rank, kind, root, count(2) * this.size(one, 5), { second: flops(3), line });
        break;
      }
      case ACTION.allreduce:
      case ACTION.scan:
      case ACTION.exscan:
        builder.add(rank, kind, ANY, count(2) * this.size(one, 4), { second: flops(3), line });
        break;
      case ACTION.alltoall:
      case ACTION.allgather: {
        const received = words.length > 3 ? count(3) : count(2);
        builder.add(rank, kind, ANY, count(2) * this.size(one, 4), {
          second: received * this.size(one, words.length > 5 ? 5 : 4),
          line,
        });
        break;
      }
      case ACTION.gather:
      case ACTION.scatter: {
        const root = words.length > 4 ? this.peer(one, 4) : 0;
        const received = words.length > 3 ? count(3) : count(2);
        builder.add(rank, kind, root, count(2) * this.size(one, 5), {
          second: received * this.size(one, words.length > 6 ? 6 : 5),
          line,
        });
        break;
      }
      case ACTION.gatherv: {
        const at = 3 + ranks;
        const root = words.length > at ? this.peer(one, at) : 0;
        const vector = this.sizes(one, 3, words.length > at + 2 ? at + 2 : at + 1);
        builder.add(rank, kind, root, count(2) * this.size(one, at + 1), { vector, line });
        break;
      }
      case ACTION.scatterv: {
        const at = 3 + ranks;
        const root = words.length > at ? this.peer(one, at) : 0;
        const received =
          this.amount(one, 2 + ranks, 'an amount') * this.size(one, words.length > at + 2 ? at + 2 : at + 1);
        builder.add(rank, kind, root, received, { vector: this.sizes(one, 2, at + 1), line });
        break;
      }
      case ACTION.allgatherv: {
        // What follows the sizes is two types, or a type and displacements.
        const type = 3 + ranks;
        builder.add(rank, kind, ANY, count(2) * this.size(one, type), {
          vector: this.sizes(one, 3, type),
          line,
        });
        break;
      }
      case ACTION.alltoallv: {
        const type = 4 + 2 * ranks;
        const sent = this.sizes(one, 3, type);
        const received = this.sizes(one, 4 + ranks, words.length > type + 1 ? type + 1 : type);
        builder.add(rank, kind, ANY, 0, { vector: [...sent, ...received], line });
        break;
      }
      case ACTION.reducescatter:
        builder.add(rank, kind, ANY, 0, {
          vector: this.sizes(one, 2, 3 + ranks),
          second: flops(2 + ranks),
          line,
        });
        break;
      default:
        builder.add(rank, kind, ANY, 0, { line });
    }
  }

  /** As many sizes as ranks, from word `at` on, in bytes of the type at word `type`. */
  private sizes(one: Raw, at: number, type: number): number[] {
    if (one.words.length < at + this.ranks) {
      const name = one.words[1]!;
      this.refuse(
        one,
        `${name} has ${one.words.length - 2} numbers, too few for ${this.ranks} ranks`,
        'give a size for every rank',
      );
    }
    const size = this.size(one, type);
    return Array.from({ length: this.ranks }, (_, i) => this.amount(one, at + i, 'an amount') * size);
  }

  /** Bytes of an element: of the type that word `at` names, else as `init` says. */
  private size(one: Raw, at: number): number {
    if (this.dialect === 'old' || one.words.length <= at) return this.element[one.rank]!;
    const type = this.number(one, at, 'a data type');
    const known = TYPE_BYTES[type];
    if (known === undefined && this.dialect === 'untagged') {
      this.refuse(
        one,
        `${one.words[at]} where a data type stands in a trace without tags`,
        'where sends have tags, give every "wait" its source, destination and tag',
      );
    }
    // SimGrid takes bytes for a type that it does not know.
    return known ?? 1;
  }

  private peer(one: Raw, at: number, orAny = false): number {
    const word = one.words[at];
    const match = word === undefined ? null : RANK.exec(word);
    if (match === null) {
      this.refuse(
        one,
        word === undefined ? `${one.words[1]} without a rank` : `"${word}" is no rank`,
        'give a rank such as 1 or p1',
      );
    }
    const rank = Number(match[1]);
    if (rank >= this.ranks) {
      this.refuse(
        one,
        `rank ${rank}, but there are ranks 0 to ${this.ranks - 1} only`,
        'give the actions of all ranks',
      );
    }
    if (rank >= 0) return rank;
    if (!orAny) this.refuse(one, `the rank ${word}`, 'give a rank of 0 or more');
    return ANY;
  }

  /** A tag; negative: any. */
  private tag(one: Raw, at: number): number {
    const tag = this.number(one, at, 'a tag');
    if (!Number.isInteger(tag) || tag > LARGEST_TAG) {
      this.refuse(one, `the tag ${one.words[at]}`, `give a whole number of at most ${LARGEST_TAG}`);
    }
    return tag < 0 ? ANY : tag;
  }

  private amount(one: Raw, at: number, what: string): number {
    const value = this.number(one, at, what);
    if (value < 0) this.refuse(one, `${what}: ${one.words[at]}`, 'give 0 or more');
    return value;
  }

  private number(one: Raw, at: number, what: string): number {
    const word = one.words[at];
    const value = word === undefined ? Number.NaN : plainNumber(word);
    if (Number.isNaN(value)) {
      this.refuse(
        one,
        word === undefined ? `${one.words[1]} without ${what}` : `"${word}" is not ${what}`,
        'write a number such as 1000000 or 7.04e+06',
      );
    }
    return value;
  }

  private refuse(one: Raw, found: string, would: string): never {
    throw new InputError({ where: one.where, found, would });
  }
}
