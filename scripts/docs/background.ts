/** `docs/background.md`: what is modelled, what is left out and the source of each part, from the heads of the files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['models', 'workloads', 'sim'] as const;

/** The page. `root`: the folder of the project, with its sources. */
export function backgroundText(root: string): string {
  const parts = FOLDERS.flatMap((folder) => {
    const files = (readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }) as string[])
      .filter((name) => name.endsWith('.ts'))
      .toSorted();
    return [
      `## ${folder}/`,
      ...files.flatMap((name) => {
        const head = headOf(readFileSync(join(root, folder, name), 'utf8'));
        return head === undefined ? [] : `### ${folder}/${name}\n\n${head}`;
      }),
    ];
  });
  return `# Background: the models, and what they leave out\n\nMade from the heads of the files by \`npm run docs\`; a test compares.\n\n${parts.join('\n\n')}\n`;
}

/** The comment at the head of a file as Markdown; undefined where it has none. */
function headOf(source: string): string | undefined {
  const match = /^\/\*\*(.*?)\*\//s.exec(source);
  if (match === null) return undefined;
  return match[1]!
    .split('\n')
    .map((line) => line.replace(/^ ?\* ?/, '').trimEnd())
    .join('\n')
    .trim()
    .replace(/^(#+)/gm, '\\$1');
}
