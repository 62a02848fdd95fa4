/**
 * O cases in which the source gives parts that no structure has: they are steps, and the cost equation adds them, CPU
 * time and waiting apart. Where a structure has an answer of its own too, it stands beside (`-own`).
 *
 * Left out: floating-point programs of O9 (their interlocks are not counted).
 */
import { networkNamed } from '../../models/hardware/network/index.ts';
import { wireTime } from '../../models/hardware/network/medium.ts';
import type { Step } from '../../models/os/cost.ts';
import { cpuTime, step } from '../../models/os/cost.ts';
import { STRUCTURES, structureNamed } from '../../models/os/index.ts';
import type { Constant } from '../../models/presets/constant.ts';
import { derived, nanoseconds } from '../../models/presets/constant.ts';
import type { Layer, Protocol, ProtocolPlace } from '../../models/presets/layers.ts';
import { FULL_PACKET, layersOf } from '../../models/presets/layers.ts';
import {
  DEVICE_READ,
  FIREFLY_RPC,
  PACKET_DROP,
  REMOTE_CALLS,
  type RemoteCall,
} from '../../models/presets/parts.ts';
import type { CountedSystem } from '../../models/presets/programs.ts';
import { COUNTED_PROGRAMS } from '../../models/presets/programs.ts';
import type { Case } from './case.ts';

import { azure, cvax, elapsed, i386, price, pricesOf, r3000_25, us, usOf } from './os-price.ts';

// -- O9: programs from their counts -----------------------------------------------------------------------------

/** Elapsed time of a counted program: instructions with their stalls are CPU time, idle ones are waiting. */
function counted(program: string, system: CountedSystem): Step[] {
  const { instructions, system: share, idle, stalls } = COUNTED_PROGRAMS[program]![system];
  const prices = pricesOf(r3000_25, system === 'Mach' ? 'microkernel-mach' : 'in-kernel');
  const cycles = (note: string, part: (share: number) => number) =>
    derived('cycles', [instructions, share, stalls], note, (n, s, m) => 1e3 * n * part(s / 100) * (1 + m));
  const user = cycles('user instructions and stalls', (s) => 1 - s);
  const kernel = cycles('system instructions and stalls', (s) => s);
  const waiting = derived('cycles', [idle], 'idle loop', (n) => 1e3 * n);
  return [
    step('user instructions', 'body', 1, prices.constant(user, 'counts')),
    step('system instructions', 'body', 1, prices.constant(kernel, 'counts')),
    step('idle loop (not CPU time)', 'device', 1, prices.constant(waiting, 'counts')),
  ];
}

function o9(): Case[] {
  const seconds: Readonly<Record<string, readonly [ultrix: number, mach: number]>> = {
    egrep: [1.9, 2.01],
    yacc: [1.82, 1.75],
    gcc: [4.2, 3.7],
    espresso: [6.46, 6.23],
    lisp: [54.97, 56.46],
    eqntott: [65.85, 66.05],
    sed: [0.57, 0.58],
    compress: [1.32, 1.32],
  };
  return Object.entries(seconds).flatMap(([program, times]) =>
    (['Ultrix', 'Mach'] as const).map((system, i) => {
      const loose = program === 'sed' || program === 'compress';
      return price(
        {
          id: `${loose ? 'O9b' : 'O9'}-${program}-${system[0]}`,
          title: `${program} under ${system}, of counts, s`,
          source: 'Chen & Bershad 1993, Tables 2-2 and 2-3',
          expected: times[i]!,
          tolerance: loose ? '20%' : '8%',
          out: [`CB93-${program}-${system[0]}t`],
        },
        () => counted(program, system),
        (steps) => elapsed(steps) / 1e9,
      );
    }),
  );
}

// -- O10: round trips of layers ---------------------------------------------------------------------------------

const LAYER_KIND: Readonly<Record<string, Step['kind']>> = {
  'entry and copy in': 'trap',
  'copy out and exit': 'trap',
  'copy out of the kernel': 'copy',
  queue: 'switch',
  'wake-up of the user thread': 'scheduling',
  wire: 'device',
};

/** One way of one packet through its layers. */
function oneWay(protocol: Protocol, place: ProtocolPlace, size: 'one' | 'full'): Step[] {
  const prices = pricesOf(r3000_25, place);
  return layersOf(protocol, place).map((layer: Layer) =>
    step(layer.name, LAYER_KIND[layer.name] ?? 'body', 1, prices.constant(layer[size], layer.name)),
  );
}

function o10(): Case[] {
  const source = 'Maeda & Bershad 1993, Table 2';
  // The library of the layers takes packets from the device after the filter: it is the one with the integrated filter.
  const whole: Readonly<Record<ProtocolPlace, { row: string; ms: readonly number[] }>> = {
    kernel: { row: 'k25', ms: [1.4, 6.04, 1.45, 5.88] },
    server: { row: 'ux', ms: [3.64, 9.73, 3.61, 9.84] },
    library: { row: 'libipf', ms: [1.72, 6.56, 1.23, 5.79] },
  };
  const row = (protocol: Protocol, size: 'one' | 'full') =>
    `${protocol.toLowerCase()}${size === 'one' ? 1 : 'L'}`;
  const title = (size: 'one' | 'full') => (size === 'one' ? '1 byte' : 'full packets');
  const composed = (Object.keys(whole) as ProtocolPlace[]).flatMap((place) =>
    (['TCP', 'UDP'] as const).flatMap((protocol, p) =>
      (['one', 'full'] as const).map((size, s) =>
        price(
          {
            id: `O10-${place}-${row(protocol, size)}`,
            title: `${protocol} in ${place}, ${title(size)}, of layers, ms`,
            source,
            expected: whole[place].ms[2 * p + s]!,
            tolerance: '15%',
            out: [`MB93-T2-${whole[place].row}-${row(protocol, size)}`],
          },
          () => oneWay(protocol, place, size),
          (steps) => (2 * elapsed(steps)) / 1e6,
        ),
      ),
    ),
  );
  const network = networkNamed('ethernet10');
  const own = (structure: string, size: 'one' | 'full') => {
    const bytes = size === 'one' ? 1 : FULL_PACKET.UDP;
    const prices = pricesOf(r3000_25, structure);
    const operation = (op: 'send' | 'receive') => STRUCTURES[structure]!.operation(op, prices, bytes);
    const wire = { ns: wireTime(bytes, network), fact: network.rate.fact, quality: network.rate.quality };
    return [...operation('send'), step('wire', 'device', 1, wire), ...operation('receive')];
  };
  const owns = (['one', 'full'] as const).flatMap((size, s) => [
    price(
      {
        id: `O10-own-k-${row('UDP', size)}`,
        title: `UDP, ${title(size)}, in-kernel’s path, ms`,
        source,
        expected: whole.kernel.ms[2 + s]!,
        tolerance: '15%',
        out: [`MB93-T2-k25-${row('UDP', size)}`],
      },
      () => own('in-kernel', size),
      (steps) => (2 * elapsed(steps)) / 1e6,
    ),
    // Most of the server's time is its implementation (section 8), so that structure alone is not judged by it.
    price(
      {
        id: `O10-own-s-${row('UDP', size)}`,
        title: `UDP, ${title(size)}, Mach’s path, ms`,
        source,
        kind: 'reported',
        expected: whole.server.ms[2 + s]!,
        tolerance: '15%',
        out: [`MB93-T2-ux-${row('UDP', size)}`],
      },
      () => own('microkernel-mach', size),
      (steps) => (2 * elapsed(steps)) / 1e6,
    ),
  ]);
  return [...composed, ...owns];
}

// -- O11: a read from disk --------------------------------------------------------------------------------------

/** A 4 KB read of a file that is on disk: Mach 2.6 in its kernel, Mach 3.0 through a mapped file. */
function fileRead(mach: '2.6' | '3.0'): Step[] {
  const structure = mach === '2.6' ? 'in-kernel' : 'microkernel-mach';
  const prices = pricesOf(i386, structure, { diskTime: nanoseconds(DEVICE_READ), missShare: 1 });
  return structureNamed(structure).service('file-read', prices);
}

function o11(): Case[] {
  const source = 'Dean & Armand 1992, Tables 5-4 and 5-9';
  const disk = (mach: '2.6' | '3.0', row: string) =>
    price(
      {
        id: `O11-mach-${mach}`,
        title: `4 KB disk read, Mach ${mach}, ms`,
        source,
        expected: 12.5,
        tolerance: '6%',
        out: [row],
      },
      () => [...fileRead(mach), DEVICE_READ],
      () => elapsed(fileRead(mach)) / 1e6,
    );
  const ratio = { source, expected: 3.6, tolerance: '15%', out: [] };
  return [
    disk('3.0', 'DA92-dread-Mach3.0'),
    disk('2.6', 'DA92-dread-Mach2.6'),
    price(
      { ...ratio, id: 'O11-cpu', title: 'same: CPU part, Mach 3.0 / 2.6' },
      () => [...fileRead('3.0'), ...fileRead('2.6')],
      () => cpuTime(fileRead('3.0')) / cpuTime(fileRead('2.6')),
    ),
  ];
}

// -- O13 to O15: calls between machines, and on the path of a packet --------------------------------------------

function o13(): Case {
  const prices = pricesOf(cvax, 'rpc-server');
  return price(
    {
      id: 'O13',
      title: 'null RPC of Fireflies, of parts, us',
      source: 'Schroeder & Burrows 1989',
      expected: 2660,
      tolerance: '8%',
      out: ['FFLY-null'],
    },
    () => [
      step('stubs and runtime of both sides', 'call', 1, prices.constant(FIREFLY_RPC.software, 'RPC')),
      step('a packet sent and received', 'trap', 2, prices.constant(FIREFLY_RPC.packet, 'RPC')),
    ],
    usOf,
  );
}

function o14(): Case[] {
  const source = 'Thekkath & Levy 1993, Tables I and II';
  const prices = pricesOf(r3000_25, 'rpc-server');
  const software = ({ sum, hardware }: RemoteCall) =>
    hardware === undefined
      ? sum
      : derived('us', [sum, hardware], 'parts less the hardware', (all, hw) => all - hw);
  const path = (programs: Constant, hardware: Constant | undefined): Step[] => [
    step('software of both ends', 'call', 1, prices.constant(programs, 'RPC')),
    ...(hardware === undefined
      ? []
      : [step('round trip of the hardware', 'device', 1, prices.constant(hardware, 'RPC'))]),
  ];
  const measured: readonly (readonly [keyof typeof REMOTE_CALLS, number, string])[] = [
    ['ethernet', 340, 'THL-eth-dec-minus'],
    ['sparc', 496, 'THL-eth-sparc-minus'],
    ['fddi', 380, 'THL-fddi-minus'],
    ['atm', 170, 'THL-atm-minus'],
  ];
  const common = { source, tolerance: '6%' };
  const inMicroseconds = (steps: readonly Step[]) => us(elapsed(steps));
  return measured.flatMap(([network, expected, row]): Case[] => {
    const call: RemoteCall = REMOTE_CALLS[network];
    const sum = price(
      {
        ...common,
        id: `O14-${network}`,
        title: `small RPC, ${network}, of parts, us`,
        expected,
        out: [row],
      },
      () => path(software(call), call.hardware),
      inMicroseconds,
    );
    if (network !== 'fddi' && network !== 'atm') return [sum];
    // The software that Ethernet needs, on another network's hardware: what a model without that network's parts says.
    return [
      sum,
      price(
        {
          ...common,
          id: `O14-carried-${network}`,
          title: 'same with Ethernet’s software, us',
          expected,
          out: [row],
        },
        () => path(software(REMOTE_CALLS.ethernet), call.hardware),
        inMicroseconds,
      ),
    ];
  });
}

function o15(): Case {
  const { packet, call, calls } = PACKET_DROP;
  const prices = pricesOf(azure, 'in-kernel');
  const rest = derived(
    'ns',
    [packet, call, calls],
    'less its driver calls',
    (all, each, n) => all - n * each,
  );
  return price(
    {
      id: 'O15',
      title: 'drops, 4 of 10 calls left out, million/s',
      source: 'XDP 2018',
      expected: 29,
      tolerance: '8%',
      out: ['XDP-29'],
    },
    () => [
      step('the rest of the packet', 'body', 1, prices.constant(rest, 'packet')),
      step('driver calls', 'call', calls.value - 4, prices.constant(call, 'packet')),
    ],
    (steps) => 1e3 / cpuTime(steps),
  );
}

/** O9 to O11, O13 to O15. */
export const sumCases = (): Case[] => [...o9(), ...o10(), ...o11(), o13(), ...o14(), o15()];
