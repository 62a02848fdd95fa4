/** The other side of the pool: does runs of a study on a worker thread, one after the other. */
import { parentPort } from 'node:worker_threads';
import { InputError } from '../problem.ts';
import type { Reply, Task } from './pool.ts';
import type { Study } from './study.ts';

/** Answers tasks until the thread is ended. To be called once by the script that `study.worker` names. */
export function serve(study: Study): void {
  const port = parentPort;
  if (port === null) throw new Error('this script does runs on a worker thread; it is not run by itself');
  port.on('message', (task: Task) => {
    void answer(study, task).then((reply) => port.postMessage(reply));
  });
}

async function answer(study: Study, task: Task): Promise<Reply> {
  try {
    return { result: await study.run(task.scenario, task.seed, task.replication, task.outputs) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const problems = error instanceof InputError ? error.problems : [];
    return { failed: { name: error.name, message: error.message, stack: error.stack ?? '', problems } };
  }
}
