/** A real Chromium for tests of pages, as `chromium-setup.ts` has found it. */
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';

const found = inject('chromium');

/** Is there one? */
export const hasChromium: boolean = found !== null;
/** What the name of a test ends with where there is none. */
export const noChromium: string = hasChromium
  ? ''
  : ' (skipped: no Chromium at CHROME_PATH or /usr/bin/chromium, and that of @sparticuz/chromium does not run)';

/** Starts it; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  const { path, env } = found!;
  return chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    env: { ...process.env, ...env } as Record<string, string>,
  });
}

/** A page that has drawn its charts, with every request and every complaint since it was opened. */
export interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

/** Opens a file, at a place in it (`#...`), and waits until the page says that it is ready. */
export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions,
  place = '',
): Promise<Opened> {
  const page = await (await browser.newContext(options)).newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(pathToFileURL(file).href + place);
  page.on('crash', () => complaints.push('the page has crashed'));
  const state = await page
    .waitForSelector('body[data-state]', { timeout: 30_000 })
    .then((body) => body.getAttribute('data-state'))
    .catch((error: Error) => complaints.push(error.message));
  if (state !== 'ready') {
    const told = page.locator('#trouble').textContent({ timeout: 1000 });
    const trouble = await told.catch(() => 'the page does not answer');
    throw new Error(`${file} is not ready: ${[trouble, ...complaints].join('; ')}`);
  }
  return { page, requests, complaints };
}
