/** `nowsim explain`: the path of a service or an operation under an OS structure, step by step, with its sources. */
import type { Argv, CommandModule } from 'yargs';
import { type Blast, FAULT_KINDS, reachOf } from '../../models/os/blast.ts';
import {
  cpuOf,
  MissingPrice,
  PART,
  type Split,
  type Step,
  shortFacts,
  splitOf,
} from '../../models/os/cost.ts';
import {
  breakEven,
  mixNamed,
  type OsPrices,
  priceStructure,
  STRUCTURES,
  structureNamed,
  type Tie,
} from '../../models/os/index.ts';
import { OPERATION_WORK, OPERATIONS, type Operation } from '../../models/os/operations.ts';
import { SERVICE_CLASSES, SERVICES, type ServiceClass } from '../../models/os/services.ts';
import { type Quality, weakest } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine, PriceName } from '../../models/presets/machines.ts';
import { MIXES } from '../../models/presets/mixes.ts';
import { InputError, nearest } from '../../sim/problem.ts';
import { formatTime } from '../../sim/units.ts';
import { plainNumber, tableText, widthOf, wrapped } from '../terminal.ts';

interface ExplainArguments {
  what?: string;
  os: string;
  machine: string;
  compare: boolean;
  'break-even': boolean;
  mix: string;
  bytes: number;
  json: boolean;
}

export const explainCommand: CommandModule<object, ExplainArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 explain [what]\n\nThe path of a service or of one of GLUnix’s operations: every step with its price, the row of models/presets/sources.csv that it stands in, and how good it is.',
      )
      .positional('what', {
        type: 'string',
        describe: `a service (${SERVICE_CLASSES.join(', ')}) or an operation (${OPERATIONS.join(', ')})`,
      })
      .option('os', { type: 'string', default: 'sfi-library', describe: 'the OS structure' })
      .option('machine', {
        type: 'string',
        default: 'r3000-40',
        describe: 'the machine, or the path of a machine file',
      })
      .option('compare', {
        type: 'boolean',
        default: false,
        describe:
          'the same under every structure that the machine has prices for (a null call where none is named)',
      })
      .option('break-even', {
        type: 'boolean',
        default: false,
        describe: 'call rates above which --os beats each other structure',
      })
      .option('mix', {
        type: 'string',
        default: 'unix-1994',
        describe: 'the mix of the full path in --break-even',
      })
      .option('bytes', { type: 'number', default: 0, describe: 'bytes that an operation moves' })
      .option('json', { type: 'boolean', default: false, describe: 'print the numbers and nothing else' })
      .example('$0 explain file-read --os microkernel-mach', 'why a read is dear under Mach')
      .example('$0 explain file-read --compare', 'a read under every structure')
      .example(
        '$0 explain --break-even --machine alpha-160',
        'where the library begins to pay',
      ) as Argv<ExplainArguments>,
  handler: explain,
};

function explain(given: ExplainArguments): void {
  try {
    print(given);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What settings are called in an experiment are options here.
    throw new InputError(
      error.problems.map((problem) => ({
        ...problem,
        where: OPTIONS[problem.where] ?? problem.where,
      })),
    );
  }
}

const OPTIONS: Readonly<Record<string, string>> = {
  'cluster.os': '--os',
  'cluster.machine': '--machine',
  'program.mix': '--mix',
};

function print(given: ExplainArguments): void {
  const machine = loadMachine(given.machine);
  const text = given['break-even']
    ? explainBreakEven(given, machine)
    : given.compare
      ? explainCompare(given, machine)
      : explainPath(given, machine);
  process.stdout.write(`${text}\n`);
}

/** The service or operation that was named. */
function named(what: string | undefined): ServiceClass | Operation {
  const known: readonly string[] = [...SERVICE_CLASSES, ...OPERATIONS];
  if (what !== undefined && known.includes(what)) return what as ServiceClass | Operation;
  const near = what === undefined ? undefined : nearest(what, known);
  throw new InputError({
    where: 'explain',
    found:
      what === undefined ? 'no service or operation is named' : `"${what}" is no service and no operation`,
    would: near === undefined ? `use one of ${known.join(', ')}` : `did you mean "${near}"?`,
  });
}

const isService = (what: string): what is ServiceClass =>
  (SERVICE_CLASSES as readonly string[]).includes(what);
const docOf = (what: ServiceClass | Operation) =>
  isService(what) ? SERVICES[what].doc : OPERATION_WORK[what].doc;

function explainPath(given: ExplainArguments, machine: Machine): string {
  const what = named(given.what);
  structureNamed(given.os);
  const prices = priceStructure(given.os, machine);
  const steps = prices.steps(what, given.bytes);
  const split = splitOf(steps);
  const total = cpuOf(split);
  if (given.json) {
    return json({
      what,
      os: given.os,
      machine: machine.name,
      steps,
      split,
      cpu_ns: total,
      blast: STRUCTURES[given.os]!.blast,
      notes: prices.notes,
    });
  }
  const table = tableText(
    [
      { title: 'step' },
      { title: 'count', align: 'right' },
      { title: 'price', align: 'right' },
      { title: 'total', align: 'right' },
      { title: 'quality' },
      { title: 'source' },
    ],
    steps.map((s) => stepCells(s)),
  );
  const { title } = STRUCTURES[given.os]!;
  return [
    `${what}: ${docOf(what)}`,
    wrapped(`under ${given.os} (${title}) on ${machine.name} (${machine.title})`, widthOf(process.stdout)),
    '',
    steps.length === 0 ? 'no step: it costs nothing' : table,
    '',
    wrapped(
      `CPU time ${formatTime(total)}: ${partsText(split)}${
        split.device > 0 ? `; and ${formatTime(split.device)} of waiting, which is no CPU time` : ''
      }`,
      widthOf(process.stdout),
    ),
    ...weakSteps(steps),
    wrapped(blastText(STRUCTURES[given.os]!.blast), widthOf(process.stdout)),
    ...(given.os === 'apertos' ? [sensitivity(what, machine, given.bytes)] : []),
  ].join('\n');
}

/** What a fault of the layer's own code takes with it, by design; on a line. */
function blastText(blast: Blast): string {
  // Nothing stops a hang short of where the layer is.
  const most = reachOf('hang', blast, false);
  const less = new Map<string, string[]>();
  for (const kind of FAULT_KINDS) {
    const [trusted, checked] = [reachOf(kind, blast, false), reachOf(kind, blast, true)];
    if (checked === most) continue;
    const where = `${checked === trusted ? '' : ', if checked'}: the ${checked}`;
    less.set(where, [...(less.get(where) ?? []), kind.replace('-', ' ')]);
  }
  const parts = [...less].map(
    ([where, kinds]) => `; ${kinds.join(' or ').replace('or stray', 'or')}${where}`,
  );
  return `a fault of the layer takes down the ${most}${parts.join('')}`;
}

/** How the free parameter of Apertos moves the cost. */
function sensitivity(what: ServiceClass | Operation, machine: Machine, bytes: number): string {
  const at = [0, 1, 2, 4, 8].map((metaTransitions) => {
    const steps = priceStructure('apertos', machine, { metaTransitions }).steps(what, bytes);
    return `${metaTransitions}: ${formatTime(cpuOf(splitOf(steps)))}`;
  });
  return wrapped(
    `CPU time by the free parameter, transitions a call: ${at.join(', ')}`,
    widthOf(process.stdout),
  );
}

const STEP_WIDTH = 34;
const SOURCE_WIDTH = 28;
function stepCells(s: Step): string[] {
  let source = shortFacts(s.fact);
  if (source.length > SOURCE_WIDTH) {
    const ids = source.split(', ');
    source = ids.length > 1 && ids[0]!.length < SOURCE_WIDTH - 5 ? `${ids[0]} +${ids.length - 1}` : source;
  }
  return [
    s.what.length > STEP_WIDTH ? `${s.what.slice(0, STEP_WIDTH - 1)}…` : s.what,
    plainNumber(s.count, 3),
    formatTime(s.price_ns),
    formatTime(s.total_ns),
    s.quality,
    source.length > SOURCE_WIDTH ? `${source.slice(0, SOURCE_WIDTH - 1)}…` : source,
  ];
}

function partsText(split: Split): string {
  const total = cpuOf(split);
  const parts = (['body', 'crossings', 'copies', 'inflation'] as const)
    .filter((part) => split[part] !== 0)
    .map((part) => `${part} ${formatTime(split[part])} (${Math.round((100 * split[part]) / total)} %)`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** Lines for the steps whose price is not of this machine, and whose it is. */
function weakSteps(steps: readonly Step[]): string[] {
  const lines: string[] = [];
  for (const quality of ['borrowed', 'assumed'] as const) {
    const weak = new Map<string, Set<string>>();
    for (const { what, quality: own, lender, total_ns } of steps) {
      if (own !== quality || total_ns === 0) continue;
      const whose = lender === undefined ? '' : ` (of ${lender})`;
      weak.set(whose, (weak.get(whose) ?? new Set()).add(what));
    }
    const parts = [...weak].map(([whose, names]) => `${[...names].join(', ')}${whose}`);
    if (parts.length > 0) lines.push(wrapped(`${quality}: ${parts.join('; ')}`, widthOf(process.stdout)));
  }
  return lines;
}

/** How a cell of a comparison shows that its price is not simply of this machine. */
const MARKS: Readonly<Partial<Record<Quality, string>>> = {
  'same-family': 's',
  recalled: 'r',
  borrowed: 'b',
  assumed: 'a',
};
const MARKED = 's: scaled by the clock inside a processor family; r: recalled; b: borrowed; a: assumed';

/** The weakest quality of each part of a path. */
function qualities(steps: readonly Step[]): Partial<Record<keyof Split, Quality>> {
  const of: Partial<Record<keyof Split, Quality>> = {};
  for (const { kind, quality, total_ns } of steps) {
    if (total_ns === 0) continue;
    const part = PART[kind];
    of[part] = weakest(quality, of[part] ?? quality);
  }
  return of;
}

const marked = (text: string, quality: Quality | undefined) =>
  `${text} ${(quality === undefined ? undefined : MARKS[quality]) ?? ' '}`;

interface Refused {
  readonly os: string;
  readonly price: PriceName;
}

/** The prices of every structure that the machine can price, and why the others are left out. */
export function priced(machine: Machine): { known: OsPrices[]; refused: Refused[] } {
  const known: OsPrices[] = [];
  const refused: Refused[] = [];
  for (const os of Object.keys(STRUCTURES)) {
    try {
      known.push(priceStructure(os, machine));
    } catch (error) {
      if (!(error instanceof MissingPrice)) throw error;
      refused.push({ os, price: error.price });
    }
  }
  return { known, refused };
}

function refusedLines(refused: readonly Refused[]): string[] {
  if (refused.length === 0) return [];
  const names = refused.map(({ os, price }) => `${os} (${price})`).join(', ');
  return ['', wrapped(`left out, for want of a price: ${names}`, widthOf(process.stdout))];
}

function explainCompare(given: ExplainArguments, machine: Machine): string {
  const what = named(given.what ?? 'null');
  const { known, refused } = priced(machine);
  const rows = known.map((prices) => {
    const steps = prices.steps(what, given.bytes);
    const split = splitOf(steps);
    return {
      os: prices.structure,
      cpu_ns: cpuOf(split),
      split,
      quality: qualities(steps),
      tax: prices.meanSfiOverhead,
      tax_quality: prices.taxSource.quality,
    };
  });
  if (given.json) return json({ what, machine: machine.name, structures: rows, refused });
  const kernel = rows.find((r) => r.os === 'in-kernel')?.cpu_ns;
  return [
    `${what}: ${docOf(what)}`,
    wrapped(`on ${machine.name} (${machine.title}), CPU time of one`, widthOf(process.stdout)),
    '',
    tableText(
      [
        { title: 'structure' },
        ...['body', 'crossings', 'copies', 'inflation', 'CPU time', '/ in-kernel', 'tax on user'].map(
          (title) => ({
            title,
            align: 'right' as const,
          }),
        ),
      ],
      rows.map(({ os, split, cpu_ns, quality, tax, tax_quality }) => [
        os,
        ...(['body', 'crossings', 'copies', 'inflation'] as const).map((part) =>
          marked(formatTime(split[part]), quality[part]),
        ),
        formatTime(cpu_ns),
        kernel === undefined || kernel === 0 ? '-' : `${plainNumber(cpu_ns / kernel, 3)}x`,
        marked(`${plainNumber(100 * tax, 3)}%`, tax_quality),
      ]),
    ),
    '',
    MARKED,
    ...weakSteps(known.flatMap((prices) => prices.steps(what, given.bytes))),
    ...taxLines(known),
    ...refusedLines(refused),
  ].join('\n');
}

/** Whose the taxes on user time are that were measured elsewhere. */
function taxLines(known: readonly OsPrices[]): string[] {
  const whose = new Map<string, string[]>();
  for (const { structure, taxSource } of known) {
    const { lender } = taxSource;
    if (lender !== undefined) whose.set(lender, [...(whose.get(lender) ?? []), structure]);
  }
  const parts = [...whose].map(([lender, names]) => `${names.join(', ')} (of ${lender})`);
  return parts.length === 0 ? [] : [wrapped(`borrowed tax: ${parts.join('; ')}`, widthOf(process.stdout))];
}

function tieText({ rate, faster }: Tie): string {
  if (faster === 'not known') return 'no price';
  if (faster === 'always' || faster === 'never') return faster;
  const text = `${Math.round(rate).toLocaleString('en-US')} /s`;
  return faster === 'below' ? `below ${text}` : text;
}

function explainBreakEven(given: ExplainArguments, machine: Machine): string {
  structureNamed(given.os);
  const mix = mixNamed(given.mix);
  const rows: (ReturnType<typeof breakEven> & { against: string })[] = [];
  const refused: Refused[] = [];
  for (const against of Object.keys(STRUCTURES)) {
    if (against === given.os || against === 'free') continue;
    try {
      rows.push({ against, ...breakEven(machine, given.os, against, { mix: given.mix }) });
    } catch (error) {
      if (!(error instanceof MissingPrice)) throw error;
      refused.push({ os: against, price: error.price });
    }
  }
  if (given.json) {
    const finite = (x: number) => (Number.isFinite(x) ? x : null);
    return json({
      os: given.os,
      machine: machine.name,
      mix: given.mix,
      against: rows.map(({ null: nothing, full, ...r }) => ({
        ...r,
        rate: finite(nothing.rate),
        faster: nothing.faster,
        fullRate: finite(full.rate),
        fullFaster: full.faster,
        fullSaved_ns: finite(r.fullSaved_ns),
      })),
      refused,
    });
  }
  return [
    wrapped(`${given.os} on ${machine.name} (${machine.title})`, widthOf(process.stdout)),
    'calls per second of user CPU time above which it is faster ("below": up to which)',
    '',
    tableText(
      [
        { title: 'against' },
        ...['tax on user', 'saved a null call', 'null service', 'saved a call', `mix ${given.mix}`].map(
          (title) => ({
            title,
            align: 'right' as const,
          }),
        ),
      ],
      rows.map((r) => [
        r.against,
        marked(`${plainNumber(100 * r.tax, 3)}%`, r.quality.tax),
        marked(formatTime(r.saved_ns), r.quality.null),
        tieText(r.null),
        Number.isNaN(r.fullSaved_ns) ? '-' : marked(formatTime(r.fullSaved_ns), r.quality.full),
        tieText(r.full),
      ]),
    ),
    '',
    MARKED,
    wrapped(
      `null service: answered where each structure has its layer (under Mach in a server), no body, no stubs. Mix: full paths, with bodies, native calls and locks. The mixes make ${Object.values(
        MIXES,
      )
        .map((m) => `${m.name} ${Math.round(m.rate.value).toLocaleString('en-US')}`)
        .join(', ')} calls/s; this one: ${mix.title}.`,
      widthOf(process.stdout),
    ),
    ...refusedLines(refused),
  ].join('\n');
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
