/** Writes docs/reference.md and docs/background.md: `npm run docs`. */
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../../sim/experiment/files.ts';
import { backgroundText } from './background.ts';
import { referenceText } from './reference.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
writeWhole(
  `${root}docs/reference.md`,
  await referenceText(fileURLToPath(new URL('../nowsim.js', import.meta.url))),
);
writeWhole(`${root}docs/background.md`, backgroundText(root));
