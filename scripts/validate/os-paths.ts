/**
 * O cases in which a structure's own path is what was measured: the path is priced on a machine.
 *
 * Left out: BigIn of O5 (the copy rate is fitted on it).
 */
import { cpuOf, cpuTime } from '../../models/os/cost.ts';
import { protectedCall } from '../../models/os/exokernel.ts';
import { breakEven, mixNamed, priceStructure, structureNamed } from '../../models/os/index.ts';
import { meanOverhead, predictedOverhead, WAHBE } from '../../models/os/sfi.ts';
import type { Constant } from '../../models/presets/constant.ts';
import { assumed, derived } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine, PriceName } from '../../models/presets/machines.ts';
import { SEQUOIA, TIMESHARING } from '../../models/presets/mixes.ts';
import { HOOKS } from '../../models/presets/parts.ts';
import { OVERHEADS } from '../../models/presets/paths.ts';
import { MEAN_OVERHEAD, SFI_PROGRAMS } from '../../models/presets/sfi-programs.ts';
import type { Case } from './case.ts';

import {
  azure,
  bareCalls,
  bracket,
  crossing,
  cvax,
  i486,
  lent,
  mean,
  mixParts,
  price,
  pricesOf,
  r2000_12,
  r2000_16,
  r3000_25,
  r3000_40,
  us,
  usOf,
  withPrices,
} from './os-price.ts';

// -- O1: what SFI costs a program, from counts ----------------------------------------------------------------

function o1(): Case[] {
  const source = 'Wahbe et al. 1993, Table 1 and section 5.1';
  const predicted = (programs: typeof SFI_PROGRAMS) => mean(programs.map((p) => 100 * predictedOverhead(p)));
  const some = (floatingPoint: boolean) => SFI_PROGRAMS.filter((p) => p.floatingPoint === floatingPoint);
  const counted = () => SFI_PROGRAMS.flatMap((p) => [p.added, p.predicted]);
  const tolerance = 1;
  return [
    price(
      {
        id: 'O1-mean',
        title: 'SFI tax from instruction counts, %',
        source,
        expected: 4.3,
        tolerance,
        out: ['WAH-T1-mean-fi'],
      },
      counted,
      () => predicted(SFI_PROGRAMS),
    ),
    price(
      {
        id: 'O1-integer',
        title: 'same, integer programs, %',
        source,
        expected: 5.6,
        tolerance,
        out: ['WAH-S51-INT'],
      },
      counted,
      () => predicted(some(false)),
    ),
    price(
      {
        id: 'O1-float',
        title: 'same, floating-point programs, %',
        source,
        expected: 2.5,
        tolerance,
        out: ['WAH-S51-FP'],
      },
      counted,
      () => predicted(some(true)),
    ),
    price(
      {
        id: 'O1-programs',
        title: 'programs within 6 points, of 16',
        source,
        ...bracket(14, 16),
        out: SFI_PROGRAMS.map((p) => p.writes.fact),
      },
      counted,
      () => SFI_PROGRAMS.filter((p) => Math.abs(100 * predictedOverhead(p) - p.writes.value) <= 6).length,
    ),
    price(
      {
        id: 'O1-loads',
        title: 'mean tax with loads checked too, %',
        source,
        kind: 'reported',
        expected: 21.8,
        tolerance,
        out: ['WAH-T1-mean-prot'],
      },
      () => SFI_PROGRAMS.map((p) => p.full),
      () => 100 * meanOverhead(WAHBE.full),
    ),
  ];
}

// -- O2: where crossings tie ----------------------------------------------------------------------------------

/**
 * us of a hardware crossing that ties with a fault domain in a program that spends `share` of its time in such
 * crossings: bisects on the model's break-even rate.
 */
function tie(machine: Machine, share: number): number {
  // No crossing ties that is cheaper than the fault domain's own.
  let [low, high] = [usOf(crossing('sfi-library', machine, { crossing: 'bare' })), 1e3];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    const hardware = withPrices(machine, {
      syscall: assumed(middle, 'us', 'the crossing that is looked for'),
    });
    const {
      null: { rate },
    } = breakEven(hardware, 'sfi-library', 'in-kernel', {
      crossing: 'bare',
      sfi: { overhead: MEAN_OVERHEAD.value / 100 },
    });
    const spent = rate * middle * 1e-6;
    // A dearer crossing ties at fewer calls, in which less of the time goes.
    if (spent / (1 + spent) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function o2(): Case[] {
  const common = { source: 'Wahbe et al. 1993, section 5.4', kind: 'exact' as const, tolerance: '1%' };
  const from = (machine: Machine) => () => [
    MEAN_OVERHEAD,
    ...crossing('sfi-library', machine, { crossing: 'bare' }),
  ];
  const cheaper = (id: string, share: number, expected: number, out: string) =>
    price(
      {
        ...common,
        id,
        title: `to tie at ${100 * share} % crossings: cheaper by, %`,
        expected,
        out: [out],
      },
      from(r3000_40),
      () => 100 * (1 - usOf(crossing('sfi-library', r3000_40, { crossing: 'bare' })) / tie(r3000_40, share)),
    );
  const hardware = (id: string, machine: Machine, expected: number, out: string) =>
    price(
      {
        ...common,
        id,
        title: `crossing that ties there, us, ${machine.name}`,
        expected,
        out: [out],
      },
      from(machine),
      () => tie(machine, 0.1),
    );
  return [
    cheaper('O2-10', 0.1, 39, 'WAH-F5-10'),
    cheaper('O2-30', 0.3, 10, 'WAH-F5-30'),
    hardware('O2-mips', r3000_40, 1.8, 'WAH-F5-hwM'),
    hardware('O2-alpha', loadMachine('alpha-160'), 1.23, 'WAH-F5-hwA'),
  ];
}

// -- O3: a data base that calls untrusted functions -----------------------------------------------------------

function o3(): Case[] {
  const source = 'Wahbe et al. 1993, Table 3';
  const measured: Readonly<Record<string, number>> = { Q6: 1.7, Q7: 1.8, Q8: 2.7, Q10: 5.7 };
  const from = (query: string) => () => [SEQUOIA[query]!, ...crossing('sfi-library', r3000_40)];
  /** Per cent of the query's time that goes into fault-domain crossings. */
  const crossings = (query: string) => {
    const prices = priceStructure('sfi-library', r3000_40);
    return 100 * prices.mix(bareCalls(SEQUOIA[query]!)).perUserSecond.crossings;
  };
  return Object.entries(measured).flatMap(([query, sfi]) => [
    price(
      {
        id: `O3-${query}`,
        title: `POSTGRES ${query}: tax implied by SFI, %`,
        source,
        ...bracket(0, 12.4),
        out: [`WAH-T3-${query}-sfi`],
      },
      from(query),
      () => sfi - crossings(query),
    ),
    price(
      {
        id: `O3-${query}-crossings`,
        title: 'same: crossings alone, %',
        source,
        ...bracket(0.155, 0.345), // printed: 0.16 to 0.34
        out: [],
      },
      from(query),
      () => crossings(query),
    ),
    ...(query === 'Q10'
      ? [
          price(
            {
              id: 'O3-Q10-above',
              title: 'same: above the mean tax',
              source,
              ...bracket(MEAN_OVERHEAD.value, 12.4),
              out: ['WAH-T3-Q10-sfi'],
            },
            from(query),
            () => sfi - crossings(query),
          ),
        ]
      : []),
  ]);
}

// -- O5: lightweight RPC with data ----------------------------------------------------------------------------------

function o5(): Case[] {
  const call = (bytesIn: number, bytesOut: number) => () =>
    structureNamed('lrpc').service('null', pricesOf(cvax, 'lrpc'), { in: bytesIn, out: bytesOut });
  const common = { source: 'Bershad et al. 1990, Table 4', tolerance: '10%' };
  return [
    price(
      {
        ...common,
        id: 'O5-add',
        title: 'LRPC, two words in, one out, us',
        expected: 164,
        out: ['LRPC-T4-Add-LRPC'],
      },
      call(8, 4),
      usOf,
    ),
    price(
      {
        ...common,
        id: 'O5-big',
        title: 'LRPC, 200 bytes in and out, us',
        expected: 227,
        out: ['LRPC-T4-BigInOut-LRPC'],
      },
      call(200, 200),
      usOf,
    ),
  ];
}

// -- O6, O7: one machine's price from another's of its family ---------------------------------------------------

function o6(): Case {
  return price(
    {
      id: 'O6',
      title: 'Mach RPC at 12.5 MHz, from 25 MHz, us',
      source: 'Maeda & Bershad 1992',
      expected: 140,
      tolerance: '25%',
      out: ['MB92-rpc'],
    },
    () =>
      crossing(
        'microkernel-mach',
        withPrices(r2000_12, { 'mach-rpc': lent('mach-rpc', r3000_25, r2000_12) }),
      ),
    usOf,
  );
}

function o7(): Case {
  return price(
    {
      id: 'O7',
      title: 'pipe and back at 40 MHz, from 25 MHz, us',
      source: 'Wahbe et al. 1993, Table 2',
      expected: 204.72,
      tolerance: '25%',
      out: ['WAH-T2-MIPS-pipe'],
    },
    () => crossing('user-server', withPrices(r3000_40, { pipe: lent('pipe', r3000_25, r3000_40) })),
    usOf,
  );
}

// -- O8: LRPC on an exokernel -----------------------------------------------------------------------------------

function o8(): Case[] {
  const source = 'Engler et al. 1995, Tables 6, 8 and 12';
  const machines = [
    { machine: r2000_12, row: 'DEC2100', trusted: 8.6, untrusted: 13.9 },
    { machine: r2000_16, row: 'DEC3100', trusted: 6.4, untrusted: 10.4 },
    { machine: r3000_25, row: 'DEC5000', trusted: 2.9, untrusted: 6.3 },
  ];
  const path = (machine: Machine) => protectedCall(pricesOf(machine, 'exokernel'));
  return [
    ...machines.map(({ machine, row, trusted }) =>
      price(
        {
          id: `O8-${machine.name}`,
          title: 'trusted LRPC of two transfers, us',
          source,
          expected: trusted,
          tolerance: '35%',
          out: [`EXO-T12-${row}`],
        },
        () => path(machine),
        usOf,
      ),
    ),
    price(
      {
        id: 'O8-order',
        title: 'order of machines and of LRPCs, of 5',
        source,
        ...{ expected: 5, tolerance: 0, out: machines.map(({ row }) => `EXO-T8-${row}-ExOS-LRPC`) },
      },
      () => machines.flatMap(({ machine }) => path(machine)),
      (steps) => {
        const inOrder = [steps[0]!.total_ns > steps[1]!.total_ns, steps[1]!.total_ns > steps[2]!.total_ns];
        const below = machines.map(({ untrusted }, i) => us(steps[i]!.total_ns) < untrusted);
        return [...inOrder, ...below].filter(Boolean).length;
      },
    ),
  ];
}

// -- O12: hooks of today ----------------------------------------------------------------------------------------

function o12(): Case[] {
  const source = 'zpoline 2023: Redis on a user-level network stack';
  const server = loadMachine('x86-64-2023');
  // The least hook is in every figure of the source; the service time between two hooks follows from zpoline's loss.
  const above = (hook: Constant) =>
    derived('ns', [hook, HOOKS.least], 'less the least hook', (t, least) => t - least);
  const rate = derived(
    'calls/s',
    [HOOKS.zpoline, HOOKS.least, HOOKS.loss],
    'fitted on zpoline',
    (hook, least, loss) => {
      const added = hook - least;
      return 1e9 / (added / (loss / 100) - added);
    },
  );
  const loss = (id: string, structure: string, name: PriceName, expected: number, title: string) =>
    price(
      { id, title, source, expected, tolerance: 10, out: ['ZP-redis2'] },
      // The hook alone: the server's calls are answered by its network stack, none goes on to the kernel.
      () =>
        [rate, ...crossing(structure, withPrices(server, { [name]: above(server.prices[name]!) }))] as const,
      ([calls, ...steps]) => {
        const hooks = calls.value * cpuTime(steps) * 1e-9;
        return (100 * hooks) / (1 + hooks);
      },
    );
  return [
    loss('O12-dispatch', 'interposition', 'intercept', 72.3, 'throughput lost to user dispatch, %'),
    loss('O12-ptrace', 'tracer', 'trace-stop', 98.8, 'throughput lost to ptrace, %'),
  ];
}

// -- O16: where system time goes --------------------------------------------------------------------------------

function o16(): Case[] {
  const source = '4.2BSD on a VAX-11/780 (section 7)';
  const vax780 = withPrices(cvax, { syscall: TIMESHARING.entry });
  const share = bracket(5, 10);
  const mix = mixNamed('timesharing');
  return [
    price(
      { ...share, id: 'O16', title: 'crossings in system time, VAX, %', source, out: [] },
      () => [mix.rate, TIMESHARING.systemPerUser, ...crossing('in-kernel', vax780)],
      () => {
        const { crossings } = priceStructure('in-kernel', vax780).mix(mix).perUserSecond;
        return (100 * crossings) / TIMESHARING.systemPerUser.value;
      },
    ),
    price(
      {
        ...share,
        id: 'O16-own',
        title: 'same, own bodies, unix-1994, r3000-25, %',
        source,
        out: [],
      },
      () => mixParts(mixNamed('unix-1994'), 'in-kernel', r3000_25),
      () => {
        const split = priceStructure('in-kernel', r3000_25).mix(mixNamed('unix-1994')).perUserSecond;
        return (100 * split.crossings) / cpuOf(split);
      },
    ),
  ];
}

// -- OB: call rates above which the library pays ------------------------------------------------------------------

function ob(): Case[] {
  const machTrap = withPrices(r3000_25, { syscall: r3000_25.prices['mach-syscall']! });
  const today = OVERHEADS.nacl;
  const table: readonly (readonly [string, string, Machine, string, Constant, number])[] = [
    ['pipe', 'pipes', r3000_40, 'user-server', MEAN_OVERHEAD, 210],
    ['mach-rpc', 'Mach RPC', r3000_25, 'microkernel-mach', MEAN_OVERHEAD, 800],
    ['ultrix', 'Ultrix traps', r3000_25, 'in-kernel', MEAN_OVERHEAD, 2300],
    ['l3', 'L3-class IPC', i486, 'microkernel-l4', MEAN_OVERHEAD, 5200],
    ['mach-trap', 'Mach traps', machTrap, 'in-kernel', MEAN_OVERHEAD, 8400],
    ['pipe-2018', 'pipes of 2018', azure, 'user-server', today, 2700],
    ['pti', 'isolated traps', loadMachine('xeon-pti-2018'), 'pti-kernel', today, 130_000],
    ['sel4', 'seL4 calls', loadMachine('skylake-sel4'), 'microkernel-l4', today, 195_000],
    ['trap-2018', 'traps of 2018', azure, 'in-kernel', today, 330_000],
  ];
  return table.flatMap(([id, title, machine, against, tax, expected]) => {
    const from = () => [tax, ...crossing('sfi-library', machine), ...crossing(against, machine)];
    const full = (structure: string) => mixParts(mixNamed('unix-1994'), structure, machine);
    const at = () => breakEven(machine, 'sfi-library', against, { sfi: { overhead: tax.value / 100 } });
    const source = 'section 4 of the reference: tax over what a null call saves';
    return [
      price(
        {
          id: `OB-${id}`,
          title: `library beats ${title}, calls/s`,
          source,
          expected,
          tolerance: '5%',
          out: [],
        },
        from,
        () => at().null.rate,
      ),
      price(
        {
          id: `OB-${id}-full`,
          title: 'same, full paths of unix-1994',
          source,
          kind: 'reported',
          expected: null,
          tolerance: '-',
          out: [],
        },
        () => [tax, ...full('sfi-library'), ...full(against)],
        () => at().full.rate,
      ),
    ];
  });
}

/** O1, O2, O3, O5 to O8, O12, O16, OB. */
export const pathCases = (): Case[] => [
  ...o1(),
  ...o2(),
  ...o3(),
  ...o5(),
  o6(),
  o7(),
  ...o8(),
  ...o12(),
  ...o16(),
  ...ob(),
];
