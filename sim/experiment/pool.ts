/**
 * Runs on worker threads: each free worker takes the next task, results are handed over as they come with the
 * number of their task, so that what is made of them cannot depend on the number of workers.
 */
import { Worker } from 'node:worker_threads';
import { CheckError, InputError, type Problem } from '../problem.ts';
import type { Plain } from './fields.ts';
import type { RunOutputs, RunResult } from './study.ts';

export interface Task {
  readonly scenario: Plain;
  readonly seed: number;
  readonly replication: number;
  readonly outputs: RunOutputs;
}
export type Reply =
  | { readonly result: RunResult }
  | {
      readonly failed: {
        readonly name: string;
        readonly message: string;
        readonly stack: string;
        readonly problems: readonly Problem[];
      };
    };

/** An experiment that was stopped by its user; what had ended is kept. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/**
 * Does all tasks on `workers` threads of the script `url`, but for those that `skip` has no use for any more. What `done`
 * throws stops the others, and is thrown; it is handed what a run came to, or what it threw. Throws `Interrupted` too.
 */
export async function runOnWorkers(
  url: URL,
  tasks: readonly Task[],
  workers: number,
  skip: (task: number) => boolean,
  done: (task: number, result: RunResult | Error) => void,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  const take = () => {
    while (next < tasks.length && skip(next)) next++;
    return next++;
  };
  let stopped = false;
  const threads = new Set<Worker>();
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      let task = take();
      if (task >= tasks.length) {
        resolve();
        return;
      }
      const worker = new Worker(url);
      threads.add(worker);
      worker.on('message', (reply: Reply) => {
        if (stopped) return;
        try {
          done(task, 'failed' in reply ? revived(reply.failed) : reply.result);
        } catch (error) {
          reject(error);
          return;
        }
        task = take();
        if (task < tasks.length) worker.postMessage(tasks[task]);
        else resolve();
      });
      worker.on('error', (error) => reject(explained(error)));
      worker.on('exit', (code) => reject(new Error(`a worker ended early with code ${code}`)));
      worker.postMessage(tasks[task]);
    });
  const interrupted = new Promise<never>((_, reject) => {
    if (signal?.aborted) reject(new Interrupted());
    signal?.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  const lanes = Array.from({ length: Math.min(workers, tasks.length) }, lane);
  try {
    await Promise.race([Promise.all(lanes), interrupted]);
  } finally {
    stopped = true;
    await Promise.allSettled([...threads].map((worker) => worker.terminate()));
    await Promise.allSettled(lanes);
  }
}

function explained(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new InputError({
    where: 'a worker',
    found: 'ran out of memory',
    would:
      'run on fewer workers (--workers 1), or allow each more: NODE_OPTIONS=--max-old-space-size=8000 (MiB)',
  });
}

function revived(failed: Extract<Reply, { failed: unknown }>['failed']): Error {
  if (failed.name === 'InputError') return new InputError(failed.problems);
  const error = failed.name === 'CheckError' ? new CheckError(failed.message) : new Error(failed.message);
  error.stack = failed.stack;
  return error;
}
