/**
 * A machine preset from what was measured on this host.
 *
 * Every number is measured here, or lent by a preset of today and marked borrowed with its name, or left out (`none`).
 * The price of a call with page-table isolation is measured where the kernel isolates, and none elsewhere. A native
 * reading stands before one through node. Taxes on user time: `webassembly` from the kernels against native code (or
 * the reference table); `sfi-library` with loads checked from V8's explicit checks, the one form of software fault
 * isolation that can be switched off and on without a compiler. Its stores alone cannot be told apart, so the
 * published law stays for those.
 *
 * Left out: checks of jumps; SPECint; what the quartiles say (they are printed, the preset has the minima).
 */
import { type Constant, borrowed as lend } from '../../models/presets/constant.ts';
import type { Family, PriceName } from '../../models/presets/machines.ts';
import { MACHINES, PRICE_NAMES } from '../../models/presets/machines.ts';
import { OVERHEADS } from '../../models/presets/paths.ts';
import type { Host } from './host.ts';
import type { Kernel } from './kernels.ts';
import { COPY_BYTES, copyOf, type Measurement } from './measure.ts';
import { gccRatios, type ReferenceRow } from './reference.ts';

/** The text of a machine file, and how its prices were come by. */
export interface Preset {
  readonly text: string;
  readonly measured: readonly PriceName[];
  readonly borrowed: readonly PriceName[];
  readonly none: readonly PriceName[];
}

const LENDERS = ['azure-2018', 'x86-64-2023', 'skylake-sel4', 'xeon-pti-2018', 'cloud-gvisor', 'apple-m1'];

/** `4KiB`, `32MiB`. */
export const bytesText = (bytes: number): string =>
  bytes < 1 << 20 ? `${bytes >> 10}KiB` : `${bytes >> 20}MiB`;

/** Has its preset this price from another machine? */
const isLent = ({ note }: Constant): boolean => note?.startsWith('of ') === true;

const significant = (value: number): number => Number(value.toPrecision(4));

/** A constant as one line of YAML. */
function line(name: string, { value, unit, fact, quality, note }: Constant): string {
  const noted = note === undefined ? '' : `, note: ${JSON.stringify(note)}`;
  return `${name}: {value: ${significant(value)}, unit: ${JSON.stringify(unit)}, fact: ${JSON.stringify(fact)}, quality: ${quality}${noted}}`;
}

/**
 * The machine file.
 *
 * @param name the machine's name
 * @param date as `2026-11-25`; part of every fact
 */
export function presetOf(
  name: string,
  host: Host,
  measurement: Measurement,
  reference: ReadonlyMap<string, ReferenceRow>,
  date: string,
): Preset {
  const fact = `this-host ${date}`;
  const { times } = measurement;
  const constant = (
    value: number,
    unit: string,
    note: string,
    quality: Constant['quality'] = 'measured',
  ) => ({
    value,
    unit,
    fact,
    quality,
    note,
  });
  const prices: Partial<Record<PriceName, Constant>> = {};
  /** The first of the readings that is there; one that noise has made nothing is none. */
  const give = (price: PriceName, ...readings: readonly (readonly [string, string])[]) => {
    for (const [reading, note] of readings) {
      const least = times[reading]?.min;
      if (least !== undefined && least > 0) {
        prices[price] = constant(least, 'ns', note);
        return;
      }
    }
  };
  const place = measurement.pinned ? 'one CPU' : 'any CPU';
  give('call', ['native-call', 'a loop of calls in C'], ['wasm-call', 'a loop of calls inside WebAssembly']);
  give(
    'syscall',
    ['native-syscall', 'getppid in C'],
    ['syscall', 'getuid through node less a native function without a system call'],
  );
  if (prices.syscall !== undefined) prices['pass-through'] = prices.syscall;
  if (/PTI/.test(host.meltdown) && prices.syscall !== undefined) {
    prices['pti-syscall'] = {
      ...prices.syscall,
      note: `${prices.syscall.note}; the kernel says ${host.meltdown}`,
    };
  }
  give(
    'switch',
    ['native-switch', `half a pipe round trip in C less the same bytes alone, ${place}`],
    ['switch', `half a FIFO round trip of two node processes less the same bytes alone, ${place}`],
  );
  give('exception', ['native-exception', 'signal to itself less one that is ignored']);
  give(
    'pipe',
    ['native-pipe', `pipe round trip in C, ${place}`],
    ['pipe', `FIFO round trip of two node processes, ${place}; an upper bound, node's file calls are in it`],
  );
  give('fault-domain', ['leave', 'WebAssembly calls JavaScript and gets its answer']);
  const measured = Object.keys(prices) as PriceName[];

  const lenders = host.architecture === 'arm64' ? ['apple-m1', ...LENDERS] : LENDERS;
  const borrow = (of: Constant, whose: string) => (of.quality === 'borrowed' ? of : lend(of, whose));
  const borrowedPrices: Partial<Record<PriceName, Constant>> = {};
  const all = Object.keys(PRICE_NAMES) as PriceName[];
  for (const price of all) {
    // Whether isolated page tables cost anything is this host's own: no other machine can lend it.
    if (price === 'pti-syscall') continue;
    const having = lenders.filter((each) => MACHINES[each]!.prices[price] !== undefined);
    const lender = having.find((each) => !isLent(MACHINES[each]!.prices[price]!)) ?? having[0];
    if (prices[price] === undefined && lender !== undefined)
      borrowedPrices[price] = borrow(MACHINES[lender]!.prices[price]!, lender);
  }
  const none = all.filter((price) => prices[price] === undefined && borrowedPrices[price] === undefined);

  const nearest = MACHINES[lenders[0]!]!;
  const bodies: Record<string, Constant> = Object.fromEntries(
    Object.entries(nearest.bodies ?? {}).map(([service, body]) => [service, borrow(body, nearest.name)]),
  );
  const body = (service: string, reading: string, note: string, share = 1) => {
    const least = times[reading]?.min;
    if (least !== undefined && least > 0) bodies[service] = constant(least * share, 'ns', note);
  };
  body('file-read', 'native-read', 'read of one byte of /dev/zero less the null call');
  body('file-write', 'native-write', 'write of one byte to /dev/null less the null call');
  body('file-meta', 'native-stat', 'stat less the null call');
  body('process', 'native-process', 'fork, exec of /bin/sh, exit and wait: a quarter for each', 0.25);

  const family: Family =
    host.architecture === 'x64' ? 'x86-64' : host.architecture === 'arm64' ? 'arm64' : 'other';
  const meltdown = host.meltdown === '' ? 'nothing of page-table isolation' : host.meltdown;
  const where = host.virtualMachine.length > 0 ? ', in a virtual machine' : '';
  const title = `${host.processor}${where}, ${host.kernel}, calibrated ${date}`;
  // MB/s of each size
  const rates = COPY_BYTES.map((bytes) => (bytes * 1e3) / times[copyOf(bytes)]!.min);
  const lines = (table: Readonly<Partial<Record<string, Constant>>>) =>
    Object.entries(table).map(([key, value]) => `  ${line(key, value!)}`);
  const text = [
    `# Written by "nowsim calibrate" on ${date}: ${host.processor}, ${host.processors} CPUs, ${host.kernel}, node ${host.node}`,
    `# ${host.virtualMachine.length > 0 ? `In a virtual machine: ${host.virtualMachine.join(', ')}` : 'No sign of a virtual machine'}. Minima of warm loops.`,
    `name: ${JSON.stringify(name)}`,
    `title: ${JSON.stringify(title)}`,
    `family: ${family}`,
    line(
      'clock',
      host.clock === undefined
        ? borrow(nearest.clock, nearest.name)
        : constant(host.clock, 'MHz', 'as the kernel tells it; used for service bodies only'),
    ),
    line('memory', constant(host.memory, 'MiB', 'as the kernel tells it')),
    line(
      'page',
      host.page === undefined
        ? borrow(nearest.page, nearest.name)
        : constant(host.page / 1024, 'KiB', 'getconf PAGESIZE'),
    ),
    line(
      'copyRate',
      constant(
        rates.at(-1)!,
        'MB/s',
        `TypedArray.set of ${bytesText(COPY_BYTES.at(-1)!)}; of ${COPY_BYTES.slice(0, -1)
          .map((bytes, i) => `${bytesText(bytes)} ${significant(rates[i]!)}`)
          .join(', ')}`,
      ),
    ),
    'prices:',
    ...lines(prices),
    `  # not measurable here, lent by other machines`,
    ...lines(borrowedPrices),
    ...none.map(
      (price) => `  ${price}: none${price === 'pti-syscall' ? ` # the kernel says: ${meltdown}` : ''}`,
    ),
    ...(Object.keys(bodies).length === 0 ? [] : ['bodies:', ...lines(bodies)]),
    ...taxLines(measurement, reference, fact, family),
    '',
  ].join('\n');
  return { text, measured, borrowed: Object.keys(borrowedPrices) as PriceName[], none };
}

/** Published taxes of sandboxes that a host cannot measure without their compilers. */
const lentTax = (writes: Constant, full: Constant, whose: string) => ({
  writes: lend(writes, whose),
  full: lend(full, whose),
});
const lfiOnArm = MACHINES['apple-m1']!.taxes!['lfi']!;
const LENT_TAXES: Readonly<Partial<Record<Family, Record<string, ReturnType<typeof lentTax>>>>> = {
  'x86-64': {
    lfi: lentTax(OVERHEADS.lfiWrites, OVERHEADS.lfiFull, 'the x86-64 machine of LFI'),
    nacl: lentTax(OVERHEADS.nacl, OVERHEADS.nacl, 'the x86-64 machine of Native Client'),
  },
  arm64: { lfi: lentTax(lfiOnArm.writes![0]!, lfiOnArm.full![0]!, 'apple-m1') },
};

/** Taxes on user time, per cent, one for each program. */
function taxLines(
  measurement: Measurement,
  reference: ReadonlyMap<string, ReferenceRow>,
  fact: string,
  family: Family,
): string[] {
  const kernels = Object.entries(measurement.kernels) as [Kernel, Measurement['kernels'][Kernel]][];
  const percent = (ratio: number) => 100 * (ratio - 1);
  const native = kernels.flatMap(([kernel, reading]): Constant[] =>
    reading?.native === undefined
      ? []
      : [
          {
            value: percent(reading.native.min),
            unit: '%',
            fact,
            quality: 'measured',
            note: `${kernel}, over cc -O2`,
          },
        ],
  );
  const wasm =
    native.length > 0
      ? native
      : gccRatios(reference).map(
          ({ id, value, provenance }): Constant => ({
            value: percent(value),
            unit: '%',
            fact: id,
            quality: 'borrowed',
            note: `of the reference table: ${provenance}`,
          }),
        );
  const checks = kernels.map(
    ([kernel, reading]): Constant => ({
      value: percent(reading!.explicitChecks.min),
      unit: '%',
      fact,
      quality: 'derived',
      note: `${kernel}, V8's explicit checks of loads and stores over none`,
    }),
  );
  const list = (constants: readonly Constant[]) =>
    constants.map((each) => `      - ${line('', each).slice(2)}`);
  return [
    'taxes:',
    '  webassembly:',
    '    writes: &webassembly',
    ...list(wasm),
    '    full: *webassembly',
    ...(checks.length === 0 ? [] : ['  sfi-library:', '    full:', ...list(checks)]),
    ...Object.entries(LENT_TAXES[family] ?? {}).flatMap(([structure, taxes]) => [
      `  ${structure}:`,
      ...Object.entries(taxes).flatMap(([checked, tax]) => [`    ${checked}:`, ...list([tax])]),
    ]),
  ];
}
