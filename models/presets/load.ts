/**
 * A machine by name, or from a user's own file.
 *
 * A machine file is YAML with the shape of a preset: `name`, `title`, `family`, `clock`, `memory`, `page`,
 * `copyRate`, `prices`, `bodies`, `taxes`; `like` names a preset whose values hold where the file is silent. A number is
 * human text (`0.23us`, `40MHz`) or `{value, unit, fact, quality, note}`; a price may be `none`.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../../sim/problem.ts';
import { InputError, nearest } from '../../sim/problem.ts';
import { STRUCTURES } from '../os/index.ts';
import { SERVICE_CLASSES } from '../os/services.ts';
import type { Constant, Quality } from './constant.ts';
import type { Family, Machine, MachineTaxes, PriceName } from './machines.ts';
import { MACHINES, PRICE_NAMES } from './machines.ts';

/** Is this the path of a file, and not the name of a preset? */
export function isPath(nameOrPath: string): boolean {
  return nameOrPath.includes('/') || /\.(ya?ml|json)$/.test(nameOrPath);
}

/**
 * The machine of that name, or of that file. Throws `InputError` with every problem of the file.
 */
export function loadMachine(nameOrPath: string): Machine {
  if (!isPath(nameOrPath)) {
    const machine = MACHINES[nameOrPath];
    if (machine !== undefined) return machine;
    const near = nearest(nameOrPath, Object.keys(MACHINES));
    throw new InputError({
      where: 'cluster.machine',
      found: `no machine is called "${nameOrPath}"`,
      would:
        near === undefined
          ? `use one of ${Object.keys(MACHINES).join(', ')}, or the path of a machine file`
          : `did you mean "${near}"?`,
    });
  }
  if (!existsSync(nameOrPath)) {
    throw new InputError({
      where: nameOrPath,
      found: 'there is no such file',
      would: 'give a machine file or a preset',
    });
  }
  if (!statSync(nameOrPath).isFile()) {
    throw new InputError({
      where: nameOrPath,
      found: 'this is not a file',
      would: 'give a machine file in YAML',
    });
  }
  return machineFromText(readFileSync(nameOrPath, 'utf8'), nameOrPath);
}

const FAMILIES: readonly Family[] = [
  'mips-r2000',
  'alpha-21064',
  'i386',
  'i486',
  'pentium',
  'vax',
  'x86-64',
  'arm64',
  'other',
];
const QUALITIES: readonly Quality[] = [
  'measured',
  'derived',
  'same-family',
  'recalled',
  'borrowed',
  'assumed',
];
const TIME_UNITS = ['ns', 'us', 'ms', 's', 'cycles'];

/** What each number of a machine may be in. */
const QUANTITIES = {
  clock: { units: ['MHz', 'GHz'], example: '40MHz' },
  speed: { units: ['SPECint92'], example: '27.3SPECint92' },
  memory: { units: ['MiB', 'MB'], example: '64MiB' },
  page: { units: ['KiB', 'KB'], example: '4KiB' },
  copyRate: { units: ['MB/s'], example: '400MB/s' },
} as const;
const TOP = ['like', 'name', 'title', 'family', ...Object.keys(QUANTITIES), 'prices', 'bodies', 'taxes'];

/** A machine from the text of a file; `where` is its name in messages. Throws `InputError` with every problem. */
export function machineFromText(text: string, where: string): Machine {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: Problem[] = [];
  if (document.errors.length > 0) {
    throw new InputError(
      document.errors.map((e) => {
        const at = lines.linePos(e.pos[0]);
        return {
          where: `${where}:${at.line}:${at.col}`,
          found: e.message.split('\n')[0]!,
          would: 'write YAML',
        };
      }),
    );
  }
  const raw: unknown = document.toJS();
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new InputError({
      where,
      found: 'this is not a map of names and values',
      would: `give ${TOP.join(', ')}`,
    });
  }
  const file = raw as Record<string, unknown>;
  const at = (path: readonly string[]): string => {
    const node = document.getIn(path, true) as { range?: [number, number, number] | null } | undefined;
    const offset = node?.range?.[0];
    if (offset === undefined) return where;
    const p = lines.linePos(offset);
    return `${where}:${p.line}:${p.col}`;
  };
  const problem = (path: readonly string[], found: string, would: string) =>
    problems.push({ where: at(path), found: `${path.join('.')}: ${found}`, would });

  for (const key of Object.keys(file)) if (!TOP.includes(key)) unknown(problem, [key], TOP);

  let base: Machine | undefined;
  if (file['like'] !== undefined) {
    base = MACHINES[String(file['like'])];
    if (base === undefined) unknown(problem, ['like'], Object.keys(MACHINES), String(file['like']));
  }
  const text1 = (key: 'name' | 'title', otherwise: string): string => {
    const value = file[key];
    if (value === undefined) return otherwise;
    if (typeof value !== 'string' || value === '')
      problem([key], `${show(value)} is not a text`, 'write a text');
    return String(value);
  };
  const name = text1('name', where.replace(/^.*\//, '').replace(/\.[^.]*$/, ''));
  const title = text1('title', base === undefined ? name : `${name}, like ${base.name}`);
  let family: Family = base?.family ?? 'other';
  if (file['family'] !== undefined) {
    if (FAMILIES.includes(file['family'] as Family)) family = file['family'] as Family;
    else unknown(problem, ['family'], FAMILIES, String(file['family']));
  }
  const quantity = <K extends keyof typeof QUANTITIES>(key: K, otherwise: Constant | undefined): Constant => {
    const { units, example } = QUANTITIES[key];
    const value = file[key];
    if (value === undefined) {
      if (otherwise === undefined) {
        problems.push({
          where,
          found: `${key} is missing`,
          would: `write ${key}: ${example}, or like: NAME`,
        });
      }
      return otherwise ?? { value: 1, unit: units[0], fact: where, quality: 'assumed' };
    }
    return readConstant(value, [key], units, example, where, problem);
  };
  const clock = quantity('clock', base?.clock);
  const memory = quantity('memory', base?.memory);
  const page = quantity('page', base?.page);
  const copyRate = quantity('copyRate', base?.copyRate);
  const speed =
    file['speed'] === undefined || file['speed'] === 'none'
      ? file['speed'] === 'none'
        ? 'none'
        : (base?.speed ?? 'none')
      : quantity('speed', undefined);

  const table = (key: 'prices' | 'bodies', known: readonly string[], start: Record<string, Constant>) => {
    const result = { ...start };
    const given = file[key];
    if (given === undefined) return result;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      problem([key], `${show(given)} is not a map`, 'write one name and one time a line');
      return result;
    }
    for (const [entry, value] of Object.entries(given)) {
      if (!known.includes(entry)) unknown(problem, [key, entry], known);
      else if (value === 'none') delete result[entry];
      else result[entry] = readConstant(value, [key, entry], TIME_UNITS, '0.23us', where, problem);
    }
    return result;
  };
  const prices = table('prices', Object.keys(PRICE_NAMES), { ...base?.prices }) as Partial<
    Record<PriceName, Constant>
  >;
  const bodies = table('bodies', SERVICE_CLASSES, { ...base?.bodies });
  const taxes = readTaxes(file['taxes'], where, problem) ?? base?.taxes;
  if (problems.length > 0) throw new InputError(problems);
  return {
    name,
    title,
    family,
    clock,
    speed,
    memory,
    page,
    copyRate,
    prices,
    bodies,
    ...(taxes === undefined ? {} : { taxes }),
  };
}

const CHECKS = ['writes', 'full'];

/** Taxes on user time: structure, then what is checked, then a list of per cents. */
function readTaxes(given: unknown, where: string, report: Report): MachineTaxes | undefined {
  if (given === undefined) return undefined;
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const taxes: Record<string, Record<string, Constant[]>> = {};
  const map = (value: unknown, path: readonly string[], would: string): [string, unknown][] => {
    if (isMap(value)) return Object.entries(value);
    report(path, `${show(value)} is not a map`, would);
    return [];
  };
  for (const [structure, byChecks] of map(given, ['taxes'], 'write one structure a line')) {
    const taxed = Object.keys(STRUCTURES).filter((name) => STRUCTURES[name]!.taxesUserTime);
    if (!taxed.includes(structure)) unknown(report, ['taxes', structure], taxed);
    const own: Record<string, Constant[]> = {};
    for (const [checks, list] of map(byChecks, ['taxes', structure], `write ${CHECKS.join(' or ')}`)) {
      const path = ['taxes', structure, checks];
      if (!CHECKS.includes(checks)) unknown(report, path, CHECKS);
      else if (!Array.isArray(list) || list.length === 0)
        report(path, `${show(list)} is not a list`, 'write a list such as [4.3%, 12%]');
      else own[checks] = list.map((each) => readConstant(each, path, ['%'], '4.3%', where, report, -100));
    }
    taxes[structure] = own;
  }
  return taxes;
}

type Report = (path: readonly string[], found: string, would: string) => void;

function unknown(
  report: Report,
  path: readonly string[],
  known: readonly string[],
  word = path[path.length - 1]!,
): void {
  const near = nearest(word, known);
  report(
    path,
    `"${word}" is not known here`,
    near === undefined ? `use one of ${known.join(', ')}` : `did you mean "${near}"?`,
  );
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

function readConstant(
  value: unknown,
  path: readonly string[],
  units: readonly string[],
  example: string,
  where: string,
  report: Report,
  above = 0,
): Constant {
  const broken: Constant = { value: 1, unit: units[0]!, fact: where, quality: 'assumed' };
  const would = `write a number and one of ${units.join(', ')} without a blank, for example ${example}`;
  if (typeof value === 'string') {
    const match = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(\D.*)$/i.exec(value);
    if (match === null || !units.includes(match[2]!) || (above >= 0 && value.startsWith('-'))) {
      report(path, `${show(value)} cannot be read`, would);
      return broken;
    }
    return aboveLimit(
      { value: Number(match[1]), unit: match[2]!, fact: where, quality: 'measured' },
      path,
      report,
      above,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(path, `${show(value)} has no unit`, would);
    return broken;
  }
  const given = value as Record<string, unknown>;
  const keys = ['value', 'unit', 'fact', 'quality', 'note'];
  for (const key of Object.keys(given)) if (!keys.includes(key)) unknown(report, [...path, key], keys);
  const quality = (given['quality'] ?? 'measured') as Quality;
  if (!QUALITIES.includes(quality)) unknown(report, [...path, 'quality'], QUALITIES, String(quality));
  if (typeof given['value'] !== 'number' || !units.includes(String(given['unit']))) {
    report(path, `${show({ value: given['value'], unit: given['unit'] })} cannot be read`, would);
    return broken;
  }
  return aboveLimit(
    {
      value: given['value'],
      unit: String(given['unit']),
      fact: String(given['fact'] ?? where),
      quality,
      ...(given['note'] === undefined ? {} : { note: String(given['note']) }),
    },
    path,
    report,
    above,
  );
}

function aboveLimit(c: Constant, path: readonly string[], report: Report, limit: number): Constant {
  if (!(Number.isFinite(c.value) && c.value > limit)) {
    report(
      path,
      `${c.value} is not above ${limit === 0 ? 'zero' : limit}`,
      limit === 0 ? 'give a positive number' : `give a number above ${limit}`,
    );
  }
  return c;
}
