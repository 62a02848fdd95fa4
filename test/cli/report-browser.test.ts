/**
 * The report in a real Chromium: it opens from a disk, nothing leaves, nothing is complained about, and mouse,
 * keyboard, small screens, dark screens and paper work. Skipped by name where no Chromium is found.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../scripts/report/report.ts';
import { hasChromium, launchChromium, noChromium, type Opened, openPage } from '../support/chromium.ts';
import { writeFixture } from './report.fixture.ts';

interface HasBox {
  getBoundingClientRect(): { readonly x: number };
}

describe.skipIf(!hasChromium)(`the report in Chromium${noChromium}`, () => {
  let root: string;
  let browser: Browser;
  let file: string;
  /** Three axes, no runs over time. */
  let sweepFile: string;
  let opened: Opened;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nowsim-report-browser-'));
    writeFixture(root, { question: 'Does it hold? </script><script>alert(1)</script>' });
    file = await writeReport(root);
    const dir = join(root, 'sweep');
    mkdirSync(dir);
    writeFixture(dir, { nodes: [16, 64, 256], timelines: false });
    sweepFile = await writeReport(dir);
    browser = await launchChromium();
    opened = await openPage(browser, file, { viewport: { width: 1280, height: 900 } });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true, force: true });
  });

  const box = async (selector: string) => (await opened.page.locator(selector).boundingBox())!;

  test('all charts are drawn', async () => {
    for (const [chart, marks] of [
      ['comparison-chart', '.bars .point'],
      ['paired-chart', '.scatter .point'],
      ['accounts-chart', '.bars .point'],
      ['series-chart', '.scatter .lines path'],
    ] as const) {
      expect(await opened.page.locator(`#${chart} ${marks}`).count(), chart).toBeGreaterThan(4);
    }
    const painted = await opened.page.locator('#gantt').evaluate((canvas) => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      const pen = (
        canvas as unknown as {
          getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8Array } };
        }
      ).getContext('2d');
      const colours = new Set<string>();
      const { data } = pen.getImageData(0, 0, width, height);
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255) colours.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
      return ['0,114,178', '154,154,154'].filter((colour) => colours.has(colour));
    });
    expect(painted).toHaveLength(2);
  });

  test('the mouse on a bar shows its point and interval', async () => {
    const { page } = opened;
    await page.locator('#comparison-chart').scrollIntoViewIfNeeded();
    const bar = (await page.locator('#comparison-chart .bars .point').first().boundingBox())!;
    await page.mouse.move(bar.x - 30, bar.y + bar.height - 5);
    await page.mouse.move(bar.x + bar.width / 2, bar.y + bar.height / 2, { steps: 8 });
    const text = await page.locator('#comparison-chart .hovertext').first().textContent();
    expect(text).toMatch(/in-kernel, glunix on.*±.*n = 10/s);
  });

  test('the keyboard reaches the measure, changes it, and both charts and tables follow', async () => {
    const { page } = opened;
    await page.locator('nav a').last().focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('measure');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#comparison-table caption').textContent()).toBe(
      'bounded slowdown at 8 points',
    );
    expect(await page.locator('#paired-table caption').textContent()).toContain('bounded slowdown');
    expect(await page.locator('#comparison-chart .ytitle').textContent()).toBe('bounded slowdown');
    expect(await page.locator('#paired-measure').inputValue()).toBe('bounded_slowdown');
  });

  test('axes can be exchanged, and a table sorts by keyboard', async () => {
    const { page } = opened;
    await page.selectOption('#axis-x', { label: 'glunix' });
    expect(await page.locator('#axis-colour').inputValue()).toBe('cluster.os');
    expect(await page.locator('#comparison-chart .legendtext').allTextContents()).toEqual([
      'os in-kernel',
      'os microkernel-mach',
      'os user-server',
      'os sfi-library',
    ]);
    const heading = page.locator('#comparison-table th', { hasText: 'mean' });
    await heading.locator('button').focus();
    await page.keyboard.press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    const means = async () =>
      (await page.locator('#comparison-table tbody td:nth-child(4)').allTextContents()).map((t) =>
        Number(t.replace(',', '')),
      );
    const up = await means();
    expect(up).toHaveLength(8);
    expect(up).toEqual([...up].sort((a, b) => a - b));
    await page.keyboard.press('Enter');
    expect(await means()).toEqual([...up].reverse());
  });

  test('time accounts change between share and node-hours', async () => {
    const { page } = opened;
    await page.locator('#accounts summary').click();
    const cells = () => page.locator('#accounts-table tbody tr').first().locator('td').allTextContents();
    const sum = (texts: readonly string[]) => texts.reduce((a, t) => a + Number(t.replaceAll(',', '')), 0);
    expect(Math.abs(sum(await cells()) - 100)).toBeLessThan(0.1);
    await page.selectOption('#accounts-unit', 'hours');
    expect(Math.abs(sum(await cells()) - (64 * 1_209_600) / 3600)).toBeLessThan(10);
    await page.locator('#busy-only').check();
    expect(await page.locator('#accounts-table th', { hasText: 'idle' }).count()).toBe(0);
  });

  test('the Gantt diagram tells an interval to mouse and keyboard, zooms, and finds a job', async () => {
    const { page } = opened;
    await page.locator('#gantt').scrollIntoViewIfNeeded();
    const { x, y, width } = await box('#gantt');
    await page.mouse.move(x + 60, y + 26);
    await page.mouse.move(x + width / 2, y + 26, { steps: 4 });
    expect(await page.locator('#gantt-tip').textContent()).toMatch(
      /^node 0: (guest|local|owner).*\d\d:\d\d:\d\d to/,
    );
    await page.locator('#gantt').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#gantt-says').textContent()).toMatch(/^node 1: /);
    await page.locator('#gantt-job').fill('5');
    await page.keyboard.press('Tab');
    expect(await page.locator('#gantt-says').textContent()).toMatch(/^job 5: 1 node/);
    await page.locator('#gantt-job').fill('999999');
    await page.keyboard.press('Tab');
    expect(await page.locator('#gantt-says').textContent()).toBe('job 999999 is not in this diagram');
    const picture = () => page.evaluate<string>("document.getElementById('gantt').toDataURL()");
    const whole = await picture();
    await page.locator('[data-gantt="closer"]').click();
    expect((await picture()) === whole).toBe(false);
    await page.locator('[data-gantt="whole"]').click();
    expect((await picture()) === whole).toBe(true);
  });

  test('a chart can be saved without asking anyone', async () => {
    const { page } = opened;
    for (const format of ['svg', 'png']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`[data-save="comparison-chart"][data-format="${format}"]`),
      ]);
      expect(download.suggestedFilename()).toBe(`headline-comparison-chart.${format}`);
      const bytes = readFileSync(await download.path());
      if (format === 'svg') expect(bytes.toString()).toMatch(/^<svg[^>]*>.*response time|bounded slowdown/s);
      else expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    }
  });

  test('a click on a bar marks its row, which says how to repeat it and leads to its nodes and back', async () => {
    const { page } = opened;
    await page.locator('#comparison-chart').scrollIntoViewIfNeeded();
    const bar = (await page.locator('#comparison-chart .bars .point').nth(2).boundingBox())!;
    await page.mouse.move(bar.x + bar.width / 2, bar.y + bar.height / 2, { steps: 4 });
    const named = page.locator('#comparison-chart .hovertext').first();
    await expect.poll(() => named.textContent()).toMatch(/^microkernel-mach, glunix on.*point 2$/);
    await page.mouse.click(bar.x + bar.width / 2, bar.y + bar.height / 2);
    const row = page.locator('#comparison-table tr[data-chosen]');
    const point = '2';
    expect(await row.getAttribute('data-point')).toBe(point);
    const detail = page.locator('#comparison-table .detail');
    expect(await detail.locator('code').first().textContent()).toMatch(
      /^npx nowsim run scripts\/experiments\/headline.yaml --set jobs.load=0.7 --set cluster.os=\S+ --set glunix=o\w+ --seed 1 --replications 10 --out results\/runs\/headline-point-\d$/,
    );
    expect(await page.locator('#paired-table tr[data-chosen]').count()).toBeLessThanOrEqual(1);
    for (const name of ['rows.jsonl', `timelines/point-${point}.json`]) {
      const link = detail.locator(`a[href="${name}"]`);
      expect(await link.evaluate((a) => (a as unknown as { href: string }).href)).toBe(
        pathToFileURL(join(root, name)).href,
      );
      expect(existsSync(join(root, name))).toBe(true);
    }
    const before = await page.evaluate<string>('location.hash');
    await detail.locator('a[href^="#nodes"]').click();
    expect(await page.evaluate('location.hash')).toContain('#nodes?');
    expect(await page.locator('#gantt-point').inputValue()).toBe(point);
    expect(await page.evaluate('document.activeElement.id')).toBe('nodes');
    await page.goBack();
    expect(await page.evaluate('location.hash')).toBe(before);
    expect(await page.locator('#gantt-point').inputValue()).toBe('0');
    expect(await row.getAttribute('data-point')).toBe(point);
  });

  test('a page as narrow as a phone does not scroll sideways', async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 390, height: 844 });
    const width = () =>
      page.locator('#comparison-chart .main-svg').first().getAttribute('width').then(Number);
    await expect.poll(width).toBeLessThan(390);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  test('nothing left the page and nothing was complained about', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.requests.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual([
      pathToFileURL(file).href,
    ]);
  });

  describe('of a sweep of three axes', () => {
    let sweep: Opened;
    let page: Page;
    let address: string;
    beforeAll(async () => {
      address = pathToFileURL(sweepFile).href;
      sweep = await openPage(
        browser,
        sweepFile,
        { viewport: { width: 1280, height: 900 } },
        '#comparison?axis-x=cluster.nodes&axis-colour=cluster.os&axis-facet=glunix&spread=both&point=9&comparison-sort=-mean',
      );
      page = sweep.page;
    });
    const values = (...ids: string[]) => Promise.all(ids.map((id) => page.locator(`#${id}`).inputValue()));
    const hash = () => page.evaluate<string>('location.hash');
    const chosen = () => page.locator('#comparison-table tr[data-chosen]').getAttribute('data-point');
    const rows = () => page.locator('#comparison-table tr[data-point]').count();

    test('an address opens the view that it was copied from: panels, single runs, the chosen point', async () => {
      expect(await values('axis-x', 'axis-colour', 'axis-facet', 'spread')).toEqual([
        'cluster.nodes',
        'cluster.os',
        'glunix',
        'both',
      ]);
      expect(await page.locator('#comparison-chart .cartesianlayer > .subplot').count()).toBe(2);
      const titles = await page.locator('#comparison-chart .annotation-text').allTextContents();
      expect(titles).toEqual(expect.arrayContaining(['glunix on', 'glunix off']));
      // 24 points with an interval each, and 10 runs each.
      expect(await page.locator('#comparison-chart .points path').count()).toBe(24 * 11);
      expect(await page.locator('#comparison-chart .yerror').count()).toBe(24);
      expect(await chosen()).toBe('9');
      expect(await page.locator('#comparison-table [aria-sort="descending"]').textContent()).toBe('mean');
      expect(await page.evaluate('document.activeElement.id')).toBe('comparison');
    });

    test('an axis that spans much is logarithmic, and can be switched', async () => {
      const ticks = async () => {
        const all = page.locator('#comparison-chart .xaxislayer-above .xtick');
        const [a, b, c] = await all.evaluateAll((ticks) =>
          ticks.map((tick) => (tick as unknown as HasBox).getBoundingClientRect().x),
        );
        return (c! - b!) / (b! - a!);
      };
      expect(await page.locator('#log-x').isChecked()).toBe(true);
      expect(await ticks()).toBeLessThan(1.2);
      await page.locator('#log-x').uncheck();
      expect(await ticks()).toBeGreaterThan(3);
      expect(await hash()).toContain('log-x=off');
      await page.goBack();
      expect(await page.locator('#log-x').isChecked()).toBe(true);
    });

    test('a slider holds an axis at its values; chart, table, select and address follow', async () => {
      await page.selectOption('#axis-facet', '');
      await page.selectOption('#axis-x', 'glunix');
      const slider = page.locator('#slider-2');
      expect(await slider.isVisible()).toBe(true);
      expect(await rows()).toBe(8);
      const steps = await page.evaluate('history.length');
      const first = await page.locator('#comparison-table tbody td:nth-child(5)').first().textContent();
      await slider.focus();
      await page.keyboard.press('ArrowRight');
      expect(await values('slice-2')).toEqual(['64']);
      expect(await slider.getAttribute('aria-valuetext')).toBe('64');
      expect(await page.locator('#comparison-table tbody td:nth-child(4)').allTextContents()).toEqual(
        Array.from({ length: 8 }, () => '64'),
      );
      expect(await page.locator('#comparison-table tbody td:nth-child(5)').first().textContent()).not.toBe(
        first,
      );
      expect(await hash()).toContain('at+cluster.nodes=64');
      expect(await page.evaluate('history.length')).toBe(steps);
    });

    test('a measure against a measure: all points, both intervals', async () => {
      await page.selectOption('#axis-x', 'cpu_crossings');
      await page.selectOption('#spread', 'interval');
      expect(await values('slice-1', 'slice-2')).toEqual(['', '']);
      expect(await rows()).toBe(24);
      expect(await page.locator('#comparison-chart .xtitle').textContent()).toBe('cpu crossings');
      expect(await page.locator('#comparison-chart .xerror').count()).toBe(24);
      expect(await page.locator('#comparison-chart .yerror').count()).toBe(24);
      expect(await page.locator('#comparison-table thead th').allTextContents()).toEqual(
        expect.arrayContaining(['response time (s)', 'cpu crossings']),
      );
    });

    test('arrow keys step through the points of a chart; Enter goes to the row, and back', async () => {
      await page.locator('#comparison-chart').focus();
      await page.keyboard.press('Escape');
      expect(await page.locator('#comparison-table tr[data-chosen]').count()).toBe(0);
      await page.keyboard.press('ArrowRight');
      const one = await chosen();
      await page.keyboard.press('ArrowRight');
      const two = await chosen();
      expect(two).not.toBe(one);
      expect(await page.locator('#comparison-chart .hovertext').textContent()).toMatch(
        new RegExp(`point ${two}$`),
      );
      expect(await page.locator('#comparison-says').textContent()).toMatch(new RegExp(`^Point ${two}: .*±`));
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.textContent')).toBe(two);
      await page.keyboard.press('Enter');
      expect(await page.locator('#comparison-table tr[data-chosen]').count()).toBe(0);
      await page.keyboard.press('Enter');
      expect(await chosen()).toBe(two);
    });

    test('the command of a point is copied, and selected where a browser forbids that', async () => {
      const says = page.locator('.repeat [role="status"]');
      const command = (await page.locator('.repeat code').first().textContent())!;
      await page.locator('.repeat button').click();
      await expect.poll(() => says.textContent()).toBe('copied');
      await page.evaluate("document.body.append(document.createElement('textarea'))");
      await page.locator('textarea').focus();
      await page.keyboard.press('Control+V');
      expect(await page.locator('textarea').inputValue()).toBe(command);
      await page.evaluate(
        "document.querySelector('textarea').remove(); navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false",
      );
      await page.locator('.repeat button').click();
      await expect.poll(() => says.textContent()).toContain('copy it with your keys');
      expect(await page.evaluate('String(getSelection())')).toBe(command);
    });

    test('the table is saved as it is shown', async () => {
      await page.locator('#all-measures').check();
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save-table')]);
      expect(download.suggestedFilename()).toBe('headline-points.csv');
      const saved = parse(readFileSync(await download.path(), 'utf8'), { columns: true }) as Record<
        string,
        string
      >[];
      const shown = await page.locator('#comparison-table tbody th').allTextContents();
      expect(saved.map(({ point }) => point)).toEqual(shown);
      const { points } = JSON.parse(readFileSync(join(root, 'sweep', 'summary.json'), 'utf8'));
      for (const row of saved) {
        const { params, measures } = points[Number(row['point'])];
        expect(row['cluster.nodes']).toBe(String(params['cluster.nodes']));
        for (const name of ['response_time_s', 'bounded_slowdown', 'owner_delay_s']) {
          const { mean, ci95 } = measures[name];
          expect(Math.abs(Number(row[name]) - mean)).toBeLessThanOrEqual(1e-5 * Math.abs(mean));
          const half = (Number(row[`${name} high`]) - Number(row[`${name} low`])) / 2;
          expect(Math.abs(half - ci95)).toBeLessThanOrEqual(1e-4 * ci95);
        }
        expect(row['command']).toContain(`--set cluster.nodes=${params['cluster.nodes']}`);
      }
    });

    test('points of the baseline alone have no differences: the chart says so, and is drawn without complaint', async () => {
      await page.selectOption('#axis-colour', 'glunix');
      await page.selectOption('#axis-x', 'cluster.nodes');
      expect(await values('slice-0')).toEqual(['in-kernel']);
      await expect
        .poll(() => page.locator('#paired-chart .annotation-text').allTextContents())
        .toEqual(['The points shown are those of the baseline: choose others above.']);
      await page.selectOption('#slice-0', 'user-server');
      await expect.poll(() => page.locator('#paired-chart .points path').count()).toBe(6);
    });

    test('dark where the system is dark, but not on paper, where charts fit the sheet', async () => {
      await page.emulateMedia({ colorScheme: 'dark' });
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const ink = () =>
        page.evaluate("getComputedStyle(document.querySelector('#comparison-chart .ytitle')).fill");
      const width = () => page.locator('#comparison-chart .main-svg').first().getAttribute('width');
      expect(await ground()).toBe('rgb(21, 23, 27)');
      await expect.poll(ink).toBe('rgb(236, 236, 234)');
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await ground()).toBe('rgb(255, 255, 255)');
      expect(await ink()).toBe('rgb(27, 27, 27)');
      expect(await width()).toBe('660');
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await ink()).toBe('rgb(236, 236, 234)');
      expect(Number(await width())).toBeGreaterThan(900);
    });

    test('nothing left the page and nothing was complained about', () => {
      expect(sweep.complaints).toEqual([]);
      const asked = sweep.requests.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:'));
      expect(asked.map((url) => url.replace(/#.*/, ''))).toEqual([address]);
    });
  });
});
