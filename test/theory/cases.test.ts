/**
 * The exact validation cases that are quick enough for every test run; `nowsim validate` runs them all. Each is an
 * experiment through the runner; a case whose 99 % interval excludes the expected value is run again, longer.
 */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../scripts/commands/validate.ts';
import { study } from '../../scripts/study.ts';
import { cases } from '../../scripts/validate/cases.ts';

const quick = cases.filter((one) => one.kind === 'exact' && one.slow !== true);

describe('closed forms', () => {
  it('has cases of every closed form', () => {
    const forms = new Set(cases.map((one) => one.id.slice(0, 3)));
    for (const id of [
      'P01',
      'P02',
      'P03',
      'P04',
      'P05',
      'P06',
      'P07',
      'P08',
      'P09',
      'P11',
      'P22',
      'P14',
      'P25',
      'P26',
      'P27',
      'P28',
      'P35',
      'P40',
    ])
      expect(forms).toContain(id);
  });

  it.each(quick.map((one) => [one.id, one.title, one] as const))('%s: %s', async (_id, _title, one) => {
    const outcome = await outcomeOf(study, one, 1, new Map());
    expect(outcome.verdict, `${one.title}: expected ${outcome.expected}, got ${outcome.got}`).toBe('ok');
  });
});
