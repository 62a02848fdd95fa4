/**
 * The view of the cluster in a real Chromium, on a small run: it plays, steps and scrubs, shows what the history says
 * of the moment, tells of nodes and jobs to mouse and keyboard in the words of `nowsim why`, keeps the moment in the
 * address, and fits a phone. Skipped by name where no Chromium is found.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FATE, type History, placeOf, Sweep } from '../../models/history.ts';
import { historyOf, readTimeline } from '../../scripts/timelines.ts';
import { hasChromium, launchChromium, noChromium, type Opened, openPage } from '../support/chromium.ts';
import { nowsim, workFolder } from './nowsim.ts';

const NODES = 24;

describe.skipIf(!hasChromium)(`the cluster in Chromium${noChromium}`, () => {
  const work = workFolder();
  const out = join(work.path, 'out');
  const file = join(out, 'report.html');
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let history: History;
  let sweep: Sweep;

  beforeAll(async () => {
    const set = [
      `cluster.nodes=${NODES}`,
      'cluster.os=in-kernel',
      'jobs.law.count=250',
      'replications=1',
      'jobs.load=0.9',
    ];
    const run = ['run', 'headline', ...set.flatMap((each) => ['--set', each]), '--vary', 'glunix=on,off'];
    const { code, err } = await nowsim(work.path, ...run, '--out', 'out', '--quiet');
    expect([code, err]).toEqual([0, '']);
    history = historyOf(readTimeline(out, 0))!;
    sweep = new Sweep(history);
    browser = await launchChromium();
    opened = await openPage(browser, file, { viewport: { width: 1280, height: 900 } });
    page = opened.page;
  });
  afterAll(async () => {
    await browser?.close();
    work.remove();
  });

  const text = (id: string) => page.locator(`#${id}`).innerText();
  /** Moves the slider to a time, s. */
  const scrub = (time_s: number) =>
    page.evaluate(
      `(() => { const time = document.getElementById('time'); time.value = '${time_s}'; time.dispatchEvent(new Event('input')); })()`,
    );
  const counts = async () => {
    const all = await page.locator('#cluster-legend [data-count]').evaluateAll((parts) =>
      parts.map((part) => {
        const { dataset, textContent } = part as unknown as {
          dataset: { count: string };
          textContent: string;
        };
        return [Number(dataset.count), Number(textContent)] as const;
      }),
    );
    return Object.fromEntries(all);
  };
  /** What `nowsim why` prints of a job: the lines of its story, and what holds at a time of the run. */
  const why = async (id: number, point: number, at: string) => {
    const args = ['why', String(id), '--run', 'out', '--point', String(point), '--at', at, '--json'];
    const { code, out: printed } = await nowsim(work.path, ...args);
    expect(code).toBe(0);
    const { story } = JSON.parse(printed) as { story: string[] };
    return { lines: story.slice(0, -2), moment: story.at(-1)!.replace(/^at \S+: /, '') };
  };
  /** The moment at which most jobs wait, s. */
  const crowded = () => {
    let [best, most] = [0, 0];
    for (let ms = 0; ms < history.to; ms += 600_000) {
      sweep.seek(ms);
      if (sweep.waiting > most) [best, most] = [ms, sweep.waiting];
    }
    expect(most).toBeGreaterThan(4);
    return best / 1e3;
  };

  test('it begins where something runs, and what is chosen is told beside the grid, at its top', async () => {
    const first = Math.min(...history.start.filter((ms) => ms >= 0));
    expect(first).toBeGreaterThan(0);
    expect(Number(await page.inputValue('#time'))).toBe(first / 1e3);
    expect(await text('queue-counts')).not.toMatch(/^0 run/);
    const [grid, told] = await Promise.all(
      ['#cluster', '#node-now'].map(async (id) => (await page.locator(id).boundingBox())!),
    );
    expect(told!.x - grid!.x - grid!.width).toBeLessThan(60);
    expect(Math.abs(told!.y - grid!.y)).toBeLessThan(30);
  });

  test('a job that is asked for is met when it starts, unless it is there; buttons go to its other moments', async () => {
    const job = 17;
    const moments = [history.submit[job]!, history.start[job]!, history.end[job]!].map((ms) => ms / 1e3);
    await scrub(history.to / 1e3);
    await page.fill('#gantt-job', String(history.id[job]));
    await page.keyboard.press('Tab');
    const time = async () => Number(await page.inputValue('#time'));
    expect(await time()).toBe(moments[1]);
    expect(await text('job-now')).toMatch(/: is being launched on nodes? /);
    for (const [i, name] of ['submit', 'start', 'end'].entries()) {
      await page.click(`[data-event="${name}"]`);
      expect(await time()).toBe(moments[i]);
    }
    const there = moments[1]! + 1;
    await scrub(there);
    await page.fill('#gantt-job', '');
    await page.keyboard.press('Tab');
    await page.fill('#gantt-job', String(history.id[job]));
    await page.keyboard.press('Tab');
    expect(await time()).toBe(there);
  });

  test('at every moment it shows what the history says', async () => {
    for (const share of [0, 0.31, 0.77, 0.2, 1]) {
      const time_s = Math.floor((history.to * share) / 1e3);
      await scrub(time_s);
      sweep.seek(time_s * 1e3);
      const shown = await counts();
      for (const [kind, count] of Object.entries(shown)) expect(count).toBe(sweep.counts[Number(kind)]);
      expect(Object.values(shown).reduce((a, b) => a + b, 0)).toBe(NODES);
      expect(await text('queue-counts')).toBe(
        `${sweep.running} run, ${sweep.waiting} wait, ${sweep.free} ${sweep.free === 1 ? 'node' : 'nodes'} free by what the queue knows`,
      );
    }
  });

  test('it plays, stops, and steps from change to change', async () => {
    await scrub(3600);
    const before = await text('time-text');
    await page.click('[data-clock="play"]');
    await expect.poll(() => text('time-text')).not.toBe(before);
    await page.click('[data-clock="play"]');
    const stopped = await text('time-text');
    await page.waitForTimeout(150);
    expect(await text('time-text')).toBe(stopped);
    await scrub(3600);
    sweep.seek(3_600_000);
    const next = sweep.nextMs / 1e3;
    await page.click('[data-clock="on"]');
    expect(Number(await page.inputValue('#time'))).toBe(next);
    sweep.seek(next * 1e3);
    const after = sweep.nextMs / 1e3;
    await page.click('[data-clock="on"]');
    expect(Number(await page.inputValue('#time'))).toBe(after);
    await page.click('[data-clock="back"]');
    expect(Number(await page.inputValue('#time'))).toBe(next);
  });

  test('a job of the queue is told in the words of nowsim why', async () => {
    const time_s = crowded();
    await scrub(time_s);
    sweep.seek(time_s * 1e3);
    const job = sweep.queue(4)[3]!;
    const id = history.id[job]!;
    const entry = page.locator('#queue button').nth(3);
    expect(await entry.innerText()).toContain(`job ${id}: ${history.width[job]} wide, waits `);
    await entry.click();
    const told = await why(id, 0, `${time_s}s`);
    expect((await page.locator('#story-lines').textContent())!.split('\n')).toEqual(told.lines);
    expect((await text('job-now')).replace(/^at [\d:d ]+: /, '')).toBe(told.moment);
    expect(told.moment).toMatch(
      /^waits for .* so far: needs \d+ processors?, \d+ (is|are) free; 3 jobs before it/,
    );
    expect(await text('story-command')).toBe(`nowsim why ${id} --run ${out}`);
    await page.click('[data-event="start"]');
    expect(Number(await page.inputValue('#time'))).toBe(history.start[job]! / 1e3);
    expect(await text('job-now')).toMatch(/: is being launched on nodes? /);
  });

  test('a node that is clicked tells its job, whose nodes have a frame', async () => {
    const job = [...history.width.keys()].find(
      (each) =>
        history.width[each]! >= 4 &&
        history.fate[each] === FATE.finished &&
        history.end[each]! - history.start[each]! > 60_000,
    )!;
    await scrub(history.start[job]! / 1e3 + 30);
    sweep.seek(history.start[job]! + 30_000);
    const node = sweep.nodeOf(sweep.cellsOf(job)[0]!);
    const canvas = page.locator('#cluster');
    await canvas.scrollIntoViewIfNeeded();
    const { width } = (await canvas.boundingBox())!;
    const columns = Math.floor(width / (await cellWidth()));
    const cell = await cellWidth();
    const position = { x: ((node % columns) + 0.5) * cell, y: (Math.floor(node / columns) + 0.5) * cell };
    const picture = () => page.evaluate<string>("document.getElementById('cluster').toDataURL()");
    const plain = await picture();
    await canvas.click({ position });
    expect(await text('node-now')).toBe(`Node ${node}: guest runs, job ${history.id[job]}.`);
    expect(await page.inputValue('#gantt-job')).toBe(String(history.id[job]));
    expect(await picture()).not.toBe(plain);
    expect(await text('gantt-says')).toMatch(new RegExp(`^job ${history.id[job]}: \\d+ nodes, `));
  });

  test('the keyboard goes from node to node, steps, plays and clears', async () => {
    await page.locator('#cluster').focus();
    await page.keyboard.press('Escape');
    expect(await text('node-now')).toBe('Choose a node or a job.');
    expect(await page.locator('#story').isHidden()).toBe(true);
    await page.keyboard.press('ArrowRight');
    expect(await text('node-now')).toMatch(/^Node 0: /);
    await page.keyboard.press('ArrowRight');
    expect(await text('node-now')).toMatch(/^Node 1: /);
    const before = Number(await page.inputValue('#time'));
    await page.keyboard.press('.');
    expect(Number(await page.inputValue('#time'))).toBeGreaterThan(before);
    await page.keyboard.press(' ');
    expect(await page.locator('[data-clock="play"]').innerText()).toBe('Pause');
    await page.keyboard.press(' ');
    expect(await page.locator('[data-clock="play"]').innerText()).toBe('Play');
    await page.locator('#time').focus();
    await page.keyboard.press('Home');
    expect(await page.inputValue('#time')).toBe('0');
    await page.keyboard.press('PageUp');
    expect(Number(await page.inputValue('#time'))).toBeGreaterThan(0);
  });

  test('a click in the Gantt diagram sets the moment, and its line stands there', async () => {
    const canvas = page.locator('#gantt');
    await canvas.scrollIntoViewIfNeeded();
    const { width } = (await canvas.boundingBox())!;
    await canvas.click({ position: { x: width / 2, y: 60 } });
    const share = Number(await page.inputValue('#time')) / (history.to / 1e3);
    expect(Math.abs(share - (width / 2 - 46) / (width - 54))).toBeLessThan(0.01);
    const left = await page
      .locator('#gantt-line')
      .evaluate((line) => (line as unknown as { offsetLeft: number }).offsetLeft);
    expect(Math.abs(left - width / 2)).toBeLessThan(2);
  });

  test('with each node for itself, a job says whose company it had', async () => {
    await page.selectOption('#gantt-point', '1');
    await expect.poll(() => text('queue-counts')).toContain('nobody waits');
    const off = historyOf(readTimeline(out, 1))!;
    const id = off.id[200]!;
    await page.fill('#gantt-job', String(id));
    await page.keyboard.press('Tab');
    const time = await page.inputValue('#time');
    const told = await why(id, 1, `${time}s`);
    expect((await page.locator('#story-lines').textContent())!.split('\n')).toEqual(told.lines);
    expect((await text('job-now')).replace(/^at [\d:d ]+: /, '')).toBe(told.moment);
    expect(told.lines.join('\n')).toContain("its user's own: GLUnix is off and nobody queues");
    expect(await text('story-command')).toContain(' --point 1');
    await page.fill('#gantt-job', '99999');
    await page.keyboard.press('Tab');
    expect(await text('gantt-says')).toBe('job 99999 is not in this diagram');
  });

  test('the address keeps point, job and moment, for a phone too; nothing left a page or was complained about', async () => {
    await page.selectOption('#gantt-point', '0');
    await expect.poll(() => text('queue-counts')).not.toContain('nobody waits');
    await page.fill('#gantt-job', String(history.id[100]));
    await page.keyboard.press('Tab');
    await page.locator('#time').focus();
    await page.keyboard.press('PageUp');
    await expect.poll(() => page.url()).toMatch(/time=.*job=|job=.*time=/);
    const kept = { time: await page.inputValue('#time'), story: await text('story-lines') };
    // A phone opens the address that was copied here, and fits.
    const phone = await openPage(
      browser,
      file,
      { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
      new URL(page.url()).hash,
    );
    const { page: small } = phone;
    expect(await small.inputValue('#time')).toBe(kept.time);
    expect(await small.locator('#story-lines').innerText()).toBe(kept.story);
    expect(placeOf(history, Number(await small.inputValue('#gantt-job')))).toBe(100);
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const before = await small.locator('#time-text').innerText();
    await small.locator('[data-clock="play"]').tap();
    await expect.poll(() => small.locator('#time-text').innerText()).not.toBe(before);
    await small.locator('[data-clock="play"]').tap();
    await small.locator('#cluster').tap({ position: { x: 10, y: 10 } });
    expect(await small.locator('#node-now').innerText()).toMatch(/^Node 0: /);
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBe(390);
    for (const { complaints, requests } of [phone, opened]) {
      expect(complaints).toEqual([]);
      const own = pathToFileURL(file).href;
      const away = requests.filter((url) => !/^(blob|data):/.test(url) && url.split('#')[0] !== own);
      expect(away).toEqual([]);
    }
    await small.context().close();
  });

  /** Width of a cell: a row of the canvas is as high. */
  const cellWidth = () =>
    page
      .locator('#cluster')
      .evaluate((canvas) => Number((canvas as unknown as { dataset: { cell: string } }).dataset.cell));
});
