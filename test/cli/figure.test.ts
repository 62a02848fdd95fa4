/**
 * `nowsim figure` as a person types it, and what must hold of every figure that is committed: its texts lie within the
 * picture and apart from each other, its points within its axes, its published points are those of the sources.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { figuresFolder, publishedOf } from '../../scripts/figures/build.ts';
import { monthsOfDelay } from '../../scripts/figures/delay-equals-tax.ts';
import { plainSvg } from '../../scripts/figures/draw.ts';
import { Face, FONT_FILES, loadFaces } from '../../scripts/figures/fonts.ts';
import { FIGURES } from '../../scripts/figures/index.ts';
import { interactive } from '../../scripts/figures/interactive.ts';
import { publishedText, spread } from '../../scripts/figures/style.ts';
import { sweepFigure } from '../../scripts/figures/sweep.ts';
import { csvRows, csvText, differences } from '../../scripts/figures/table.ts';
import { type DrawnElement, TextMetrics } from '../../scripts/figures/text-metrics.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { nowsim, workFolder } from './nowsim.ts';

const here = workFolder();
afterAll(here.remove);

/** Three axes, 36 points: twelve series against the nodes. */
const SHARED = `question: What moves it?
horizon: 60s
cluster: {nodes: 16, os: free}
jobs: {law: {name: poisson, service: {law: exponential, mean: 1s}, count: horizon}, load: 0.6}
policies: {batch: none, sharing: threshold}
program: {mix: none}
measures: [response_time_s]
vary:
  cluster.nodes: [16, 32, 64]
  jobs.load: [0.4, 0.6, 0.8]
  policies.sharing: [none, random, threshold, shortest]
`;

describe('nowsim figure', () => {
  it('builds data and pictures, the same bytes in every process, and says whether the claim holds', async () => {
    const build = (out: string) =>
      nowsim(here.path, 'figure', 'delay-equals-tax', '--out', join(here.path, out), '--json');
    const [first, second] = await Promise.all([build('one'), build('two')]);
    expect(first.code, first.err).toBe(0);
    const { figures } = JSON.parse(first.out) as {
      figures: { name: string; holds: string; because: string; data: { delay_months: number }[] }[];
    };
    expect(figures.map((f) => [f.name, f.holds])).toEqual([['delay-equals-tax', 'holds in part']]);
    expect(figures[0]!.data.length).toBeGreaterThan(50);
    expect(second.code).toBe(0);
    for (const file of ['picture.svg', 'picture.png', 'picture.pdf', 'data.csv']) {
      const bytes = (out: string) => readFileSync(join(here.path, out, 'delay-equals-tax', file));
      expect(bytes('one').equals(bytes('two')), file).toBe(true);
    }
    const png = readFileSync(join(here.path, 'one', 'delay-equals-tax', 'picture.png'));
    expect(png.toString('latin1', 1, 4)).toBe('PNG');
    const pdf = readFileSync(join(here.path, 'one', 'delay-equals-tax', 'picture.pdf')).toString('latin1');
    expect(pdf.slice(0, 5)).toBe('%PDF-');
    expect(pdf).toMatch(/\/FontFile2 /);
    const page = readFileSync(join(here.path, 'one', 'delay-equals-tax', 'picture.html'), 'utf8');
    expect(page).toContain('Months of delay that equal the tax');
    expect(page).not.toMatch(/(src|href)="(?!data\.csv|picture\.)/);
    expect(readFileSync(join(here.path, 'one', 'README.md'), 'utf8')).toContain(
      'delay-equals-tax/picture.png',
    );
  });

  it('checks the committed data, and fails where a number has drifted', async () => {
    const good = await nowsim(here.path, 'figure', 'operation-cost', '--check', '--out', figuresFolder);
    expect(good.code, good.err).toBe(0);
    const drifted = join(here.path, 'drifted');
    cpSync(join(figuresFolder, 'operation-cost'), join(drifted, 'operation-cost'), { recursive: true });
    const file = join(drifted, 'operation-cost', 'data.csv');
    const rows = csvRows(readFileSync(file, 'utf8'));
    const moved = { ...rows[3]!, cpu_us: Number(rows[3]!['cpu_us']) * 1.001 };
    writeFileSync(file, csvText(Object.keys(moved), rows.with(3, moved)));
    const bad = await nowsim(here.path, 'figure', 'operation-cost', '--check', '--out', drifted);
    expect(bad.code).toBe(3);
    expect(bad.err).toMatch(/row 4, cpu_us: \S+ instead of \S+/);
  });

  it('draws a sweep: a measure against an axis of numbers, or of names', async () => {
    const sweep = [
      '--vary',
      'policies.batch=fcfs,easy',
      '--vary',
      'jobs.load=0.3,0.9',
      '--replications',
      '3',
    ];
    const settings = [
      'cluster.nodes=8',
      'jobs.trace=none',
      'jobs.law={name: poisson, count: 60, widths: [1, 2, 4]}',
    ];
    const set = settings.flatMap((setting) => ['--set', setting]);
    const run = ['run', 'dedicated', ...sweep, ...set, '--out', 'sweep', '--quiet', '--no-report'];
    expect((await nowsim(here.path, ...run)).err).toBe('');
    const { code, err } = await nowsim(here.path, 'figure', 'sweep', '--measure', 'wait_s');
    expect([code, err]).toEqual([0, '']);
    const folder = join(here.path, 'sweep', 'figure');
    for (const file of ['picture.svg', 'picture.png', 'picture.pdf', 'picture.html']) {
      expect(existsSync(join(folder, file)), file).toBe(true);
    }
    const rows = csvRows(readFileSync(join(folder, 'data.csv'), 'utf8'));
    expect(rows.map((row) => [row['jobs.load'], row['series'], row['n']])).toEqual([
      [0.3, 'fcfs', 3],
      [0.9, 'fcfs', 3],
      [0.3, 'easy', 3],
      [0.9, 'easy', 3],
    ]);
    const { points } = JSON.parse(readFileSync(join(here.path, 'sweep', 'summary.json'), 'utf8')) as Summary;
    const fcfs = points.find(
      ({ params }) => params['policies.batch'] === 'fcfs' && params['jobs.load'] === 0.3,
    );
    const { mean, low } = fcfs!.measures['wait_s']!;
    // written to six digits; the page's numbers are rounded alike
    for (const [column, value] of [
      ['wait_s', mean],
      ['low', low!],
    ] as const) {
      expect(Math.abs(Number(rows[0]![column]) - value)).toBeLessThan(1e-5 * mean);
    }
    expect(textsOf(readFileSync(join(folder, 'picture.svg'), 'utf8')).map(({ text }) => text)).toEqual(
      expect.arrayContaining(['jobs.load', 'wait (s)', 'fcfs', 'easy']),
    );
    const { told, picture } = await sweepFigure(join(here.path, 'sweep'), {
      measure: 'wait_s',
      against: 'policies.batch',
      wide: false,
    });
    expect(told.verdict.headline).toMatch(/^Lowest mean: .*load 0\.3; highest: .*load 0\.9\.$/);
    const [trace] = interactive(picture).data as unknown as { hovertext: string[] }[];
    expect(trace!.hovertext[1]).toMatch(
      /^<b>load 0\.3<\/b><br>easy<br>wait \(s\): [\d.,]+ ± [\d.,]*[1-9][\d.,]* \(95 %\)$/,
    );
    const wrong = await nowsim(here.path, 'figure', 'sweep', '--against', 'jobs.loud');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('did you mean "jobs.load"?')]);
  });

  it('draws a sweep of many series whole: a legend line for each, ticks where it was run, axes that are held or have panels', async () => {
    writeFileSync(join(here.path, 'shared.yaml'), SHARED);
    const run = (...words: string[]) =>
      nowsim(here.path, 'run', 'shared.yaml', '--quiet', '--no-report', ...words);
    expect((await run('--out', 'many')).code).toBe(0);
    const draw = async (...words: string[]) => {
      const { code, err } = await nowsim(here.path, 'figure', ...words);
      expect([code, err]).toEqual([0, '']);
      const svg = readFileSync(join(here.path, words[0]!, 'figure', 'picture.svg'), 'utf8');
      const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
      const texts = textsOf(svg);
      for (const { text, box } of texts) {
        expect(box.left >= 0 && box.top >= -1 && box.right <= width! && box.bottom <= height! + 1, text).toBe(
          true,
        );
        expect(
          texts.filter((other) => other.box !== box && overlap(other.box, box)).map((other) => other.text),
          text,
        ).toEqual([]);
      }
      const rows = csvRows(readFileSync(join(here.path, words[0]!, 'figure', 'data.csv'), 'utf8'));
      return { texts: texts.map(({ text }) => text), rows };
    };
    const whole = await draw('many');
    const series = [...new Set(whole.rows.map((row) => String(row['series'])))];
    expect(series).toHaveLength(12);
    expect(whole.texts).toEqual(expect.arrayContaining([...series, '16', '32', '64']));
    expect(whole.texts).not.toContain('40');

    const panels = await draw('many', '--panels', 'policies.sharing', '--at', 'jobs.load=0.8');
    expect(panels.texts).toEqual(
      expect.arrayContaining(['sharing none', 'sharing random', 'sharing shortest']),
    );
    expect(
      panels.rows
        .filter((row) => row['policies.sharing'] === 'random')
        .map((row) => [row['cluster.nodes'], row['series']]),
    ).toEqual([
      [16, ''],
      [32, ''],
      [64, ''],
    ]);
    const refused = async (...words: string[]) => (await nowsim(here.path, 'figure', ...words)).err;
    expect(await refused('many', '--at', 'jobs.load=0.5')).toContain(
      'no point has this value; use one of 0.4, 0.6, 0.8',
    );
    expect(await refused('many', '--at', 'jobs.lod=0.4')).toContain('did you mean "jobs.load"?');
    expect(await refused('many', '--panels', 'jobs.load', '--against', 'jobs.load')).toContain(
      'leaves no axis',
    );
  });

  it('draws a design of one axis at a time as a row a point, and of an axis its own points', async () => {
    writeFileSync(join(here.path, 'shared.yaml'), SHARED);
    const run = ['run', 'shared.yaml', '--set', 'design=one-at-a-time', '--quiet', '--no-report'];
    expect((await nowsim(here.path, ...run, '--out', 'single')).code).toBe(0);
    const choice = { measure: 'response_time_s', wide: false };
    const { rows, picture } = await sweepFigure(join(here.path, 'single'), choice);
    expect(rows.map((row) => row['setting'])).toEqual([
      'as it is',
      'nodes 32',
      'nodes 64',
      'load 0.4',
      'load 0.8',
      'sharing none',
      'sharing random',
      'sharing shortest',
    ]);
    expect(picture.data).toHaveLength(1);
    const along = await sweepFigure(join(here.path, 'single'), { ...choice, against: 'jobs.load' });
    expect(along.rows.map((row) => [row['jobs.load'], row['series']])).toEqual([
      ['0.4', ''],
      ['0.6', ''],
      ['0.8', ''],
    ]);
    const sampled = ['run', 'shared.yaml', '--set', 'design=latin-hypercube', '--set', 'design_points=9'];
    expect((await nowsim(here.path, ...sampled, '--quiet', '--no-report', '--out', 'sampled')).code).toBe(0);
    const marks = await sweepFigure(join(here.path, 'sampled'), { ...choice, against: 'jobs.load' });
    expect(marks.picture.data).toHaveLength(1);
    expect(marks.picture.data[0]).toMatchObject({ mode: 'markers' });
  });

  it('names the nearest figure, and says which figures take a machine', async () => {
    const unknown = await nowsim(here.path, 'figure', 'break-even');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('break-even-map');
    const machine = await nowsim(here.path, 'figure', 'robustness', '--machine', 'apple-m1');
    expect(machine.code).toBe(2);
    expect(machine.err).toContain('break-even-today');
  });
});

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The texts of a picture and where they stand, by the font's own metrics. */
function textsOf(svg: string): { text: string; box: Box }[] {
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
    JSDOM: new (
      text: string,
      options: object,
    ) => {
      window: {
        document: { querySelectorAll(selector: string): Iterable<DrawnElement & { textContent: string }> };
      };
    };
  };
  const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
  const metrics = new TextMetrics(loadFaces());
  return [...document.querySelectorAll('text')].flatMap((element) => {
    const box = metrics.placed(element);
    return box === null ? [] : [{ text: element.textContent, box }];
  });
}

const overlap = (a: Box, b: Box) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
  // ascent and descent hold more than the letters do
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3.5;

/** Their published points are lines, bands or labels of their own, or stand under another name. */
const OTHERWISE_DRAWN = [
  'null-service-ladder',
  'break-even-map',
  'break-even-today',
  'delay-equals-tax',
  'checkpoint-interval',
  'memory-hungry',
];

describe.each(FIGURES.map((figure) => [figure.name, figure] as const))('figure %s', (name, figure) => {
  const read = (file: string) => readFileSync(join(figuresFolder, name, file), 'utf8');
  const rows = csvRows(read('data.csv'));
  const published = publishedOf(figure);

  it('has its texts within the picture and apart from each other', () => {
    const svg = read('picture.svg');
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
    const texts = textsOf(svg);
    expect(texts.length).toBeGreaterThan(10);
    const cut = texts.filter(
      ({ box }) => box.left < 0 || box.top < -1 || box.right > width! || box.bottom > height! + 1,
    );
    expect(cut.map(({ text }) => text)).toEqual([]);
    const meeting = texts.flatMap((a, i) =>
      texts.slice(i + 1).flatMap((b) => (overlap(a.box, b.box) ? [`${a.text} / ${b.text}`] : [])),
    );
    expect(meeting).toEqual([]);
  });

  it('has its points within its axes', () => {
    const { data, layout } = figure.picture(rows, published);
    for (const trace of data as unknown as {
      x: number[];
      y: number[];
      xaxis?: string;
      yaxis?: string;
      mode?: string;
      type: string;
    }[]) {
      if (trace.type !== 'scatter' || trace.mode === 'lines') continue;
      for (const [letter, values] of [
        ['x', trace.x],
        ['y', trace.y],
      ] as const) {
        const axis = (trace[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`);
        const { range, type } = layout[axis] as { range: [number, number]; type?: string };
        const at = values.map((v) => (type === 'log' ? Math.log10(v) : v));
        for (const v of at) {
          expect(v).toBeGreaterThanOrEqual(range[0]);
          expect(v).toBeLessThanOrEqual(range[1]);
        }
      }
    }
  });

  it('tells of every mark what it shows, in units, and the interval that is drawn', () => {
    const { data } = interactive(figure.picture(rows, published));
    for (const trace of data as unknown as {
      x: number[];
      hovertext: string[];
      error_x?: object;
      error_y?: object;
    }[]) {
      expect(trace.hovertext).toHaveLength(trace.x.length);
      for (const text of trace.hovertext) {
        expect(text).toMatch(/[a-z)]: \S/);
        expect(text).not.toMatch(/undefined|NaN|^:|<br>:|<br><br>/);
        if ('error_x' in trace || 'error_y' in trace) expect(text).toMatch(/ ± .*\(95 %\)/);
      }
    }
  });

  it('tells the verdict of its data', () => {
    const about = JSON.parse(read('about.json')) as { holds: string; because: string };
    expect(figure.verdict(rows, published)).toEqual({ holds: about.holds, because: about.because });
  });

  it('draws published points and tells of each, or says that none is comparable', () => {
    const none = figure.notes.filter((note) => note.startsWith('No published number is comparable: '));
    expect(none).toHaveLength(published.length === 0 ? 1 : 0);
    if (published.length === 0 || OTHERWISE_DRAWN.includes(name)) return;
    const traces = figure.picture(rows, published).data as unknown as {
      name: string;
      hovertext: string | string[];
    }[];
    const told = traces.filter((trace) => /published/.test(trace.name)).flatMap((trace) => trace.hovertext);
    for (const row of published) expect(told).toContain(publishedText(row));
  });

  const REFERENCE = '../shared/reference/facts-os-structures.csv';
  it.skipIf(!existsSync(REFERENCE))('has published points as the reference has them', () => {
    const facts = new Map(
      ['os-structures', 'memory-and-network', 'policies'].flatMap((part) =>
        csvRows(readFileSync(`../shared/reference/facts-${part}.csv`, 'utf8')).map(
          (row) => [String(row['id']), row] as const,
        ),
      ),
    );
    for (const row of published) {
      const ids = String(row['id']).split(' + ');
      for (const id of ids) expect(facts.has(id), id).toBe(true);
      if (ids.length > 1) {
        for (const id of ids) expect(String(row['value'])).toContain(String(facts.get(id)!['value']));
      } else {
        const fact = facts.get(ids[0]!)!;
        expect([row['value'], row['unit']]).toEqual([fact['value'], fact['unit']]);
      }
    }
  });
});

describe('parts of the figures', () => {
  it('marks tell names, numbers and units by their axes', () => {
    const texts = (trace: Record<string, unknown>, layout: object) =>
      interactive({ data: [trace], layout: { width: 1, height: 1, ...layout } }).data[0]!['hovertext'];
    const places = { title: { text: '' }, tickvals: [0, 1], ticktext: ['below', 'above'] };
    const seconds = { title: { text: 'time (s)' } };
    expect(
      texts(
        { name: 'a', x: [12.3456], y: [1.2], error_x: { array: [0.25] }, hovertext: ['seen'] },
        { xaxis: seconds, yaxis: places },
      ),
    ).toEqual(['<b>a</b><br>above<br>time (s): 12.35 ± 0.25 (95 %)<br>seen']);
    const milliseconds = { quantity: { name: 'time', write: (value: number) => `${value} ms` } };
    expect(
      texts(
        { orientation: 'h', base: [3], x: [4], y: [0], yaxis: 'y2' },
        { xaxis: milliseconds, yaxis: places, yaxis2: { ...places, ticktext: ['', ''] } },
      ),
    ).toEqual(['below<br>time: 3 ms to 7 ms']);
    expect(
      texts({ x: [1], y: [2], xaxis: 'x2' }, { xaxis: seconds, xaxis2: {}, yaxis: { title: { text: 'n' } } }),
    ).toEqual(['n: 2<br>time (s): 1']);
  });

  it('series of one name are switched together', () => {
    const { data } = interactive({
      data: ['a', 'b', 'a'].map((name) => ({ name, x: [], y: [] })),
      layout: { width: 1, height: 1 },
    });
    expect(data.map((trace) => trace['legendgroup'])).toEqual(['a', undefined, 'a']);
  });

  it('the font is as wide as Helvetica, and refuses what it cannot draw', () => {
    const face = new Face(FONT_FILES[0]);
    // Adobe's metrics of Helvetica, thousandths of an em
    expect(Math.abs(1000 * face.width('Hello', 1) - (722 + 556 + 222 + 222 + 556))).toBeLessThan(2);
    expect(new Face(FONT_FILES[1]).width('b', 1)).toBeCloseTo(0.611, 3);
    expect(() => face.width('猫', 1)).toThrow('猫');
  });

  it('texts that are cut or meet would be noticed', () => {
    const at = (x: number, y: number) => `<text x="${x}" y="${y}" style="font-size: 10px">eleven px</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg">${at(0, 20)}${at(30, 22)}<g transform="translate(0,40) rotate(90)">${at(0, 20)}</g></svg>`;
    const [first, second, turned] = textsOf(svg).map(({ box }) => box);
    expect(first!.right).toBeCloseTo(loadFaces().regular.width('eleven px', 10), 6);
    expect(overlap(first!, second!)).toBe(true);
    expect(overlap(first!, turned!)).toBe(false);
    expect(turned!.left).toBeLessThan(-20);
    expect(turned!.bottom - turned!.top).toBeCloseTo(first!.right - first!.left, 6);
  });

  it('a shape with a pattern has the colour of the pattern beneath it', () => {
    const pattern = '<pattern id="p" width="4"><rect width="4" fill="red"/><path d="M0,0"/></pattern>';
    const shape = (fill: string) => `<path style="fill: ${fill};" d="M1,1"/>`;
    expect(plainSvg(`<svg>${pattern}${shape('url(&quot;#p&quot;)')}${shape('blue')}</svg>`)).toBe(
      `<svg>${pattern}${shape('red')}${shape('url(#p)')}${shape('blue')}</svg>\n`,
    );
  });

  it('labels that would meet are moved apart around their middle, the others stay', () => {
    expect(spread([0, 100, 104], 10)).toEqual([0, -3, 3]);
    const places = [50, 3, 0, 4, 48];
    const moved = spread(places, 10).map((shift, i) => places[i]! + shift);
    const sorted = moved.toSorted((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThan(9.999);
    const rank = (list: readonly number[]) => list.map((v) => list.filter((w) => w < v).length);
    expect(rank(moved)).toEqual(rank(places));
  });

  it('a tax of 50 % at 50 % a year is a year; of nothing, no delay', () => {
    expect(monthsOfDelay(0.5, 0.5)).toBeCloseTo(12, 12);
    expect(monthsOfDelay(0, 0.5)).toBe(0);
    expect(monthsOfDelay(0.043, 0.5)).toBeCloseTo(1.246, 3);
  });

  it('tables come back as they were written, and differences are told by row and column', () => {
    const rows = [
      { a: 'x, "y"', b: 1 / 3 },
      { a: '2', b: 1e-12 },
    ];
    const back = csvRows(csvText(['a', 'b'], rows));
    expect(back).toEqual([
      { a: 'x, "y"', b: 0.333333 },
      { a: 2, b: 1e-12 },
    ]);
    expect(differences(back, [back[0]!, { a: 2, b: 2e-12 }])).toEqual(['row 2, b: 2e-12 instead of 1e-12']);
    expect(() => csvText(['a'], [{ a: Number.NaN }])).toThrow('NaN');
  });
});
