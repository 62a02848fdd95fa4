/**
 * Every constant of a preset stands in the row of `sources.csv` that it names, with that row's unit, or is worked
 * out of constants that do; and no row of `sources.csv` is without a use.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as operations from '../../models/os/operations.ts';
import * as services from '../../models/os/services.ts';
import type { Constant } from '../../models/presets/constant.ts';
import { isConstant } from '../../models/presets/constant.ts';
import * as dirty from '../../models/presets/dirty.ts';
import * as disks from '../../models/presets/disks.ts';
import * as endpoints from '../../models/presets/endpoints.ts';
import * as layers from '../../models/presets/layers.ts';
import * as machines from '../../models/presets/machines.ts';
import * as mixes from '../../models/presets/mixes.ts';
import * as networks from '../../models/presets/networks.ts';
import * as parts from '../../models/presets/parts.ts';
import * as paths from '../../models/presets/paths.ts';
import * as counts from '../../models/presets/programs.ts';
import * as recovery from '../../models/presets/recovery.ts';
import * as programs from '../../models/presets/sfi-programs.ts';

interface Row {
  readonly id: string;
  readonly quantity: string;
  readonly value: string;
  readonly unit: string;
  readonly setting: string;
  readonly seen: string;
}

const read = (path: string): Row[] => parse(readFileSync(path, 'utf8'), { columns: true }) as Row[];
const SOURCES = new Map(read('models/presets/sources.csv').map((r) => [r.id, r]));

/** All constants below a value, those that others are worked out of included. */
function collect(value: unknown, into: Map<string, Constant>, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (isConstant(value)) {
    into.set(path, value);
    value.from?.forEach((c, i) => {
      collect(c, into, `${path} <- ${i}`);
    });
    return;
  }
  for (const [key, entry] of Object.entries(value)) collect(entry, into, `${path}.${key}`);
}

const CONSTANTS = new Map<string, Constant>();
collect(
  {
    machines,
    networks,
    disks,
    dirty,
    mixes,
    paths,
    layers,
    parts,
    counts,
    programs,
    services,
    operations,
    endpoints,
    recovery,
  },
  CONSTANTS,
  '',
);
const LEAVES = [...CONSTANTS].filter(([, c]) => c.from === undefined);
const CITED = LEAVES.filter(([, c]) => c.fact !== 'assumed');

/** The numbers of a text, thousands separators removed. */
function numbersOf(text: string): number[] {
  return [...text.matchAll(/(?<![A-Za-z_])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e\d+)?/g)].map((m, i) => {
    const number = Number(m[0].replaceAll(',', ''));
    // In "9-13" or "3.45+0.597" the dash joins two numbers; only a leading one is a sign.
    return i > 0 || m.index > 0 ? Math.abs(number) : number;
  });
}

/** What the row says where the constant points. */
function inRow(c: Constant, row: Row): number | undefined {
  const numbers = numbersOf(row.value);
  if (c.at === 'middle') return (Math.min(...numbers) + Math.max(...numbers)) / 2;
  if (c.at === 'setting')
    return numbersOf(`${row.quantity} ${row.setting}`.replaceAll(/[A-Za-z]+(?=\d)/g, '')).find(
      (n) => n === c.value,
    );
  return c.at === undefined ? Number(row.value) : numbers[c.at];
}

/** Does the row speak of this unit: in its own column, or in the words of its value or setting? */
function speaksOf(unit: string, row: Row): boolean {
  const words = `${row.unit} ${row.value} ${row.quantity} ${row.setting}`;
  if (unit === 'MHz' && /86\/\d/.test(row.setting)) return true; // "486/50" is a clock rate
  return row.unit === unit || words.includes(unit);
}

describe('presets', () => {
  it('has many constants to compare', () => {
    expect(CITED.length).toBeGreaterThan(250);
  });

  it('names a row for every constant that is not assumed, with its value', () => {
    const wrong: string[] = [];
    for (const [path, c] of CITED) {
      const row = SOURCES.get(c.fact);
      if (row === undefined) wrong.push(`${path}: no row ${c.fact}`);
      else if (inRow(c, row) !== c.value) {
        wrong.push(`${path}: ${c.value} at ${c.at}; ${c.fact} says "${row.value}" (${row.setting})`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('gives every constant the unit of its row', () => {
    const wrong = CITED.filter(([, c]) => {
      const row = SOURCES.get(c.fact);
      return row !== undefined && !speaksOf(c.unit, row);
    }).map(([path, c]) => `${path}: ${c.unit}; ${c.fact} has "${SOURCES.get(c.fact)?.unit}"`);
    expect(wrong).toEqual([]);
  });

  it('calls a constant measured only where the row was read in the source', () => {
    const wrong = CITED.filter(
      ([, c]) => c.quality === 'measured' && SOURCES.get(c.fact)?.seen !== 'read',
    ).map(([path, c]) => `${path}: ${c.fact} is ${SOURCES.get(c.fact)?.seen}`);
    expect(wrong).toEqual([]);
  });

  it('calls recalled only rows that were written down from memory', () => {
    const wrong = CITED.filter(
      ([, c]) => c.quality === 'recalled' && SOURCES.get(c.fact)?.seen === 'read',
    ).map(([path, c]) => `${path}: ${c.fact}`);
    expect(wrong).toEqual([]);
  });

  it('says why for every assumed constant', () => {
    const wrong = LEAVES.filter(([, c]) => c.fact === 'assumed' && (c.note ?? '').length < 5).map(
      ([path]) => path,
    );
    expect(wrong).toEqual([]);
  });

  it('keeps no row without a use', () => {
    const used = new Set(CITED.map(([, c]) => c.fact));
    expect([...SOURCES.keys()].filter((id) => !used.has(id))).toEqual([]);
  });

  it('scales inside a family only by the ratio of two clocks', () => {
    const scaled = [...CONSTANTS].filter(([, c]) => c.quality === 'same-family' && c.from !== undefined);
    for (const [path, c] of scaled) {
      if (!/MHz/.test(c.from?.[1]?.unit ?? '')) continue;
      const [of, from, to] = c.from as [Constant, Constant, Constant];
      expect(c.value, path).toBeCloseTo((of.value * from.value) / to.value, 10);
    }
    expect(scaled.length).toBeGreaterThan(40);
  });
});

describe.skipIf(!existsSync('../shared/reference/facts-os-structures.csv'))(
  'sources.csv beside the reference (skipped where ../shared is absent)',
  () => {
    it('holds rows that are those of the reference, word for word', () => {
      const reference = new Map(
        ['facts-os-structures', 'facts-memory-and-network', 'facts-policies'].flatMap((f) =>
          read(`../shared/reference/${f}.csv`).map((r) => [r.id, r] as const),
        ),
      );
      for (const [id, row] of SOURCES) expect(row, id).toEqual(reference.get(id));
    });
  },
);
