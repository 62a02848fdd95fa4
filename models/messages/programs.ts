/**
 * Message-passing programs that are made here: LogP's optimal broadcast and summation, the FFT's remap, transfers,
 * the start of null jobs by one master. Only who sends what to whom is planned from the LogP terms; when it happens
 * comes out of the run.
 *
 * Source: Culler et al. 1993 (LogP), sections 3.3, 3.4 and 4.1; the start of jobs after Ghormley et al. 1998 (one
 * master, a daemon for each node).
 */
import { InputError } from '../../sim/problem.ts';
import { ACTION, ANY, type MessageProgram, ProgramBuilder } from '../../workloads/messages/index.ts';
import type { LogGp } from '../hardware/network/logp.ts';
import { messageTime, sendInterval } from '../hardware/network/logp.ts';

/** Bytes of a message between master and daemon (assumed). */
const START_BYTES = 64;

/** Times and terms in ns. */
export type MadeProgram =
  | { readonly name: 'broadcast'; readonly bytes: number }
  | { readonly name: 'summation'; readonly time: number; readonly add: number }
  | { readonly name: 'remap'; readonly points: number; readonly bytes: number }
  | { readonly name: 'transfer' | 'ping-pong'; readonly bytes: number; readonly count: number }
  | { readonly name: 'start'; readonly spawn: number; readonly master: number };

/** Ranks of a program on so many nodes: the master of `start` has a node of its own. */
export function ranksOf(made: MadeProgram, nodes: number): number {
  if (made.name === 'transfer' || made.name === 'ping-pong') return 2;
  return made.name === 'start' ? nodes + 1 : nodes;
}

/** The program on `nodes` nodes, planned by `terms`. Throws `InputError` where it cannot be. */
export function makeProgram(made: MadeProgram, nodes: number, terms: LogGp): MessageProgram {
  const ranks = ranksOf(made, nodes);
  switch (made.name) {
    case 'broadcast':
      return broadcast(ranks, made.bytes, terms);
    case 'summation':
      return summation(ranks, made.time, made.add, terms);
    case 'remap':
      return remap(ranks, made.points, made.bytes);
    case 'transfer':
      return exchange(made.bytes, made.count, false);
    case 'ping-pong':
      return exchange(made.bytes, made.count, true);
    case 'start':
      return start(nodes, made.spawn, made.master);
  }
}

/** Who informs whom: the next uninformed rank is informed by whoever can do so first. */
function broadcast(ranks: number, bytes: number, terms: LogGp): MessageProgram {
  const builder = new ProgramBuilder();
  const hop = messageTime(terms, Math.max(1, bytes));
  const interval = sendInterval(terms) + Math.max(0, bytes - 1) * terms.perByte;
  // When each informed rank can inform the next, and the times at which one more knows: by time, first come first.
  const slot = [0];
  for (let rank = 1; rank < ranks; rank++) {
    let parent = 0;
    for (let r = 1; r < rank; r++) if (slot[r]! < slot[parent]!) parent = r;
    builder.add(rank, ACTION.recv, parent, Number.NaN, { tag: 0 });
    builder.add(parent, ACTION.send, rank, bytes, { tag: 0 });
    slot.push(slot[parent]! + hop);
    slot[parent]! += interval;
  }
  return builder.program(ranks);
}

interface Summand {
  /** When its partial sum is complete; who gets it; its place among the children of that rank (0: the last). */
  readonly time: number;
  readonly parent: number;
  readonly children: number[];
}

/**
 * Backwards from the end: a rank done at t can take sums completed at t - (2o + L + add) - k max(g, o + add). Taking one
 * costs o in which the rank could have added itself, so that only sums of more than o's worth are taken.
 */
function summation(ranks: number, time: number, add: number, terms: LogGp): MessageProgram {
  const spacing = Math.max(terms.gap, terms.receiveOverhead + add);
  const way = terms.sendOverhead + terms.latency + terms.receiveOverhead + add;
  const used: Summand[] = [];
  // The latest completion first, the oldest of equals first.
  const open: { time: number; parent: number }[] = [{ time, parent: ANY }];
  while (open.length > 0 && used.length < ranks) {
    let best = 0;
    for (let i = 1; i < open.length; i++) if (open[i]!.time > open[best]!.time) best = i;
    const [next] = open.splice(best, 1);
    const rank = used.length;
    used.push({ ...next!, children: [] });
    if (next!.parent !== ANY) used[next!.parent]!.children.push(rank);
    for (let k = 0; k < ranks; k++) {
      const done = next!.time - way - k * spacing;
      if (done < terms.receiveOverhead) break;
      open.push({ time: done, parent: rank });
    }
  }
  const builder = new ProgramBuilder();
  used.forEach((one, rank) => {
    let now = 0;
    const until = (t: number) => {
      // Whole additions only: what is left over is waited.
      const adds = Math.floor((t - now) / add + 1e-9);
      if (adds > 0) builder.add(rank, ACTION.work, ANY, adds * add);
      now += Math.max(0, adds) * add;
    };
    for (const child of one.children.toSorted((a, b) => used[a]!.time - used[b]!.time)) {
      const arrives = used[child]!.time + terms.sendOverhead + terms.latency;
      until(arrives);
      builder.add(rank, ACTION.recv, child, Number.NaN, { tag: 0 });
      builder.add(rank, ACTION.work, ANY, add);
      now = arrives + terms.receiveOverhead + add;
    }
    until(one.time);
    if (one.parent !== ANY) builder.add(rank, ACTION.send, one.parent, 1, { tag: 0 });
  });
  return builder.program(used.length);
}

/** Every rank sends points / ranks^2 messages to each other one, beginning with its neighbour, and takes what has come between. */
function remap(ranks: number, points: number, bytes: number): MessageProgram {
  const each = points / (ranks * ranks);
  if (!Number.isInteger(each)) {
    throw new InputError({
      where: 'messages.program.points',
      found: `${points} points on ${ranks} ranks: each would send ${each} to every other`,
      would: `give a multiple of ${ranks * ranks}`,
    });
  }
  const builder = new ProgramBuilder();
  const all = each * (ranks - 1);
  for (let rank = 0; rank < ranks; rank++) {
    for (let k = 1; k < ranks; k++) {
      for (let i = 0; i < each; i++) {
        builder.add(rank, ACTION.send, (rank + k) % ranks, bytes);
        builder.add(rank, ACTION.poll);
      }
    }
    builder.add(rank, ACTION.drain, ANY, all);
  }
  return builder.program(ranks);
}

function exchange(bytes: number, count: number, answers: boolean): MessageProgram {
  const builder = new ProgramBuilder();
  const message = { tag: 0 };
  for (let i = 0; i < count; i++) {
    builder.add(0, ACTION.send, 1, bytes, message);
    builder.add(1, ACTION.recv, 0, Number.NaN, message);
    if (!answers) continue;
    builder.add(1, ACTION.send, 0, bytes, message);
    builder.add(0, ACTION.recv, 1, Number.NaN, message);
  }
  return builder.program(2);
}

/** Rank 0 is the master: it sends to each daemon in turn, and takes what answers have come between. */
function start(nodes: number, spawn: number, master: number): MessageProgram {
  const builder = new ProgramBuilder();
  for (let node = 1; node <= nodes; node++) {
    builder.add(0, ACTION.work, ANY, master);
    builder.add(0, ACTION.send, node, START_BYTES);
    builder.add(0, ACTION.poll, ANY, 0, { second: master });
    builder.add(node, ACTION.recv, 0, Number.NaN);
    builder.add(node, ACTION.work, ANY, spawn);
    builder.add(node, ACTION.send, 0, START_BYTES);
  }
  builder.add(0, ACTION.drain, ANY, nodes, { second: master });
  return builder.program(nodes + 1);
}
