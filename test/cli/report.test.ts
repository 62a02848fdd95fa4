/**
 * The report without a browser: that the page holds what the results hold, says no more than they show, cannot be
 * broken by the text of an experiment, and comes out the same twice.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../models/history.ts';
import { measureLabel, pointLabel } from '../../scripts/report/data.ts';
import { historiesOf } from '../../scripts/report/histories.ts';
import { goalOf, judge } from '../../scripts/report/judgement.ts';
import { escapeHtml, html, jsonScript } from '../../scripts/report/markup.ts';
import { joinModules, readPageCode } from '../../scripts/report/page-code.ts';
import { factsOf } from '../../scripts/report/record.ts';
import { writeReport } from '../../scripts/report/report.ts';
import type { Results } from '../../scripts/report/results.ts';
import { verdict } from '../../scripts/report/verdict.ts';
import { differenceText } from '../../scripts/tidy.ts';
import { historyOf, readTimeline, unpackHistory } from '../../scripts/timelines.ts';
import { writeFixture } from './report.fixture.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nowsim-report-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Text of the element with this id; the page writes ids only with double quotes. */
function element(page: string, id: string): string {
  const open = new RegExp(`<(\\w+)[^>]* id="${id}"[^>]*>`).exec(page);
  if (open === null) throw new Error(`no element ${id}`);
  const from = open.index + open[0].length;
  return page.slice(from, page.indexOf(`</${open[1]}>`, from));
}

const embedded = (page: string) => JSON.parse(element(page, 'data'));
const unpacked = (page: string, id: string) =>
  gunzipSync(Buffer.from(element(page, id), 'base64')).toString();

describe('the page of a headline experiment', () => {
  let page: string;
  let fixture: ReturnType<typeof writeFixture>;
  let dir: string;
  beforeAll(async () => {
    dir = join(root, 'headline');
    fixture = writeFixture(dir);
    page = readFileSync(await writeReport(dir), 'utf8');
  });

  test('asks nothing of a network: no address, a policy that forbids loading', () => {
    const own = page.replace(element(page, 'library'), '').replace(element(page, 'timelines'), '');
    expect(own).not.toMatch(/\b(src|href)\s*=\s*"(?!#)/);
    expect(own).not.toMatch(/https?:\/\//);
    expect(own).not.toMatch(/@import|url\(/);
    expect(page).toContain('content="default-src &#39;none&#39;;');
  });

  test('carries the whole chart library, byte for byte', () => {
    const library = readFileSync(join('node_modules', 'plotly.js-dist', 'plotly.js'), 'utf8');
    expect(unpacked(page, 'library') === library).toBe(true);
  });

  test('embeds every estimate and difference of the summary, rounded to six digits', () => {
    const data = embedded(page);
    expect(data.points).toHaveLength(8);
    for (const [k, point] of fixture.summary.points.entries()) {
      for (const [m, measure] of data.measures.entries()) {
        const wanted = point.measures[measure.name]!;
        const [mean, below, above, n] = data.points[k].estimates[m];
        expect(mean).toBe(Number(wanted.mean.toPrecision(6)));
        expect(Math.abs(below - wanted.ci95!)).toBeLessThanOrEqual(1e-5 * wanted.ci95!);
        expect(above).toBe(below);
        expect(n).toBe(10);
      }
    }
    expect(data.pairs).toHaveLength(6);
    for (const [k, pair] of data.pairs.entries()) {
      const wanted = fixture.summary.paired[k]!;
      expect(data.points[pair.point].label).toBe(pointLabel(wanted.params));
      expect(data.points[pair.against].label).toBe(pointLabel(wanted.against));
      expect(pair.differences[0][5]).toBe(wanted.measures['response_time_s']!.p_holm);
      expect(pair.differences[0][0]).toBe(
        Number(wanted.measures['response_time_s']!.difference.toPrecision(6)),
      );
    }
  });

  test('keeps the value of every run, rounded, and where its row stands', () => {
    const { measures, values } = JSON.parse(unpacked(page, 'single'));
    const data = embedded(page);
    expect(measures).toHaveLength(data.measures.length);
    for (const row of fixture.rows) {
      for (const [i, m] of measures.entries()) {
        const wanted = row.measures[data.measures[m].name]!;
        expect(values[row.point][i][row.replication]).toBe(Number(wanted.toPrecision(6)));
      }
    }
    expect(data.withoutSingle).toBeNull();
    expect(data.points[3].runs).toMatchObject({ cell: 'cell-3-0', lines: [31, 40] });
    expect(page).not.toContain('cell-3-1');
  });

  test('keeps series, accounts and the whole history of every point', () => {
    const timelines = JSON.parse(unpacked(page, 'timelines'));
    expect(timelines.map((t: { point: number }) => t.point)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const t of timelines) {
      const source = readTimeline(dir, t.point);
      const sum = Object.values(t.accounts_s as Record<string, number>).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum / (64 * 1_209_600) - 1)).toBeLessThan(1e-5);
      expect(t.series.idle_nodes).toEqual(source.series['idle_nodes']!.map((x) => Number(x.toPrecision(4))));
      expect(t.history).toEqual({ to_s: source.history!.to_s, cut: true });
      const packed = element(page, `history-${t.point}`);
      expect(gunzipSync(Buffer.from(packed, 'base64')).equals(unpackHistory(source.history!))).toBe(true);
      expect(t.setting).toMatchObject({ queue: true, batch: 'easy', owned: true });
    }
  });

  test('says version, digest, date and how to run it again', () => {
    const head = page.slice(page.indexOf('<header>'), page.indexOf('</header>')).replace(/<[^>]*>/g, '');
    expect(head).toContain('nowsim 0.1.0');
    expect(head).toContain(fixture.summary.digest);
    expect(head).toContain('2026-03-14 09:26 UTC');
    expect(head).toContain('nowsim run scripts/experiments/headline.yaml --set jobs.load=0.7');
  });

  test('shows notes, inputs with digests, counts, and each preset number with its quality and source', () => {
    expect(page).toContain('mach-rpc is borrowed from the CVAX Firefly');
    expect(element(page, 'inputs')).toContain('ab'.repeat(32));
    expect(element(page, 'inputs')).toContain('11,204');
    expect(element(page, 'counts')).toContain('138,400');
    const presets = element(page, 'presets');
    for (const word of [
      'machine.prices.mach-rpc',
      'LRPC-T2-mach',
      'borrowed',
      'same-family',
      'assumed',
      'measured',
    ]) {
      expect(presets).toContain(word);
    }
    expect(element(page, 'scenario')).toContain('machine: r3000-40');
  });

  test('labels every control, and no id stands twice', () => {
    const body = page.slice(page.indexOf('<body'), page.indexOf('<script type="application/json"'));
    for (const [tag, id] of body.matchAll(/<(?:select|input)[^>]* id="([^"]+)"[^>]*>/g)) {
      if (tag.includes('type="hidden"')) continue;
      if (!/ aria-label="[^"]+"/.test(tag)) expect(body).toContain(`<label for="${id}"`);
    }
    const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of body.matchAll(/ href="#([^"]+)"/g)) expect(ids).toContain(id);
    expect(body.match(/<canvas[^>]*tabindex="0"[^>]*aria-label=/)).not.toBeNull();
    expect(page).toMatch(/<html lang="en">/);
  });

  test('comes out the same twice and leaves nothing else behind', async () => {
    expect(readFileSync(await writeReport(dir), 'utf8') === page).toBe(true);
    expect(readdirSync(dir).filter((name) => name.includes('report'))).toEqual(['report.html']);
  });
});

test('of a difference the page says what the star in the table of the run says', async () => {
  const dir = join(root, 'star');
  const { summary } = writeFixture(dir, { replications: 3, nodes: [16, 64, 256], timelines: false });
  const page = readFileSync(await writeReport(dir), 'utf8');
  const data = embedded(page);
  let between = 0;
  let stars = 0;
  for (const [k, { differences }] of data.pairs.entries()) {
    for (const [m, { name }] of data.measures.entries()) {
      const difference = summary.paired[k]!.measures[name]!;
      const starred = differenceText('student', difference).endsWith('*');
      expect(differences[m][4] === 'none', name).toBe(!starred);
      // What its interval by itself would have called a difference.
      if (!starred && difference.low! * difference.high! > 0) between++;
      if (starred && name === 'response_time_s') stars++;
    }
  }
  expect(Math.min(between, stars)).toBeGreaterThan(0);
  const banner = page.slice(page.indexOf('<div class="verdict">'), page.indexOf('<dl class="facts">'));
  expect(banner).toContain('Response time against in-kernel, at 6 settings of glunix, cluster.nodes: ');
  const worse = [...banner.slice(0, banner.indexOf('</strong>')).matchAll(/worse at (?:all )?(\d+)/g)];
  expect(worse.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(stars);
  expect(banner).not.toMatch(/best/i);
});

test('no text of an experiment can break the page or run in it', async () => {
  const dir = join(root, 'hostile');
  const question =
    '</script><script>alert(1)</script><img src=x onerror="alert(2)"> & \u2028 does \'it\' hold?';
  writeFixture(dir, { question, timelines: false });
  const summary = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'));
  for (const point of summary.points) {
    if (point.params['cluster.os'] === 'user-server') point.params['cluster.os'] = '</script><b>mine';
  }
  writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary));
  const page = readFileSync(await writeReport(dir), 'utf8');
  expect(page).toContain(`<h1>${escapeHtml(question)}</h1>`);
  // The data, the three packed parts and the page's own script: as many as the template opens, each closed once.
  expect(page.match(/<script\b/g)).toHaveLength(5);
  expect(page.match(/<\/script/g)).toHaveLength(5);
  expect(page).not.toContain('<img');
  expect(embedded(page).axes[0].values).toContain('</script><b>mine');
});

test('runs that have accounts alone show these, and no empty charts of time and nodes', async () => {
  const dir = join(root, 'accounts');
  writeFixture(dir, {});
  const folder = join(dir, 'timelines');
  for (const name of readdirSync(folder)) {
    const { accounts_s } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const bare = { horizon_s: 1, bins: 0, bin_s: 1, series: {}, nodes: 1, jobs: 0, accounts_s };
    writeFileSync(join(folder, name), JSON.stringify(bare));
  }
  const page = readFileSync(await writeReport(dir), 'utf8');
  expect(page).toContain('<section id="accounts"');
  expect(page).toContain('<a href="#accounts">');
  expect(page).not.toMatch(/id="(series|nodes|gantt)"|href="#(series|nodes)"/);
  expect(JSON.parse(unpacked(page, 'timelines'))).toHaveLength(8);
});

test('a folder without timelines or rows still gives a page that says so', async () => {
  const dir = join(root, 'bare');
  writeFixture(dir, { timelines: false });
  rmSync(join(dir, 'rows.jsonl'));
  const page = readFileSync(await writeReport(dir), 'utf8');
  expect(page).toContain('no timelines');
  expect(page).not.toContain('id="gantt"');
  expect(page).not.toContain('id="counts"');
});

describe('a folder that holds no results', () => {
  test.each([
    ['is not there', (_: string) => {}, /no such folder/],
    [
      'has no manifest',
      (dir: string) => rmSync(join(dir, 'manifest.json')),
      /manifest\.json.*not there.*run/s,
    ],
    ['was interrupted', (dir: string) => rmSync(join(dir, 'summary.json')), /summary\.json.*run it again/s],
    [
      'has a torn summary',
      (dir: string) => writeFileSync(join(dir, 'summary.json'), '{"points": ['),
      /not JSON/,
    ],
    [
      'has no points',
      (dir: string) => writeFileSync(join(dir, 'summary.json'), '{"points": []}'),
      /no points/,
    ],
    [
      'has a timeline without accounts',
      (dir: string) => writeFileSync(join(dir, 'timelines', 'point-0.json'), '{"series": {}}'),
      /point-0\.json.*accounts_s/s,
    ],
  ])('%s: an input error that says what would do', async (name, damage, message) => {
    const dir = join(root, name.replaceAll(' ', '-'));
    if (name !== 'is not there') writeFixture(dir);
    damage(dir);
    const error = await writeReport(dir).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'InputError' });
    expect((error as Error).message).toMatch(message);
    if (name !== 'is not there') expect(readdirSync(dir)).not.toContain('report.html');
  });
});

const around = (middle: number, ci95: number | null) => ({
  ci95,
  low: ci95 === null ? null : middle - ci95,
  high: ci95 === null ? null : middle + ci95,
});

/** Results of two or three points with one measure; differences against the first. */
function results(
  measure: string,
  means: readonly number[],
  differences: readonly (readonly [number, number | null, number?])[],
): Results {
  const params = means.map((_, k) => ({ 'cluster.os': `os-${k}` }));
  const n = differences[0]?.[1] === null ? 1 : 10;
  return {
    dir: '',
    manifest: {},
    runs: [],
    single: [],
    timelines: [],
    summary: {
      experiment: 'x',
      question: 'q',
      digest: 'd',
      interval: 'student',
      baseline: { 'cluster.os': 'os-0' },
      notes: [],
      points: means.map((mean, k) => ({
        params: params[k]!,
        measures: { [measure]: { mean, ...around(mean, n === 1 ? null : 1), n, unit: 's' } },
      })),
      paired: differences.map(([difference, ci95, p = 0.01], k) => ({
        params: params[k + 1]!,
        against: params[0]!,
        measures: {
          [measure]: {
            difference,
            ...around(difference, ci95),
            n,
            unit: 's',
            p_holm: ci95 === null ? null : p,
          },
        },
      })),
    },
  };
}
const said = (r: Results) => {
  const { headline, sentences } = verdict(r);
  return [headline, ...sentences].join(' ').replaceAll('\u00A0', ' ');
};

describe('the verdict', () => {
  test('better: the best point differs from its baseline by more than the interval', () => {
    const text = said(results('response_time_s', [100, 90], [[-10, 4]]));
    expect(text).toContain('Best response time: os-1, 90 ± 1 s.');
    expect(text).toContain(
      'It is better than os-0: 10 ± 4 s lower (10 %), with the 95 % interval of 10 paired replications, p 0.01.',
    );
  });
  test('no difference shown: p is not below 5 %, though the interval of this one excludes zero', () => {
    const text = said(results('response_time_s', [100, 97], [[-3, 2, 0.11]]));
    expect(text).toContain(
      'Against os-0, no difference is shown: paired difference -3 ± 2 s (95 % interval of 10 paired replications), p 0.11.',
    );
    expect(text).not.toContain('better');
  });
  test('against the paper: the baseline is best and the next is worse', () => {
    const text = said(
      results(
        'response_time_s',
        [100, 112, 105],
        [
          [12, 2],
          [5, 2],
        ],
      ),
    );
    expect(text).toContain('Best response time: os-0');
    expect(text).toContain('It is the baseline. The next, os-2, is worse than os-0: 5 ± 2 s higher (5 %)');
    expect(text).toContain('Of 2 comparisons with a baseline on this measure: 2 worse.');
  });
  test('more is better for a throughput', () => {
    const text = said(results('throughput_jobs_s', [10, 12], [[2, 1]]));
    expect(text).toContain('Best throughput jobs: os-1');
    expect(text).toContain('better than os-0');
  });
  test('a measure without a wanted side is not judged', () => {
    const text = said(results('idle_nodes', [10, 12], [[2, 1]]));
    expect(text).toContain('Lowest idle nodes: os-0');
    expect(text).not.toMatch(/better|worse|best/i);
  });
  test('settings beside those of the baseline are held, and told where the outcome varies over them', () => {
    const made = results('response_time_s', [100, 400, 112, 440], []);
    const points = made.summary.points.map((point, k) => ({
      ...point,
      params: { 'cluster.os': k < 2 ? 'os-0' : 'os-1', 'cluster.nodes': k % 2 === 0 ? 64 : 16 },
    }));
    const paired = [0, 1].map((k) => ({
      params: points[k + 2]!.params,
      against: points[k]!.params,
      measures: {
        response_time_s: {
          difference: k === 0 ? 12 : 40,
          ...around(k === 0 ? 12 : 40, 5),
          n: 10,
          unit: 's',
          p_holm: k === 0 ? 0.01 : 0.2,
        },
      },
    }));
    const text = said({ ...made, summary: { ...made.summary, points, paired } });
    expect(text).toContain(
      'Response time against os-0, at 2 settings of cluster.nodes: os-1 worse at 1, no difference shown at 1.',
    );
    expect(text).toContain("from +10 % (nodes 16: not shown) to +12 % (nodes 64) of the baseline's mean");
    expect(text).not.toMatch(/best|worst/i);
  });
  test('without a baseline no point is called the best', () => {
    const made = results('response_time_s', [400, 100], []);
    const text = said({ ...made, summary: { ...made.summary, baseline: {} } });
    expect(text).toContain('Lowest response time: os-1, 100 ± 1 s.');
    expect(text).toContain('Highest: os-0');
    expect(text).not.toMatch(/best|worst/i);
  });
  test('one replication shows nothing', () => {
    const text = said(results('response_time_s', [100, 90], [[-10, null]]));
    expect(text).toContain('without an interval nothing is shown');
    expect(text).not.toContain('better');
  });
  test('equal points are called equal', () => {
    expect(said(results('response_time_s', [100, 100], [[0, 0, 1]]))).toContain('No difference: every point');
  });
  test('ends that do not lie evenly are both told; batches are called batches', () => {
    const r = results('response_time_s', [100, 90], [[-10, 4]]);
    const uneven = { ...r.summary.paired[0]!.measures['response_time_s']!, low: -16, high: -8 };
    const paired = [{ ...r.summary.paired[0]!, measures: { response_time_s: uneven } }];
    const text = said({ ...r, summary: { ...r.summary, paired, interval: 'batch-means' } });
    expect(text).toContain(
      '10 s (8 to 16 s) lower (10 %), with the 95 % interval of 10 paired batches, p 0.01.',
    );
  });
  test('a single point is told, not compared', () => {
    expect(said(results('response_time_s', [100], []))).toContain('Response time: 100 ± 1 s.');
  });
});

test('judgements need an adjusted p below 5 %, whatever the interval of one difference says', () => {
  const of = (difference: number, p_holm: number | null) => ({ difference, p_holm });
  expect(judge('lower', of(-2, 0.049))).toBe('better');
  expect(judge('lower', of(2, 0.049))).toBe('worse');
  expect(judge('higher', of(2, 0))).toBe('better');
  expect(judge('neither', of(2, 0.01))).toBe('higher');
  expect(judge('lower', of(-1, 0.05))).toBe('none');
  expect(judge('lower', of(0, 1))).toBe('none');
  expect(judge('lower', of(-9, null))).toBe('no interval');
});

test.each([
  ['response_time_s', 'lower'],
  ['bounded_slowdown_per_processor', 'lower'],
  ['owner_delays_per_day', 'lower'],
  ['cpu_sfi', 'lower'],
  ['loss_of_capacity', 'lower'],
  ['throughput_jobs_per_h', 'higher'],
  ['utilisation', 'higher'],
  ['wanted_available', 'higher'],
  ['idle_nodes', 'neither'],
  ['migrations', 'neither'],
  ['last_end_s', 'neither'],
])('users want %s %s', (measure, goal) => expect(goalOf(measure)).toBe(goal));

test('names in words', () => {
  expect(measureLabel('response_time_s', 's')).toBe('response time');
  expect(measureLabel('throughput_jobs_per_h', '1/h')).toBe('throughput jobs');
  expect(measureLabel('bounded_slowdown', '1')).toBe('bounded slowdown');
  expect(pointLabel({ 'cluster.os': 'sfi-library', glunix: 'off', 'jobs.load': 0.7 })).toBe(
    'sfi-library, glunix off, load 0.7',
  );
  expect(pointLabel({ 'policies.idle': { name: 'quiet', after: '60s' } })).toBe('idle quiet (after: 60s)');
  expect(pointLabel({})).toBe('the scenario');
});

test('single runs of all measures are kept while they are few, else those of the measures asked for, and it is said', async () => {
  const dir = join(root, 'runs');
  writeFixture(dir, { timelines: false, replications: 2500 });
  const page = readFileSync(await writeReport(dir), 'utf8');
  const data = embedded(page);
  const { measures, values } = JSON.parse(unpacked(page, 'single'));
  expect(measures.map((m: number) => data.measures[m].name)).toEqual([
    'response_time_s',
    'bounded_slowdown',
    'owner_delay_s',
  ]);
  expect(values[7][2]).toHaveLength(2500);
  expect(data.withoutSingle).toContain(
    'the measures asked for alone: all would be more than 100,000 numbers',
  );
});

test('an interval whose ends do not lie evenly is kept as it is, and the caption names its kind', async () => {
  const dir = join(root, 'bootstrap');
  writeFixture(dir, { timelines: false });
  const file = join(dir, 'summary.json');
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  summary.interval = 'bootstrap';
  Object.assign(summary.points[0].measures.response_time_s, { mean: 100, ci95: 15, low: 90, high: 120 });
  writeFileSync(file, JSON.stringify(summary));
  const page = readFileSync(await writeReport(dir), 'utf8');
  expect(embedded(page).points[0].estimates[0]).toEqual([100, 10, 20, 10]);
  expect(page).toContain('95 % intervals: bootstrap over replications');
  expect(page).not.toContain('Student');
});

test('axes of quantities become numbers, in whatever unit each value is written', async () => {
  const dir = join(root, 'numeric');
  writeFixture(dir, { timelines: false });
  const summary = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'));
  const after = ['1h', '30s', '5min', '1min'];
  summary.points.forEach((point: { params: object }, k: number) => {
    point.params = { 'policies.idle.after': after[k >> 1], glunix: k % 2 === 0 };
  });
  summary.paired = [];
  writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary));
  const data = embedded(readFileSync(await writeReport(dir), 'utf8'));
  expect(data.axes[0]).toMatchObject({
    values: ['30s', '1min', '5min', '1h'],
    numbers: [30e9, 60e9, 300e9, 3600e9],
    unit: { name: 'min', size: 60e9 },
  });
  expect(data.points.map(({ at }: { at: number[] }) => at[0])).toEqual([3, 3, 0, 0, 2, 2, 1, 1]);
  expect(data.axes[1].numbers).toBeNull();
});

test('histories share a budget: small ones stay whole, the others end early and say when', () => {
  const dir = join(root, 'histories');
  writeFixture(dir);
  const full = Array.from({ length: 8 }, (_, point) => readTimeline(dir, point));
  const [part] = historiesOf([full[7]], 9000);
  const small = { ...full[7]!, history: { to_s: part!.to_s, bytes: 0, packed: part!.packed } };
  const timelines = [...full.slice(0, 7), small];
  const sizes = historiesOf(timelines, 1e9).map(({ packed }) => packed.length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  expect(historiesOf(timelines, all).map(({ packed }) => packed.length)).toEqual(sizes);
  const budget = Math.round(0.7 * all);
  const shared = historiesOf(timelines, budget);
  const total = shared.reduce((sum, { packed }) => sum + packed.length, 0);
  expect(total).toBeLessThanOrEqual(budget);
  expect(total).toBeGreaterThan(0.9 * budget);
  expect(shared.map(({ packed }, i) => packed.length === sizes[i])).toEqual([...Array(7).fill(false), true]);
  for (const { point, to_s, packed } of shared) {
    const { horizon_s, nodes, jobs, bins, bin_s, accounts_s, series, history } = timelines[point]!;
    if (point === 7) continue;
    expect(to_s).toBeLessThan(history!.to_s);
    const about = { horizon_s, nodes, jobs, bins, bin_s, accounts_s, series };
    const part = historyOf({ ...about, history: { to_s, bytes: 0, packed } })!;
    const rows = [...rowsOf(part)];
    // What it tells is what the whole one tells of that time.
    const before = [...rowsOf(historyOf(timelines[point]!)!)].filter(([, from]) => from < to_s);
    const clipped = before.map(([node, from, to, ...rest]) => [node, from, Math.min(to, to_s), ...rest]);
    const inOrder = (list: readonly (readonly number[])[]) =>
      list.map((row) => row.join(' ')).toSorted((a, b) => a.localeCompare(b));
    expect(inOrder(rows)).toEqual(inOrder(clipped));
  }
});

test('presets that differ by point are listed once where they agree', () => {
  const clock = { value: 40, unit: 'MHz', fact: 'WAH-S5-machine', quality: 'measured' };
  const trap = { value: 2, unit: 'us', fact: 'X-1', quality: 'assumed' };
  const facts = factsOf({ 'os=a': { machine: { clock } }, 'os=b': { machine: { clock, trap } } });
  expect(facts.map((f) => f.path)).toEqual(['machine.clock', 'machine.trap']);
});

describe('templates', () => {
  test('escape what is put in, but not other templates', () => {
    const inner = html`<b title="${'a"b'}">${'<i>'}</b>`;
    expect(html`<p>${inner}${[inner]}${3}${undefined}</p>`.markup).toBe(
      '<p><b title="a&quot;b">&lt;i&gt;</b><b title="a&quot;b">&lt;i&gt;</b>3</p>',
    );
  });
  test('data holds no tag, and comes back as it was', () => {
    const value = { a: '</script><!--' };
    const { markup } = jsonScript('d', value);
    expect(markup.match(/</g)).toHaveLength(2);
    expect(JSON.parse(markup.slice(markup.indexOf('>') + 1, markup.lastIndexOf('<')))).toEqual(value);
  });
});

describe("the page's own files", () => {
  test('join to one script that the engine can parse', async () => {
    const { script, style } = await readPageCode();
    expect(() => new Function(script)).not.toThrow();
    expect(style).toContain('prefers-color-scheme: dark');
  });
  test('refuse what would not work when joined', () => {
    expect(() => joinModules(['function a() {}\n', 'export const a = 1;\n'])).toThrow(/two .* declare a/);
    expect(() => joinModules(["import x from './x.js';\n"])).toThrow(/import/);
    expect(() => joinModules(['export default 1;\n'])).toThrow(/export default/);
  });
});
