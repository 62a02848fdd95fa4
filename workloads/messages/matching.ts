/**
 * Which sends and receives of a program belong together: the k-th message from a rank to another under a tag is that
 * of the k-th receive for it (messages between two ranks do not overtake each other). A receive from any rank or tag
 * is counted against the sends to its rank that are left over. Collectives must be the same on all ranks, in the same
 * order, since the traces know no smaller groups.
 */
import { InputError } from '../../sim/problem.ts';
import { ACTION, ACTION_NAMES, ANY, isCollective, type MessageProgram, placeOf } from './actions.ts';

/** A send without a receive, or a receive without a send. */
export interface Unmatched {
  readonly rank: number;
  /** Index of the action in the program. */
  readonly action: number;
  /** `rank 2 sends to rank 1 (tag 0) at FILE:LINE (action 7), and nobody receives it`. */
  readonly text: string;
}

export interface Matching {
  readonly sends: number;
  readonly receives: number;
  /** Bytes of the sends. */
  readonly bytes: number;
  readonly matched: number;
  readonly unmatched: readonly Unmatched[];
}

/** The messages between two ranks under a tag, in order: actions that send and that receive. */
interface Channel {
  readonly to: number;
  readonly tag: number;
  readonly sends: number[];
  readonly receives: number[];
}

/** Matches all messages between two ranks. */
export function matchMessages(program: MessageProgram): Matching {
  const { ranks, first, kind, peer, tag, amount } = program;
  const channels = new Map<string, Channel>();
  const wild: number[][] = Array.from({ length: ranks }, () => []);
  const channel = (from: number, to: number, label: number): Channel => {
    const key = `${from} ${to} ${label}`;
    let found = channels.get(key);
    if (found === undefined) {
      found = { to, tag: label, sends: [], receives: [] };
      channels.set(key, found);
    }
    return found;
  };
  let sends = 0;
  let receives = 0;
  let bytes = 0;
  for (let rank = 0; rank < ranks; rank++) {
    for (let i = first[rank]!; i < first[rank + 1]!; i++) {
      const what = kind[i]!;
      if (what === ACTION.send || what === ACTION.isend) {
        sends++;
        bytes += amount[i]!;
        channel(rank, peer[i]!, tag[i]!).sends.push(i);
      } else if (what === ACTION.recv || what === ACTION.irecv) {
        receives++;
        if (peer[i] === ANY || tag[i] === ANY) wild[rank]!.push(i);
        else channel(peer[i]!, rank, tag[i]!).receives.push(i);
      }
    }
  }
  const unmatched: Unmatched[] = [];
  let matched = 0;
  for (const [key, { to, tag: label, sends: sent, receives: taken }] of channels) {
    const from = Number(key.split(' ')[0]);
    const pairs = Math.min(sent.length, taken.length);
    matched += pairs;
    for (const action of taken.slice(pairs)) {
      const text = `rank ${to} receives from rank ${from} (tag ${label}) at ${placeOf(program, to, action)}, and nobody sends it`;
      unmatched.push({ rank: to, action, text });
    }
    for (const action of sent.slice(pairs)) {
      const open = wild[to]!;
      const fit = open.findIndex(
        (i) => (peer[i] === ANY || peer[i] === from) && (tag[i] === ANY || tag[i] === label),
      );
      if (fit >= 0) {
        open.splice(fit, 1);
        matched++;
        continue;
      }
      const text = `rank ${from} sends to rank ${to} (tag ${label}) at ${placeOf(program, from, action)}, and nobody receives it`;
      unmatched.push({ rank: from, action, text });
    }
  }
  for (const [rank, open] of wild.entries()) {
    for (const action of open) {
      const who = peer[action] === ANY ? 'any rank' : `rank ${peer[action]}`;
      const text = `rank ${rank} receives from ${who} at ${placeOf(program, rank, action)}, and nobody sends it`;
      unmatched.push({ rank, action, text });
    }
  }
  unmatched.sort((a, b) => a.rank - b.rank || a.action - b.action);
  return { sends, receives, bytes, matched, unmatched };
}

/** Throws `InputError` where two ranks do not take part in the same collectives in the same order. */
export function checkCollectives(program: MessageProgram): void {
  const { ranks, first, kind } = program;
  const of = (rank: number) => {
    const found: number[] = [];
    for (let i = first[rank]!; i < first[rank + 1]!; i++) if (isCollective(kind[i]!)) found.push(i);
    return found;
  };
  const model = of(0);
  for (let rank = 1; rank < ranks; rank++) {
    const own = of(rank);
    const steps = Math.max(own.length, model.length);
    for (let k = 0; k < steps; k++) {
      const [a, b] = [model[k], own[k]];
      if (a !== undefined && b !== undefined && kind[a] === kind[b]) continue;
      const told = (who: number, action: number | undefined) =>
        action === undefined
          ? `rank ${who} takes part in ${k} only`
          : `rank ${who} is in ${ACTION_NAMES[kind[action]!]} at ${placeOf(program, who, action)}`;
      throw new InputError({
        where: program.files[rank] ?? `rank ${rank}`,
        found: `collective ${k + 1} of the program is not the same on all ranks: ${told(0, a)}, ${told(rank, b)}`,
        would: 'give a trace whose collectives are those of all ranks',
      });
    }
  }
}
