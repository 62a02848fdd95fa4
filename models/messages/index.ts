/**
 * A message-passing program, traced or made, on the nodes of a network: how long it takes, and where the time goes.
 */
import { Engine } from '../../sim/engine/engine.ts';
import { Digest } from '../../sim/measure/digest.ts';
import { EventLog } from '../../sim/measure/event-log.ts';
import type { MessageProgram } from '../../workloads/messages/index.ts';
import type { LogGp } from '../hardware/network/logp.ts';
import { inFlight, logGp } from '../hardware/network/logp.ts';
import { Medium, pieces, wireTime } from '../hardware/network/medium.ts';
import type { Network } from '../presets/networks.ts';
import { type EndCost, LOGGED, Ranks } from './ranks.ts';

export const MESSAGE_MEASURES = {
  makespan_s: { unit: 's', doc: 'from the start to the end of the last rank' },
  messages: { unit: '1', doc: 'messages delivered, those of collectives included' },
  message_bytes: { unit: 'B', doc: 'bytes of these messages' },
  message_time_s: { unit: 's', doc: 'mean time from the start of sending to lying at the receiver' },
  compute_share: { unit: '1', doc: 'share of ranks x makespan in which processors compute' },
  send_share: { unit: '1', doc: 'share in which they send' },
  receive_share: { unit: '1', doc: 'share in which they take messages' },
  wait_share: { unit: '1', doc: 'share in which ranks wait for messages (or sleep)' },
  stall_share: { unit: '1', doc: 'share in which sends wait for the network interface' },
  ended_share: { unit: '1', doc: 'share in which ranks have ended and others have not' },
  busiest_rank: {
    unit: '1',
    doc: 'share of the makespan in which the busiest processor computes, sends or receives',
  },
  rank_end_s: { unit: 's', doc: 'mean end of a rank' },
  compute_s: { unit: 's', doc: 'time that all processors compute' },
  network_utilisation: {
    unit: '1',
    doc: 'share of the makespan in which wires are occupied, mean over those of nodes in use',
  },
  wire_time_s: { unit: 's', doc: 'time for which all messages occupy one wire' },
  frames: { unit: '1', doc: 'frames or cells of all messages' },
  events: { unit: '1', doc: 'events that the engine carried out' },
} as const;
export type MessageMeasure = keyof typeof MESSAGE_MEASURES;

export interface MessagesConfig {
  readonly program: MessageProgram;
  readonly network: Network;
  /** Latency, gap and time a byte, ns; overheads are `send` and `receive`. */
  readonly terms: LogGp;
  readonly send: EndCost;
  readonly receive: EndCost;
  readonly wires: 'servers' | 'loggp';
  readonly capacity: number | 'auto' | 'none';
  /** Ranks of one node (consecutive ones). */
  readonly perNode: number;
  /** Flops a second, and the factor by which the OS structure lengthens user time. */
  readonly flopRate: number;
  readonly tax: number;
  /** ns a byte of a copy between ranks of one node. */
  readonly copyPerByte: number;
  /** Keep the event log. */
  readonly keepLog: boolean;
}

export interface MessagesRun {
  readonly measures: Partial<Record<MessageMeasure, number>>;
  readonly digest: string;
  readonly events: number;
  readonly log: EventLog | null;
  /** When each rank ended, s. */
  readonly ends_s: readonly number[];
}

/** Runs a program to its end. Throws `InputError` on a deadlock, `CheckError` where messages or times do not add up. */
export function runMessages(config: MessagesConfig): MessagesRun {
  const { program, network, terms, capacity, perNode } = config;
  const { ranks } = program;
  const nodes = Math.ceil(ranks / perNode);
  const engine = new Engine();
  const digest = new Digest();
  const log = config.keepLog ? new EventLog(LOGGED) : null;
  // A latency that is set takes the place of the network's on the wires too.
  const latency = { ...network.latency, value: terms.latency / 1e3 };
  const own = logGp(network).latency === terms.latency;
  const wires = new Wires(own ? network : { ...network, latency }, nodes);
  const loggp = config.wires === 'loggp';
  // Without a gap nothing bounds them.
  const auto = loggp && terms.gap > 0 ? inFlight(terms) : Infinity;
  const machine = new Ranks({
    engine,
    digest,
    log,
    program,
    nodes,
    terms: {
      ...terms,
      capacity: capacity === 'auto' ? auto : capacity === 'none' ? Infinity : capacity,
      copyPerByte: config.copyPerByte,
    },
    medium: loggp ? null : wires,
    nodeOf: Int32Array.from({ length: ranks }, (_, rank) => Math.floor(rank / perNode)),
    send: config.send,
    receive: config.receive,
    flop: (config.tax * 1e9) / config.flopRate,
    work: config.tax,
  });
  machine.run();
  const sum = (column: Float64Array) => column.reduce((total, x) => total + x, 0);
  let makespan = 0;
  let busiest = 0;
  for (let rank = 0; rank < ranks; rank++) {
    makespan = Math.max(makespan, machine.ended[rank]!);
    busiest = Math.max(busiest, machine.computing[rank]! + machine.sending[rank]! + machine.receiving[rank]!);
  }
  const { transport } = machine;
  const measures: Partial<Record<MessageMeasure, number>> = {
    makespan_s: makespan / 1e9,
    messages: transport.delivered,
    events: engine.events,
    message_bytes: transport.bytesDelivered,
    rank_end_s: sum(machine.ended) / ranks / 1e9,
    compute_s: sum(machine.computing) / 1e9,
  };
  if (transport.delivered > 0) measures.message_time_s = machine.transit / transport.delivered / 1e9;
  if (!loggp) {
    measures.wire_time_s = wires.occupied / 1e9;
    measures.frames = wires.frames;
  }
  if (makespan > 0) {
    const share = (column: Float64Array) => sum(column) / (ranks * makespan);
    measures.compute_share = share(machine.computing);
    measures.send_share = share(machine.sending);
    measures.receive_share = share(machine.receiving);
    measures.wait_share = share(machine.waiting);
    measures.stall_share = share(machine.stalled);
    measures.ended_share = 1 - share(machine.ended);
    measures.busiest_rank = busiest / makespan;
    if (!loggp) measures.network_utilisation = wires.utilisation(makespan);
  }
  return {
    measures,
    digest: digest.hex(),
    events: engine.events,
    log,
    ends_s: Array.from(machine.ended, (end) => end / 1e9),
  };
}

/** The wires, and what went over them. */
class Wires extends Medium {
  frames = 0;
  /** ns of one wire. */
  occupied = 0;
  private readonly kind: Network;

  constructor(network: Network, nodes: number) {
    super(network, nodes);
    this.kind = network;
  }

  override depart(from: number, bytes: number, now: number): number {
    this.frames += pieces(bytes, this.kind);
    this.occupied += wireTime(bytes, this.kind);
    return super.depart(from, bytes, now);
  }
}
