/**
 * The commands of the documentation: every `sh` block of the tutorial and the how-to pages, to be run in order, a page in
 * a folder of its own. A block whose first line is `# slow` is run by `nowsim validate --docs` only.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PAGES = ['tutorial.md', 'how-to.md'] as const;

export interface Block {
  readonly page: string;
  /** Line of the page on which the block begins, from 1. */
  readonly line: number;
  readonly text: string;
  readonly slow: boolean;
}

const root = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url),
);

/** Blocks of a page in order. */
export function blocksOf(page: string): Block[] {
  const lines = readFileSync(`${root}docs/${page}`, 'utf8').split('\n');
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] !== '```sh') continue;
    const end = lines.indexOf('```', i);
    const text = lines.slice(i + 1, end).join('\n');
    blocks.push({ page, line: i + 1, text, slow: text.startsWith('# slow') });
    i = end;
  }
  return blocks;
}

/** Runs a block in a folder; `npx nowsim` is the built program. Returns what it printed, with its exit code. */
export function runBlock(block: Block, folder: string): { code: number | null; output: string } {
  const program = `${process.execPath} ${root}dist/scripts/nowsim.js`;
  const text = block.text.replaceAll('npx nowsim', program).replaceAll('NOWSIM/', root);
  const done = spawnSync('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 600_000,
  });
  return { code: done.status, output: `${done.stdout}${done.stderr}` };
}
