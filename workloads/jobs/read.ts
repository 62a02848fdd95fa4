/** A trace as jobs, whichever form it has: a log of the Standard Workload Format, a process tree, a table of resource use. */
import { InputError } from '../../sim/problem.ts';
import { FORMS, formOf } from '../form.ts';
import { readProcessStrace, readProcessTable, treeJobs } from './process-tree.ts';
import { readRusage, rusageJobs } from './rusage.ts';
import { readSwf, type SwfJobs } from './swf.ts';
import type { JobChoices } from './table.ts';

/** Throws `InputError` where the file is damaged, holds nothing that can be kept, or is of another form. */
export async function readJobs(path: string, choices: JobChoices): Promise<SwfJobs> {
  const form = await formOf(path);
  if (form === 'swf') return readSwf(path, choices);
  if (form === 'process-tree') return treeJobs(path, await readProcessTable(path), choices);
  if (form === 'rusage') return rusageJobs(path, await readRusage(path), choices);
  if (form === 'strace') return treeJobs(path, await readProcessStrace(path), choices);
  throw new InputError({
    where: path,
    found: `this is ${FORMS[form]}`,
    would: `give jobs: ${FORMS.swf}, ${FORMS['process-tree']}, ${FORMS.rusage}, or strace output that shows forks and exits`,
  });
}
