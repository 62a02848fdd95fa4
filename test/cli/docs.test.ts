/** The documentation: pages made from the code are as they would be made now, and every command in the others works. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { backgroundText } from '../../scripts/docs/background.ts';
import { blocksOf, PAGES, runBlock } from '../../scripts/docs/blocks.ts';
import { referenceText } from '../../scripts/docs/reference.ts';
import { PROGRAM } from './nowsim.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');

describe('made from the code (npm run docs)', () => {
  it('the reference', async () => {
    expect(page('reference.md') === (await referenceText(PROGRAM)), 'make it anew: npm run docs').toBe(true);
  }, 60_000);

  it('the background', () => {
    expect(page('background.md') === backgroundText(root), 'make it anew: npm run docs').toBe(true);
  });
});

describe.each(PAGES)('%s', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-docs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const blocks = blocksOf(name);

  it('has blocks', () => expect(blocks.length).toBeGreaterThan(3));

  it.each(blocks.filter((block) => !block.slow).map((block) => [block.line, block] as const))(
    'line %i',
    (_line, block) => {
      const { code, output } = runBlock(block, folder);
      expect(code, `docs/${block.page}:${block.line}\n${block.text}\n${output}`).toBe(0);
    },
    120_000,
  );
});

it('names every shelf', () => {
  for (const name of readdirSync(join(root, 'docs'))) {
    if (name !== 'README.md') expect(page('README.md')).toContain(`(${name})`);
  }
});
