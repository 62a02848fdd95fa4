/**
 * Writes report.html into a results folder: one page that shows what the experiment found, with what certainty,
 * and from what. It is self-contained: it opens from a disk, asks nothing of a network (its content security
 * policy forbids it) and stays readable when nowsim is gone.
 *
 * Reads the results folder and nothing else of an experiment; can start no run. The same folder gives the same page.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageMarkup } from './page.ts';
import { readPageCode } from './page-code.ts';
import { chartLibrary } from './plotly.ts';
import { readResults } from './results.ts';

/**
 * Writes `report.html` for the results folder `dir` and gives its path. Throws `InputError` where the folder holds
 * no finished results. `histories`: bytes that the histories of all points may take together. The file is replaced as a whole; a failure leaves the old one.
 */
export async function writeReport(dir: string, histories?: number): Promise<string> {
  const results = await readResults(dir);
  const [library, code] = await Promise.all([chartLibrary(), readPageCode()]);
  const path = join(dir, 'report.html');
  await writeFile(`${path}.tmp`, await pageMarkup(results, library, code, histories));
  await rename(`${path}.tmp`, path);
  return path;
}
