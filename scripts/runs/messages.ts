/** Runs of message-passing programs: a trace, or a program made here, on the nodes of a network. */
import { writeFileSync } from 'node:fs';
import { networkNamed } from '../../models/hardware/network/index.ts';
import type { LogGp } from '../../models/hardware/network/logp.ts';
import { logGp } from '../../models/hardware/network/logp.ts';
import { endsOf } from '../../models/messages/endpoints.ts';
import { MESSAGE_MEASURES, runMessages } from '../../models/messages/index.ts';
import { type MadeProgram, makeProgram, ranksOf } from '../../models/messages/programs.ts';
import { priceStructure } from '../../models/os/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import type { Settings } from '../fields.ts';
import { digestOf, messageTrace } from '../inputs.ts';
import { jobsAndOwners, refuseBeside } from './alone.ts';
import type { RunKind } from './contract.ts';
import { always, type Condition, PRICED, TAXED, where } from './reads.ts';

const TRACED: Condition = {
  holds: ({ messages: { trace } }) => trace !== 'none',
  only: 'with a trace of messages',
  would: 'set messages.trace',
};
const KERNEL_ENDS: Condition = {
  holds: ({ messages: { endpoint } }) => endpoint === 'rpc' || endpoint === 'kernel-udp',
  only: 'where messages go through the kernel',
  would: 'set messages.endpoint=kernel-udp',
};

export const messages: RunKind = {
  title: 'a message-passing program',
  by: 'messages.trace, messages.program',
  chosenBy: ['messages.trace', 'messages.program'],
  reads: [
    // Checked: there must be none beside the program.
    always('jobs.trace', 'jobs.law', 'owners.trace', 'owners.law'),
    always('messages.program', 'messages.endpoint', 'messages.wires', 'messages.capacity', 'messages.place'),
    always('messages.logp', 'cluster.nodes', 'cluster.network', 'cluster.os'),
    where([TRACED], 'messages.member', 'messages.ticks', 'messages.flop_rate'),
    where([PRICED], 'cluster.machine'),
    where([KERNEL_ENDS, PRICED], 'cluster.operation_price'),
    where([TAXED], 'cluster.sfi.overhead', 'cluster.sfi.checks'),
  ],
  takes: ({ messages: { trace, program } }) => trace !== 'none' || program.name !== 'none',
  measures: MESSAGE_MEASURES,
  settle,
  run,
};

async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
  const { trace, member, ticks, program } = settings.messages;
  refuseBeside(
    trace === 'none' ? 'messages.program' : 'messages.trace',
    [
      ...jobsAndOwners(settings),
      ['services.trace', settings.services.trace],
      ...(trace === 'none' ? [] : [['messages.program', program.name] as [string, string]]),
    ],
    'a run has one message-passing program, and nothing else',
  );
  const inputs: Record<string, Value> = {};
  let ranks: number | undefined;
  if (trace !== 'none') {
    const read = await messageTrace(trace, member, ticks);
    ranks = read.program.ranks;
    inputs[trace] = { sha256: await digestOf(trace), records: read.records as unknown as Plain };
  }
  const nodes = nodesOf(settings, ranks);
  pricesOf(settings);
  return {
    ...scenario,
    cluster: { ...(scenario['cluster'] as Plain), nodes },
    presets: {
      machine: plain(loadMachine(settings.cluster.machine)) as Plain,
      network: plain(networkNamed(settings.cluster.network)) as Plain,
    },
    inputs,
  };
}

/** Nodes of the cluster; ranks of a trace must find a place. Throws `InputError`. */
function nodesOf(settings: Settings, ranks: number | undefined): number {
  const { nodes } = settings.cluster;
  const { program, place } = settings.messages;
  if (nodes === 'auto') {
    const wanted = ranks ?? (program.name === 'transfer' || program.name === 'ping-pong' ? 2 : undefined);
    if (wanted !== undefined) return wanted;
    throw new InputError({
      where: 'cluster.nodes',
      found: `auto, but messages.program=${program.name} has a rank on each of them`,
      would: 'give a number',
    });
  }
  const wanted = ranks ?? (program.name === 'none' ? 0 : ranksOf(program as MadeProgram, nodes));
  const own = program.name === 'start' ? nodes + 1 : nodes;
  if (wanted <= own || place === 'block') return nodes;
  throw new InputError({
    where: 'cluster.nodes',
    found: `${nodes}, but the program has ${wanted} ranks`,
    would: 'set cluster.nodes=auto, or messages.place=block for several ranks on a node',
  });
}

/** What messages cost: the network's terms, those that are set, and the software at the ends. */
function pricesOf(settings: Settings) {
  const { cluster, messages: set } = settings;
  const machine = loadMachine(cluster.machine);
  const prices = priceStructure(cluster.os, machine, {
    sfi: cluster.sfi,
    operationPrice: cluster.operation_price,
  });
  const network = networkNamed(cluster.network);
  const ends = endsOf(set.endpoint, network, prices);
  const own = logGp(network);
  const { send, receive, latency, gap, per_byte: perByte } = set.logp;
  const terms: LogGp = {
    sendOverhead: send === 'network' ? ends.send.base : send,
    receiveOverhead: receive === 'network' ? ends.receive.base : receive,
    latency: latency === 'network' ? own.latency : latency,
    gap: gap === 'network' ? ends.gap : gap,
    perByte: perByte === 'network' ? own.perByte : perByte,
  };
  return {
    machine,
    prices,
    network,
    terms,
    send: send === 'network' ? ends.send : { base: send, perByte: 0 },
    receive: receive === 'network' ? ends.receive : { base: receive, perByte: 0 },
    notes: ends.notes,
  };
}

async function run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult> {
  const { cluster, messages: set } = settings;
  const { machine, prices, network, terms, send, receive, notes } = pricesOf(settings);
  const nodes = cluster.nodes as number;
  const told: string[] = [];
  let program: ReturnType<typeof makeProgram>;
  let unmatched = 0;
  if (set.trace !== 'none') {
    const trace = await messageTrace(set.trace, set.member, set.ticks);
    program = trace.program;
    unmatched = trace.matching.unmatched.length;
    told.push(...trace.notes);
  } else {
    program = makeProgram(set.program as MadeProgram, nodes, terms);
  }
  const perNode = set.place === 'block' ? Math.ceil(program.ranks / nodes) : 1;
  const tax = prices.taxesUserTime
    ? prices.sfiOverhead(streams.stream('tax of the message-passing program'))
    : 0;
  const done = runMessages({
    program,
    network,
    terms,
    send,
    receive,
    wires: set.wires,
    capacity: set.capacity,
    perNode,
    flopRate: set.flop_rate,
    tax: 1 + tax,
    copyPerByte: cluster.os === 'free' ? 0 : 1e3 / machine.copyRate.value,
    keepLog: outputs.events !== undefined,
  });
  if (outputs.events !== undefined && done.log !== null) {
    writeFileSync(outputs.events, [...done.log.csv()].join(''));
  }
  return {
    measures: done.measures,
    digest: done.digest,
    counts: { ranks: program.ranks, unmatched },
    events: done.events,
    notes: [...(set.endpoint === 'network' && tax === 0 ? [] : prices.notes), ...notes, ...told],
  };
}
