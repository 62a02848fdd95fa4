/**
 * The page's own script and style: plain browser files under `page/`, put together to one script.
 *
 * They are modules, so that each says what it uses, but a page without a server cannot load modules from one
 * another; their imports and exports are taken out and they follow one another in one function, those that are
 * imported first. Every top-level name must therefore be unique among them, which joining checks.
 * What they import of nowsim itself (`.ts` files that need nothing of Node) is taken as the build left it in dist/,
 * each file in a function of its own, so that the page reads histories and tells stories by the same code.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { packageFolder } from '../package.ts';

export interface PageCode {
  readonly script: string;
  readonly style: string;
}

const IMPORT = /^import \{([^}]*)\} from '(\.[\w./-]+)';\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|const|let|class)\b)/gm;
const EXPORTED = /^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm;
const TOP_LEVEL = /^(?:async )?(?:function\*?|const|let|class) (\w+)/gm;

const FOLDER = join(packageFolder, 'scripts', 'report', 'page');

/**
 * Reads and joins a page's files, from the one that begins it. They lie beside the sources; the built copy in dist/
 * reads them there too.
 */
export async function readPageCode(beginning: 'start.js' | 'figure.js' = 'start.js'): Promise<PageCode> {
  const modules = new Map<string, string>();
  const built = new Map<string, string>();
  await collect(join(FOLDER, beginning), modules, built);
  const script = joinModules([...modules.values()], [...built.values()]);
  const names = beginning === 'start.js' ? ['page.css', 'nodes.css'] : ['page.css'];
  const styles = await Promise.all(names.map((name) => readFile(join(FOLDER, name), 'utf8')));
  return { script, style: styles.join('') };
}

/** Adds a module after those that it imports. */
async function collect(
  path: string,
  modules: Map<string, string>,
  built: Map<string, string>,
  above: readonly string[] = [],
): Promise<void> {
  if (modules.has(path)) return;
  if (above.includes(path)) {
    const circle = [...above, path].map((each) => basename(each)).join(' -> ');
    throw new Error(`the page's files import one another in a circle: ${circle}`);
  }
  const text = await readFile(path, 'utf8');
  for (const [, , from] of text.matchAll(IMPORT)) {
    const other = join(dirname(path), from!);
    if (other.endsWith('.ts')) {
      const place = relative(packageFolder, other).replace(/\.ts$/, '.js');
      await collectBuilt(join(packageFolder, 'dist', place), built);
    } else await collect(other, modules, built, [...above, path]);
  }
  modules.set(path, text);
}

/** Adds a built module, as a function of its own, after those that it imports. */
async function collectBuilt(path: string, built: Map<string, string>): Promise<void> {
  if (built.has(path)) return;
  const text = await readFile(path, 'utf8');
  for (const [, , from] of text.matchAll(IMPORT)) await collectBuilt(join(dirname(path), from!), built);
  built.set(path, closedModule(variable(path), text));
}

/** The name under which a built module's exports are found. */
function variable(path: string): string {
  return `${basename(path).replace(/\W/g, '_')}_module`;
}

/** A built module as a constant that holds its exports; what it imports is taken from other such constants. */
export function closedModule(name: string, text: string): string {
  const exported = [...text.matchAll(EXPORTED)].map((match) => match[1]!);
  const body = text
    .replace(IMPORT, (_, names: string, from: string) => `const {${names}} = ${variable(from)};\n`)
    .replace(EXPORT, '')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '');
  const left = /^(import|export)\b.*$/m.exec(body);
  if (left !== null)
    throw new Error(`a built module of the page uses a form of import or export: ${left[0]}`);
  return `const ${name} = (() => {\n${body}\nreturn { ${exported.join(', ')} };\n})();\n`;
}

/** One function of the modules' texts, in order, after the built modules that they import from. */
export function joinModules(texts: readonly string[], built: readonly string[] = []): string {
  // What is imported of built modules, once for all.
  const taken = new Map<string, Set<string>>();
  for (const [, names, from] of texts.flatMap((text) => [...text.matchAll(IMPORT)])) {
    if (!from!.endsWith('.ts')) continue;
    const module = variable(from!.replace(/\.ts$/, '.js'));
    const all = taken.get(module) ?? new Set();
    for (const name of names!.split(',')) if (name.trim() !== '') all.add(name.trim());
    taken.set(module, all);
  }
  const constants = [...taken].flatMap(([module, names]) =>
    [...names].map((name) => `const ${name} = ${module}.${name};\n`),
  );
  const own = texts.map((text) => text.replace(IMPORT, '').replace(EXPORT, '')).join('\n');
  const left = /^(import|export)\b.*$/m.exec(own);
  if (left !== null)
    throw new Error(`the page's files use a form of import or export that cannot be joined: ${left[0]}`);
  const body = constants.join('') + own;
  const seen = new Set<string>();
  for (const [, name] of body.matchAll(TOP_LEVEL)) {
    if (seen.has(name!)) throw new Error(`two of the page's files declare ${name}`);
    seen.add(name!);
  }
  return `(() => {\n'use strict';\n${built.join('')}${body}\n})();\n`;
}
