/**
 * The O cases: the OS cost model against published measurements, with the tolerances of the project's reference. A
 * case passes, or stands in the committed list of misses with its cause; a listed miss that no longer misses fails
 * here too. Calibration and check share no row.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { knownMisses, outcomeOf } from '../../scripts/commands/validate.ts';
import { study } from '../../scripts/study.ts';
import { osCases } from '../../scripts/validate/os-cases.ts';

const misses = await knownMisses();
const quick = osCases.filter((one) => one.slow !== true);
const judged = quick.filter((one) => one.kind !== 'reported');
const reported = quick.filter((one) => one.kind === 'reported');
const table = (some: typeof quick) => some.map((one) => [one.id, one.title, one] as const);

describe('cases with a verdict', () => {
  it.each(table(judged))('%s: %s', async (id, title, one) => {
    const outcome = await outcomeOf(study, one, 1, misses);
    const expected = misses.has(id) ? 'miss' : 'ok';
    expect(outcome.verdict, `${title}: expected ${outcome.expected}, got ${outcome.got}`).toBe(expected);
    if (expected === 'miss') expect(outcome.cause).toBe(misses.get(id));
  });

  it('are those that the reference judges, and every listed miss is one of them', () => {
    const numbers = new Set(judged.map((one) => one.id.split('-')[0]));
    for (const n of [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]) expect(numbers).toContain(`O${n}`);
    for (const id of ['O9b', 'OB']) expect(numbers).toContain(id);
    const ids = new Set(judged.map((one) => one.id));
    expect([...misses.keys()].filter((id) => /^O/.test(id) && !ids.has(id))).toEqual([]);
  });
});

describe('cases without a verdict', () => {
  it.each(table(reported))('%s: %s', async (_id, _title, one) => {
    const outcome = await outcomeOf(study, one, 1, misses);
    expect(outcome.verdict).toBe('reported');
    expect(Number.isFinite(outcome.got) && outcome.got > 0).toBe(true);
  });

  it('are those whose inputs are recalled or guessed', () => {
    const numbers = new Set(reported.map((one) => one.id.split('-')[0]));
    for (const n of [4, 17, 18, 19, 20, 21]) expect(numbers).toContain(`O${n}`);
  });
});

describe('what the cases stand on', () => {
  const rows = quick.map((one) => [one.id, one.rows!.in(), one.rows!.out] as const);

  it.each(rows)('%s: no row goes in that says what must come out', (_id, inputs, outputs) => {
    expect(inputs.length).toBeGreaterThan(0);
    expect(inputs.filter((row) => outputs.includes(row))).toEqual([]);
  });

  it('calibrates and checks with different rows where several sources repeat one number', () => {
    // Liedtke 1995 repeats LRPC, SPIN, the exokernel and Mach in one table, and Chen & Bershad in two figures.
    for (const [id, inputs, outputs] of rows) {
      if (inputs.some((row) => /^(LRPC|SPIN|EXO|BER92|CB93)/.test(row))) {
        expect(
          outputs.filter((row) => /^LIE95-(T2|F3|F4)/.test(row)),
          id,
        ).toEqual([]);
      }
      if (inputs.some((row) => /^LIE95-(T2|F3|F4)/.test(row))) {
        expect(
          outputs.filter((row) => /^(LRPC|SPIN|EXO|BER92|CB93)/.test(row)),
          id,
        ).toEqual([]);
      }
    }
    const cached = rows.filter(([, , outputs]) => outputs.some((row) => row.startsWith('DA92-cread')));
    expect(cached.map(([id]) => id)).toEqual([]); // parts of the read were derived from the cached one
  });

  it('takes every row that goes in from the presets’ own table', () => {
    const known = new Set(
      (parse(readFileSync('models/presets/sources.csv', 'utf8'), { columns: true }) as { id: string }[]).map(
        ({ id }) => id,
      ),
    );
    for (const [id, inputs] of rows)
      expect(
        inputs.filter((row) => !known.has(row)),
        id,
      ).toEqual([]);
  });
});

const REFERENCE = '../shared/reference/facts-os-structures.csv';
/** The reference's rows; none where it is absent, and the tests that need them are skipped. */
const reference = existsSync(REFERENCE)
  ? (parse(readFileSync(REFERENCE, 'utf8'), { columns: true }) as { id: string; value: string }[])
  : [];

describe.skipIf(reference.length === 0)(
  'expected values beside the reference (skipped where ../shared is absent)',
  () => {
    const facts = new Map(reference.map(({ id, value }) => [id, value]));
    // Brackets, counts and ratios of two rows are not printed as such.
    const composed = /^O(3|17|19|20|21)\b|^O1-programs|^O8-order/;
    const printed = osCases.filter((one) => one.rows!.out.length > 0 && !composed.test(one.id));

    it('names rows that are there', () => {
      for (const one of osCases)
        expect(
          one.rows!.out.filter((row) => !facts.has(row)),
          one.id,
        ).toEqual([]);
    });

    it.each(printed.map((one) => [one.id, one] as const))('%s: expects what its row says', (_id, one) => {
      const numbers = one.rows!.out.flatMap((row) =>
        [...facts.get(row)!.matchAll(/\d+(?:\.\d+)?/g)].map(([n]) => Number(n)),
      );
      expect(numbers).toContain(one.expected);
    });
  },
);
