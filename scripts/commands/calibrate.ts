/** `nowsim calibrate`: measures this host and writes a machine file for `--machine` and `cluster.machine`. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { machineFromText } from '../../models/presets/load.ts';
import { InputError } from '../../sim/problem.ts';
import { formatTime } from '../../sim/units.ts';
import { type Host, thisHost } from '../calibrate/host.ts';
import { KERNEL_NAMES, KERNELS } from '../calibrate/kernels.ts';
import { COPY_BYTES, copyOf, type Measurement, measureHost, type Reading } from '../calibrate/measure.ts';
import { bytesText, presetOf } from '../calibrate/preset.ts';
import { type ReferenceRow, referenceTable } from '../calibrate/reference.ts';
import { durationText } from '../duration.ts';
import { commandText, ProgressLine, plainNumber, tableText, widthOf, wrapped } from '../terminal.ts';
import { priced } from './explain.ts';

interface CalibrateArguments {
  out: string;
  quick: boolean;
  force: boolean;
  json: boolean;
}

export const calibrateCommand: CommandModule<object, CalibrateArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 calibrate\n\nMeasures system call, process switch, pipe, WebAssembly crossings and checks, wake-up and copies on this host, in about 10 s and without a compiler (with cc also the native baseline); writes a machine file.',
      )
      .option('out', { type: 'string', default: 'mine.yaml', describe: 'the machine file to write' })
      .option('quick', { type: 'boolean', default: false, describe: 'fewer rounds, about 4 s' })
      .option('force', { type: 'boolean', default: false, describe: 'overwrite the file' })
      .option('json', { type: 'boolean', default: false, describe: 'print the numbers and nothing else' })
      .example('$0 calibrate', 'measure, write mine.yaml')
      .example('$0 explain file-read --compare --machine ./mine.yaml', 'then: a read under every structure')
      .example(
        '$0 calibrate --quick --out lab.yaml',
        'fewer rounds, another file',
      ) as Argv<CalibrateArguments>,
  handler: calibrate,
};

async function calibrate(given: CalibrateArguments): Promise<void> {
  const { out } = given;
  if (!/\.ya?ml$/.test(out)) {
    throw new InputError({
      where: '--out',
      found: `"${out}" does not end in .yaml`,
      would: 'give the name of a machine file, such as mine.yaml',
    });
  }
  if (existsSync(out) && !given.force) {
    throw new InputError({
      where: out,
      found: 'this file is there already',
      would: 'give another --out, or --force to overwrite it',
    });
  }
  const folder = dirname(out);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InputError({ where: out, found: `there is no folder ${folder}`, would: 'make it first' });
  }
  const started = performance.now();
  const host = thisHost();
  const progress = new ProgressLine(given.json);
  const measurement = await measureHost(host, {
    quick: given.quick,
    say: (what) => progress.update(`measuring ${what}`, true),
  });
  progress.clear();
  const seconds = (performance.now() - started) / 1e3;
  const reference = referenceTable();
  const name = basename(out, extname(out));
  const preset = presetOf(name, host, measurement, reference, new Date().toISOString().slice(0, 10));
  // read back before it is written: a file that does not load is a fault here
  const { known, refused } = priced(machineFromText(preset.text, out));
  writeFileSync(out, preset.text, { flag: given.force ? 'w' : 'wx' });
  const structures = known.map((each) => each.structure);
  if (given.json) {
    const { measured, borrowed, none } = preset;
    process.stdout.write(
      `${JSON.stringify({ out, seconds, host, ...measurement, prices: { measured, borrowed, none }, structures, refused, reference: [...reference.values()] }, null, 2)}\n`,
    );
    return;
  }
  const width = widthOf(process.stdout);
  const path = /[/\\]/.test(out) ? out : `./${out}`;
  process.stdout.write(
    `${[
      ...hostLines(host, width),
      '',
      timesTable(measurement, reference),
      '',
      ...kernelLines(measurement, reference, width),
      ...measurement.skipped.map((each) => wrapped(`not measured: ${each}`, width)),
      '',
      `${out} written, in ${durationText(seconds)}`,
      wrapped(`prices measured here: ${preset.measured.join(', ')}`, width),
      wrapped(`borrowed from other machines: ${preset.borrowed.join(', ')}`, width),
      wrapped(`none: ${preset.none.join(', ')}`, width),
      wrapped(`structures that it can run: ${structures.join(', ')}`, width),
      wrapped(
        `and not, for want of a price: ${refused.map(({ os, price }) => `${os} (${price})`).join(', ')}`,
        width,
      ),
      '',
      `next: nowsim explain file-read --compare --machine ${commandText([path])}`,
      `      nowsim run headline --set ${commandText([`cluster.machine=${path}`])} \\`,
      `        --vary ${VARY}`,
    ].join('\n')}\n`,
  );
}

function hostLines(host: Host, width: number): string[] {
  const compiler = host.compiler === undefined ? 'no cc' : host.compiler.version;
  return [
    wrapped(
      `${host.processor}, ${host.processors} CPUs, ${host.architecture}, ${host.kernel}, node ${host.node}, ${compiler}`,
      width,
    ),
    wrapped(
      host.virtualMachine.length > 0
        ? `In a virtual machine (${host.virtualMachine.join(', ')}): what it charges may differ from the bare machine, and its neighbours disturb it.`
        : 'No sign of a virtual machine.',
      width,
    ),
  ];
}

/** The headline's structures that a machine of today can run. */
const VARY = 'cluster.os=in-kernel,user-server,sfi-library,webassembly';

/** Quantity, reading, row of the reference table. */
const TIMES: readonly (readonly [string, string, string?])[] = [
  ['null system call through node', 'syscall', 'ppid'],
  ['null system call in C', 'native-syscall', 'syscall'],
  ['procedure call inside WebAssembly', 'wasm-call'],
  ['procedure call in C', 'native-call', 'call'],
  ['JavaScript to WebAssembly and back', 'enter', 'enter'],
  ['WebAssembly to JavaScript and back', 'leave', 'leave'],
  ['FIFO round trip, two node processes', 'pipe', 'fifo'],
  ['pipe round trip in C', 'native-pipe', 'pipe'],
  ['process switch, from the FIFO', 'switch'],
  ['process switch, from the pipe in C', 'native-switch'],
  ['thread wake-up, there and back', 'wake', 'wake'],
  ['signal to itself in C', 'native-exception', 'signal'],
  ...COPY_BYTES.map((bytes) =>
    bytes === 4096
      ? ([`copy of ${bytesText(bytes)}`, copyOf(bytes), 'page'] as const)
      : ([`copy of ${bytesText(bytes)}`, copyOf(bytes)] as const),
  ),
];

function timesTable({ times }: Measurement, reference: ReadonlyMap<string, ReferenceRow>): string {
  const quartiles = ({ quartiles: [low, middle, high] }: Reading) => [low, middle, high].map(formatTime);
  const rate = (bytes: number, ns: number) => `, ${plainNumber(bytes / ns, 3)} GB/s`;
  return tableText(
    [
      { title: 'one operation' },
      ...['lowest', 'quartile', 'median', 'quartile', 'reference'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    TIMES.flatMap(([what, key, row]) => {
      const reading = times[key];
      if (reading === undefined) return [];
      const bytes = COPY_BYTES.find((size) => copyOf(size) === key);
      const copied = bytes === undefined ? '' : rate(bytes, reading.min);
      const published = row === undefined ? undefined : reference.get(row);
      return [
        [
          what + copied,
          formatTime(reading.min),
          ...quartiles(reading),
          published === undefined ? '-' : formatTime(published.value),
        ],
      ];
    }),
  );
}

function kernelLines(
  { kernels }: Measurement,
  reference: ReadonlyMap<string, ReferenceRow>,
  width: number,
): string[] {
  const provenance = wrapped(`reference: ${[...reference.values()][0]!.provenance}`, width);
  const ratio = (reading: Reading | undefined) =>
    reading === undefined
      ? '-'
      : `${reading.min.toFixed(2)} (${reading.quartiles[0].toFixed(2)}-${reading.quartiles[2].toFixed(2)})`;
  const published = (row: string) => reference.get(row)?.value.toFixed(2) ?? '-';
  const rows = KERNEL_NAMES.flatMap((name) => {
    const reading = kernels[name];
    return reading === undefined
      ? []
      : [
          [
            KERNELS[name],
            ratio(reading.defaultChecks),
            ratio(reading.explicitChecks),
            ratio(reading.native),
            published(`${name}-gcc`),
          ],
        ];
  });
  if (rows.length === 0) return [provenance];
  return [
    tableText(
      [
        { title: 'kernel' },
        { title: 'checks/none', align: 'right' },
        { title: 'explicit/none', align: 'right' },
        { title: 'wasm/native', align: 'right' },
        { title: 'reference', align: 'right' },
      ],
      rows,
    ),
    '',
    wrapped(
      'Ratios of the lowest times (quartiles of the rounds). checks: guard pages and stack checks, as V8 comes; explicit: every load and store compared with a bound, which is software fault isolation in full and is the tax of sfi-library with cluster.sfi.checks=full on this machine; wasm/native is the tax of webassembly (without a native number, the reference: wasm over gcc -O2, the same work in other sizes).',
      width,
    ),
    provenance,
  ];
}
