/**
 * The report in a real Chromium: it opens from a disk, nothing leaves, nothing is complained about, and mouse,
 * keyboard, small screens, dark screens and paper work. Skipped by name where no Chromium is found.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../scripts/report/report.ts';
import { hasChromium, launchChromium, noChromium, type Opened, openPage } from '../support/chromium.ts';
import { writeFixture } from './report.fixture.ts';

describe.skipIf(!hasChromium)(`the report in Chromium${noChromium}`, () => {
  let root: string;
  let browser: Browser;
  let file: string;
  let opened: Opened;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nowsim-report-browser-'));
    writeFixture(root, { question: 'Does it hold? </script><script>alert(1)</script>' });
    file = await writeReport(root);
    browser = await launchChromium();
    opened = await open({ viewport: { width: 1280, height: 900 } });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true, force: true });
  });

  const open = (options: BrowserContextOptions): Promise<Opened> => openPage(browser, file, options);

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
    await page.mouse.move(x + width / 2, y + 26, { steps: 40 });
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

  test('a chart can be saved as SVG without asking anyone', async () => {
    const { page } = opened;
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('[data-save="paired-chart"]'),
    ]);
    expect(download.suggestedFilename()).toBe('headline-paired-chart.svg');
  });

  test('nothing left the page and nothing was complained about', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.requests.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual([
      pathToFileURL(file).href,
    ]);
  });

  test('a phone shows it without scrolling sideways', async () => {
    const phone = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });

  test('dark where the system is dark, but not on paper, where charts fit the sheet', async () => {
    const dark = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'dark' });
    const ground = () => dark.page.evaluate('getComputedStyle(document.body).backgroundColor');
    const ink = () =>
      dark.page.evaluate("getComputedStyle(document.querySelector('#comparison-chart .ytitle')).fill");
    const width = () => dark.page.locator('#comparison-chart .main-svg').first().getAttribute('width');
    expect(await ground()).toBe('rgb(21, 23, 27)');
    expect(await ink()).toBe('rgb(236, 236, 234)');
    await dark.page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await ground()).toBe('rgb(255, 255, 255)');
    expect(await ink()).toBe('rgb(27, 27, 27)');
    expect(await width()).toBe('660');
    await dark.page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await ink()).toBe('rgb(236, 236, 234)');
    expect(Number(await width())).toBeGreaterThan(900);
    expect(dark.complaints).toEqual([]);
    await dark.page.context().close();
  });
});
