/** A real Chromium for tests of pages: that of CHROME_PATH, Debian's, or @sparticuz/chromium where it is installed. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

interface Packed {
  readonly default: { readonly args: string[]; executablePath(): Promise<string> };
}

async function find(): Promise<{ executablePath: string; args: string[] } | undefined> {
  const path = [process.env['CHROME_PATH'], '/usr/bin/chromium'].find(
    (each) => each !== undefined && existsSync(each),
  );
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  if (path !== undefined) return { executablePath: path, args };
  try {
    const name: string = '@sparticuz/chromium';
    const { default: packed } = (await import(name)) as Packed;
    return { executablePath: await packed.executablePath(), args: [...packed.args, ...args] };
  } catch {
    return undefined;
  }
}

const found = await find();

/** Is there one? */
export const hasChromium: boolean = found !== undefined;
/** What the name of a test ends with where there is none. */
export const noChromium: string = hasChromium
  ? ''
  : ' (skipped: no Chromium at CHROME_PATH or /usr/bin/chromium, and no @sparticuz/chromium)';

/** Starts it; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch(found!);
}

/** A page that has drawn its charts, with every request and every complaint since it was opened. */
export interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

/** Opens a file and waits until the page says that it is ready. */
export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions,
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
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('body[data-state="ready"]', { timeout: 30_000 });
  return { page, requests, complaints };
}
