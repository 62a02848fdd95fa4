// Committed data of figures are what the models give now: of those that are computed in a moment, all of them; of the
// traced programs, all that does not depend on the draws of the tax.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFigure, figuresFolder } from '../../scripts/figures/build.ts';
import { cpuByStructure } from '../../scripts/figures/cpu-by-structure.ts';
import { cpuByStructureToday } from '../../scripts/figures/cpu-by-structure-today.ts';
import { textOf } from '../../scripts/figures/figure.ts';
import { FIGURES } from '../../scripts/figures/index.ts';
import { csvRows, csvText, differences } from '../../scripts/figures/table.ts';
import { run } from '../support/nowsim.ts';

const QUICK = [
  'null-service-ladder',
  'operation-cost',
  'break-even-map',
  'break-even-today',
  'delay-equals-tax',
];

describe.each(QUICK)('figure %s', (name) => {
  it('has the data that are committed', async () => {
    const figure = FIGURES.find((each) => each.name === name)!;
    const runs: Parameters<typeof checkFigure>[1] = async (file, { set = [], vary = [] }) => {
      const { summary } = await run(file, set, { vary });
      return { summary, fresh: true, folder: '' };
    };
    const { rows } = await checkFigure(figure, runs, figuresFolder);
    expect(rows.length).toBeGreaterThan(5);
  });
});

describe.each([cpuByStructure, cpuByStructureToday])('figure $name', (figure) => {
  it('has the data that are committed, but for the mean of the taxes that were drawn', async () => {
    const file = join(figuresFolder, figure.name, 'experiment.yaml');
    // One draw, and no waits: the same CPU time but for the tax.
    const few = ['replications=1', 'services.fidelity=aggregate'];
    const rows = await figure.rows({
      published: [],
      run: async ({ set = [], vary = [] } = {}) => (await run(file, [...set, ...few], { vary })).summary,
      gantt: () => [],
    });
    const told = csvRows(csvText(Object.keys(figure.columns), rows));
    const committed = csvRows(readFileSync(join(figuresFolder, figure.name, 'data.csv'), 'utf8'));
    const taxed = ['sfi-library', 'webassembly'];
    const untaxed = (row: (typeof told)[number]) =>
      taxed.includes(textOf(row, 'structure'))
        ? Object.fromEntries(
            Object.entries(row).filter(([column]) => !['cpu_s', 'relative', 'sfi_s'].includes(column)),
          )
        : row;
    expect(differences(committed.map(untaxed), told.map(untaxed))).toEqual([]);
    expect(told.filter((row) => !taxed.includes(textOf(row, 'structure'))).length).toBeGreaterThan(8);
  });
});

describe('the verdict on CPU time by structure', () => {
  const verdict = (library: readonly number[], server: number) => {
    const row = (trace: number, structure: string, relative: number) => ({
      trace: `trace ${trace}`,
      user_scale: 1,
      structure,
      relative,
    });
    return cpuByStructure.verdict(
      library.flatMap((relative, trace) => [
        row(trace, 'sfi-library', relative),
        row(trace, 'microkernel-mach', server),
        row(trace, 'user-server', server + 1),
      ]),
      [],
    ).holds;
  };
  it('holds where the library is no slower than the kernel for any program, and faster than every server', () => {
    expect(verdict([0.9, 1], 2)).toBe('holds');
    expect(verdict([0.9, 1.1], 2)).toBe('holds in part');
    expect(verdict([0.9, 1], 0.95)).toBe('holds in part');
    expect(verdict([0.9, 1.1], 1)).toBe('does not hold');
  });
});
