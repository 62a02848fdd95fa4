/**
 * The page's own script and style: plain browser files under `page/`, put together to one script.
 *
 * They are modules, so that each says what it uses, but a page without a server cannot load modules from one
 * another; their imports and exports are taken out and they follow one another in one function, those that are
 * imported first. Every top-level name must therefore be unique among them, which joining checks.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../package.ts';

export interface PageCode {
  readonly script: string;
  readonly style: string;
}

const IMPORT = /^import \{[^}]*\} from '\.\/([a-z-]+\.js)';\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|const|let|class) )/gm;
const TOP_LEVEL = /^(?:async )?(?:function|const|let|class) (\w+)/gm;

const FOLDER = join(packageFolder, 'scripts', 'report', 'page');

/**
 * Reads and joins a page's files, from the one that begins it. They lie beside the sources; the built copy in dist/
 * reads them there too.
 */
export async function readPageCode(beginning: 'start.js' | 'figure.js' = 'start.js'): Promise<PageCode> {
  const modules = new Map<string, string>();
  await collect(beginning, modules);
  const script = joinModules([...modules.values()]);
  return { script, style: await readFile(join(FOLDER, 'page.css'), 'utf8') };
}

/** Adds a module after those that it imports. */
async function collect(
  name: string,
  modules: Map<string, string>,
  above: readonly string[] = [],
): Promise<void> {
  if (modules.has(name)) return;
  if (above.includes(name))
    throw new Error(`the page's files import one another in a circle: ${[...above, name].join(' -> ')}`);
  const text = await readFile(join(FOLDER, name), 'utf8');
  for (const match of text.matchAll(IMPORT)) await collect(match[1]!, modules, [...above, name]);
  modules.set(name, text);
}

/** One function of the modules' texts, in order. */
export function joinModules(texts: readonly string[]): string {
  const body = texts.map((text) => text.replace(IMPORT, '').replace(EXPORT, '')).join('\n');
  const left = /^(import|export)\b.*$/m.exec(body);
  if (left !== null)
    throw new Error(`the page's files use a form of import or export that cannot be joined: ${left[0]}`);
  const seen = new Set<string>();
  for (const [, name] of body.matchAll(TOP_LEVEL)) {
    if (seen.has(name!)) throw new Error(`two of the page's files declare ${name}`);
    seen.add(name!);
  }
  return `(() => {\n'use strict';\n${body}\n})();\n`;
}
