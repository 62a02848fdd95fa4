/**
 * GOAL schedules (Group Operation Assembly Language): for each rank sends, receives and computations, and which of
 * them require which others. One file holds all ranks.
 *
 * A rank carries its actions out one at a time, in the order of the file as far as what they require allows; a
 * receive is begun at its place and waited for where something requires it, else at the end. `calc` is in ns.
 *
 * Left out: several processors or interfaces of a rank (`cpu`, `nic` are read and not used), actions of one rank that
 * overlap otherwise than by receives; `irequires` (after the start of another) orders only.
 * Source: Hoefler, Siebert and Lumsdaine 2009 (GOAL); LogGOPSim's schedules.
 */
import { InputError, nearest } from '../../sim/problem.ts';
import { mustKeepSome, recordCount } from '../records.ts';
import { plainNumber } from '../text.ts';
import { ACTION, ANY, ProgramBuilder } from './actions.ts';
import type { ReadTrace } from './read.ts';
import { traceSources } from './sources.ts';

const RANKS = /^num_ranks\s+(\d{1,7})$/;
const RANK = /^rank\s+(\d{1,7})\s*\{$/;
const REQUIRES = /^(\w+)\s+(i?requires)\s+(\w+)$/;
const MESSAGE =
  /^(?:(\w+)\s*:\s*)?(send|recv)\s+(\S+?)b\s+(?:to|from)\s+(\d{1,7})(?:\s+tag\s+(\d+))?(?:\s+(?:cpu|nic)\s+\d+)*$/;
const CALC = /^(?:(\w+)\s*:\s*)?calc\s+(\S+)(?:\s+(?:cpu|nic)\s+\d+)*$/;

/** Do these lines begin a GOAL schedule? */
export function isGoal(lines: readonly string[]): boolean {
  const first = lines.map(plainLine).find((text) => text !== '');
  return first !== undefined && RANKS.test(first);
}

function plainLine(line: string): string {
  return line.replace(/(?:\/\/|#).*$/, '').trim();
}

interface Step {
  readonly kind: number;
  readonly peer: number;
  readonly tag: number;
  readonly amount: number;
  readonly line: number;
  readonly after: number[];
  /** Of receives whose end something waits for. */
  readonly ends: number[];
}

interface Schedule {
  readonly steps: Step[];
  readonly labels: Map<string, number>;
}

/** Reads a schedule. Throws `InputError` with `file:line`. */
export async function readGoal(path: string, member = 'all'): Promise<ReadTrace> {
  const { sources, skipped, others } = await traceSources(path, isGoal, member, true);
  const [source] = sources;
  const records = recordCount();
  const schedules: (Schedule | undefined)[] = [];
  let ranks = 0;
  let open: Schedule | undefined;
  const read = await source!.lines((whole, line) => {
    const text = plainLine(whole);
    if (text === '') return;
    const where = `${source!.name}:${line}`;
    const refuse = (found: string, would: string): never => {
      throw new InputError({ where, found, would });
    };
    const count = RANKS.exec(text);
    if (count !== null) {
      ranks = Number(count[1]);
      return;
    }
    const head = RANK.exec(text);
    if (head !== null) {
      const rank = Number(head[1]);
      if (rank >= ranks) refuse(`rank ${rank} of ${ranks}`, `number ranks from 0 to ${ranks - 1}`);
      if (schedules[rank] !== undefined) refuse(`rank ${rank} for the second time`, 'give each rank once');
      open = { steps: [], labels: new Map() };
      schedules[rank] = open;
      return;
    }
    if (text === '}') {
      open = undefined;
      return;
    }
    if (open === undefined)
      refuse(`"${text.slice(0, 40)}" outside of a rank`, 'write it between "rank N {" and "}"');
    records.read++;
    records.kept++;
    const needs = REQUIRES.exec(text);
    if (needs !== null) {
      const [, later, how, earlier] = needs;
      const { steps, labels } = open!;
      const of = (label: string): number => {
        const found = labels.get(label);
        if (found !== undefined) return found;
        const near = nearest(label, labels.keys());
        return refuse(
          `no action of this rank is called "${label}"`,
          near === undefined ? 'label it first' : `did you mean "${near}"?`,
        );
      };
      const step = steps[of(later!)]!;
      const needed = of(earlier!);
      step.after.push(needed);
      if (how === 'requires' && steps[needed]!.kind === ACTION.irecv) step.ends.push(needed);
      return;
    }
    const step = stepOf(text, line, ranks, refuse);
    const label = (MESSAGE.exec(text) ?? CALC.exec(text))![1];
    if (label !== undefined) open!.labels.set(label, open!.steps.length);
    open!.steps.push(step);
  });
  if (read.crlf > 0) records.repaired['line ended in CRLF'] = read.crlf;
  if (read.open) records.repaired['last line had no end'] = 1;
  mustKeepSome(path, 'actions of ranks', records);
  const missing = Array.from({ length: ranks }, (_, rank) => rank).filter(
    (rank) => schedules[rank] === undefined,
  );
  if (missing.length > 0) {
    throw new InputError({
      where: source!.name,
      found: `${missing.length === 1 ? 'rank' : 'ranks'} ${missing.slice(0, 12).join(', ')} of 0 to ${ranks - 1} missing`,
      would: 'give the actions of every rank',
    });
  }
  const builder = new ProgramBuilder();
  schedules.forEach((schedule, rank) => {
    emit(builder, rank, schedule!, source!.name);
  });
  const program = builder.program(
    ranks,
    Array.from({ length: ranks }, () => source!.name),
  );
  return { program, records, skipped, others, header: {}, notes: [] };
}

function stepOf(
  text: string,
  line: number,
  ranks: number,
  refuse: (found: string, would: string) => never,
): Step {
  const amountOf = (word: string, what: string): number => {
    const value = plainNumber(word);
    return value >= 0 ? value : refuse(`"${word}" is not ${what}`, 'write a number of 0 or more');
  };
  const calc = CALC.exec(text);
  const common = { line, after: [], ends: [] };
  if (calc !== null) {
    return { ...common, kind: ACTION.work, peer: ANY, tag: ANY, amount: amountOf(calc[2]!, 'a time in ns') };
  }
  const message = MESSAGE.exec(text);
  if (message === null) {
    return refuse(
      `"${text.slice(0, 60)}" is no action`,
      'write "l1: send 8b to 1 tag 0", "l2: recv 8b from 1 tag 0", "l3: calc 1000" or "l2 requires l1"',
    );
  }
  const [, , what, bytes, peer, tag] = message;
  if (Number(peer) >= ranks)
    refuse(`rank ${peer}, but there are ranks 0 to ${ranks - 1} only`, 'give one of them');
  return {
    ...common,
    kind: what === 'send' ? ACTION.isend : ACTION.irecv,
    peer: Number(peer),
    tag: tag === undefined ? 0 : Number(tag),
    amount: amountOf(bytes!, 'a number of bytes'),
  };
}

/** The actions of a rank in an order in which each comes after what it requires: of those that may, the first of the file. */
function emit(builder: ProgramBuilder, rank: number, { steps }: Schedule, name: string): void {
  const needs = steps.map(({ after }) => after.length);
  const followers: number[][] = steps.map(() => []);
  steps.forEach(({ after }, i) => {
    for (const earlier of after) followers[earlier]!.push(i);
  });
  const ready = new Heap();
  needs.forEach((count, i) => {
    if (count === 0) ready.push(i);
  });
  const waited = new Set<number>();
  let done = 0;
  for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
    const { kind, peer, tag, amount, line, ends } = steps[i]!;
    for (const receive of ends) {
      if (waited.has(receive)) continue;
      waited.add(receive);
      const { peer: from, tag: label } = steps[receive]!;
      builder.add(rank, ACTION.wait, from, 0, { tag: label, line });
    }
    builder.add(rank, kind, peer, amount, { tag, line });
    done++;
    for (const follower of followers[i]!) {
      needs[follower]!--;
      if (needs[follower] === 0) ready.push(follower);
    }
  }
  if (done < steps.length) {
    const stuck = steps.find((_, i) => needs[i]! > 0)!;
    throw new InputError({
      where: `${name}:${stuck.line}`,
      found: `actions of rank ${rank} require each other in a circle`,
      would: 'take one of these "requires" away',
    });
  }
  builder.add(rank, ACTION.waitall);
}

/** The least number first. */
class Heap {
  private readonly items: number[] = [];

  push(item: number): void {
    const { items } = this;
    let i = items.push(item) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (items[up]! <= item) break;
      items[i] = items[up]!;
      i = up;
    }
    items[i] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return first;
  }
}
