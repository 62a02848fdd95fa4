/**
 * Benchmark of messages: how many a second between processes under LogGP, from a program in memory to measures.
 *
 * The remap of an FFT on 128 ranks (every message sent, taken and put into the digest), on plain LogGP wires and on
 * links for each node; and a ring in which every rank computes and then waits for its neighbour. Without computing all
 * ranks of the ring act at the same instants, which the event queue takes longer to sort in.
 */

import { networkNamed } from '../../models/hardware/network/index.ts';
import { logGp } from '../../models/hardware/network/logp.ts';
import { runMessages } from '../../models/messages/index.ts';
import { makeProgram } from '../../models/messages/programs.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { ACTION, ANY, type MessageProgram, ProgramBuilder } from '../../workloads/messages/index.ts';
import { type BenchTable, median } from './table.ts';

const RANKS = 128;
const POINTS = 2 ** 20;
const LAPS = 8000;
const TIMES = 3;

/** Measures messages a second; medians of three. */
export function benchMessages(): BenchTable {
  const network = networkNamed('myrinet');
  const terms = logGp(network);
  const remap = makeProgram({ name: 'remap', points: POINTS, bytes: 16 }, RANKS, terms);
  const ring = ringOf(RANKS, LAPS, true);
  const step = ringOf(RANKS, LAPS, false);
  const rate = (program: MessageProgram, wires: 'loggp' | 'servers') => {
    let messages = 0;
    const taken: number[] = [];
    for (let k = 0; k < TIMES; k++) {
      const begin = performance.now();
      const done = runMessages({
        program,
        network,
        terms,
        send: { base: terms.sendOverhead, perByte: 0 },
        receive: { base: terms.receiveOverhead, perByte: 0 },
        wires,
        capacity: 'auto',
        perNode: 1,
        flopRate: 1e9,
        tax: 1,
        copyPerByte: 0,
        keepLog: false,
      });
      taken.push((performance.now() - begin) / 1e3);
      messages = done.measures.messages!;
    }
    const seconds = median(taken);
    return { messages, seconds, rate: messages / seconds };
  };
  const results = [
    { what: 'remap of an FFT, LogGP', ...rate(remap, 'loggp') },
    { what: 'ring that computes and waits, LogGP', ...rate(ring, 'loggp') },
    { what: 'ring in lockstep, LogGP', ...rate(step, 'loggp') },
    { what: 'remap of an FFT, links as servers', ...rate(remap, 'servers') },
  ];
  return {
    title: `messages between ${RANKS} ranks`,
    columns: ['what', 'messages', 'seconds', 'messages/s'],
    rows: results.map((one) => [
      one.what,
      one.messages,
      Number(one.seconds.toPrecision(3)),
      Math.round(one.rate),
    ]),
    goals: results.slice(0, 2).map(({ what, rate: got }) => ({
      what: `${what}, messages/s`,
      goal: 2e6,
      got,
      better: 'higher' as const,
    })),
    notes: [],
  };
}

/** Every rank computes for 1 to 5 us (or not), sends to the next and waits for the one before, so many times. */
function ringOf(ranks: number, laps: number, computes: boolean): MessageProgram {
  const builder = new ProgramBuilder();
  const source = new Streams(1, 0).stream('bench of messages');
  const message = { tag: 0 };
  for (let rank = 0; rank < ranks; rank++) {
    for (let lap = 0; lap < laps; lap++) {
      if (computes) builder.add(rank, ACTION.work, ANY, 1000 + 4000 * source.next());
      builder.add(rank, ACTION.send, (rank + 1) % ranks, 16, message);
      builder.add(rank, ACTION.recv, (rank - 1 + ranks) % ranks, 16, message);
    }
  }
  return builder.program(ranks);
}
