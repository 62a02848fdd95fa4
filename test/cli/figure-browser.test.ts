/**
 * Pages of figures in a real Chromium: they open from a disk, nothing leaves, nothing is complained about; a mark tells
 * its numbers, the legend and the zoom work, the table sorts, a phone shows it. Skipped by name where there is none.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aboutOf, figuresFolder, pageText, publishedOf } from '../../scripts/figures/build.ts';
import { figuresNamed } from '../../scripts/figures/index.ts';
import { writePage } from '../../scripts/figures/page.ts';
import { csvRows } from '../../scripts/figures/table.ts';
import { hasChromium, launchChromium, noChromium, type Opened, openPage } from '../support/chromium.ts';

interface HasBox {
  getBoundingClientRect(): { readonly width: number };
}

describe.skipIf(!hasChromium)(`the page of a figure in Chromium${noChromium}`, () => {
  let folder: string;
  let browser: Browser;
  let file: string;
  let opened: Opened;

  /** Writes the page of a committed figure. */
  async function pageOf(name: string): Promise<string> {
    const figure = figuresNamed(name)[0]!;
    const rows = csvRows(readFileSync(join(figuresFolder, name, 'data.csv'), 'utf8'));
    const published = publishedOf(figure);
    const path = join(folder, `${name}.html`);
    const told = pageText(aboutOf(figuresFolder, name)!, rows, published);
    await writePage(path, figure.picture(rows, published), told);
    return path;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nowsim-figure-browser-'));
    [browser, file] = await Promise.all([launchChromium(), pageOf('coscheduling-by-grain')]);
    opened = await openPage(browser, file, { viewport: { width: 1280, height: 900 } });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const legend = (name: string) =>
    opened.page.locator('#picture .legend .traces', { hasText: name }).locator('.legendtoggle');

  test('the mouse on a mark tells series, numbers with units, and the interval', async () => {
    const { page } = opened;
    const mark = (await page.locator('#picture .scatter .point').first().boundingBox())!;
    const middle = [mark.x + mark.width / 2, mark.y + mark.height / 2] as const;
    await page.mouse.move(middle[0] - 30, middle[1]);
    await page.mouse.move(...middle, { steps: 5 });
    const text = await page.locator('#picture .hovertext').first().textContent();
    expect(text).toMatch(/^local, spinning/);
    expect(text).toMatch(/slowdown \(2: ideal sharing\): [\d.,]+ ± [\d.,]+ \(95 %\)grain: 30 µs$/);
  });

  test('a click on a name of the legend takes its series off both panels', async () => {
    const { page } = opened;
    const points = () => page.locator('#picture .scatter .point').count();
    const all = await points();
    await legend('implicit').click();
    await expect.poll(points).toBe(all - 14);
    await legend('implicit').click();
    await expect.poll(points).toBe(all);
  });

  test('buttons zoom into every panel, and back', async () => {
    const { page } = opened;
    const range = () => page.evaluate('document.getElementById("picture").layout.xaxis2.range');
    const first = (await range()) as [number, number];
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const [from, to] = (await range()) as [number, number];
    expect(to - from).toBeCloseTo(0.6 * (first[1] - first[0]), 9);
    await page.getByRole('button', { name: 'Whole picture' }).click();
    expect(await range()).toEqual(first);
  });

  test('the table has every row, and sorts', async () => {
    const { page } = opened;
    const heading = page.locator('#table-0 th', { hasText: /^slowdown$/ });
    await heading.locator('button').click();
    const at = 1 + (await page.locator('#table-0 thead th').allTextContents()).indexOf('slowdown');
    const cells = await page.locator(`#table-0 tbody tr > :nth-child(${at})`).allTextContents();
    const numbers = cells.map((text) => Number(text.replaceAll(',', '')));
    expect(numbers).toHaveLength(56);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test('a page as narrow as a phone is shown without scrolling sideways; only the picture scrolls in its frame', async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 375, height: 812 });
    const drawn = () =>
      page.locator('#picture').evaluate((box) => (box as unknown as HasBox).getBoundingClientRect().width);
    await expect.poll(drawn).toBeCloseTo(0.75 * 672, 0);
    expect(await page.locator('meta[name="viewport"]').getAttribute('content')).toContain(
      'width=device-width',
    );
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
    const widths = (await page.evaluate(
      '[document.getElementById("frame").clientWidth, document.getElementById("frame").scrollWidth]',
    )) as [number, number];
    expect(widths[0]).toBeLessThan(375);
    expect(widths[1]).toBeCloseTo(0.75 * 672, 0);
  });

  test('nothing was asked of a network and nothing complained about', () => {
    expect(opened.requests).toEqual([pathToFileURL(file).href]);
    expect(opened.complaints).toEqual([]);
  });
});
