/** The running jobs by their estimated ends, against a sorted list. */
import { expect, it } from 'vitest';
import { RunningByEstimatedEnd } from '../../models/policies/batch/running.ts';
import { Streams } from '../../sim/engine/streams.ts';

it.each([3, 400, 5000])('stay sorted, equal ends in order of arrival, around %i of them', (around) => {
  const chance = new Streams(around, 0).stream('running');
  const jobs = 12_000;
  const running = new RunningByEstimatedEnd(jobs);
  const list: { job: number; end: number }[] = [];
  const all = () => Array.from({ length: running.count }, (_, i) => [running.job(i), running.end(i)]);
  for (let job = 0; job < jobs; job++) {
    const end = Math.floor(200 * chance.next());
    const after = list.findIndex((other) => other.end > end);
    list.splice(after < 0 ? list.length : after, 0, { job, end });
    running.add(job, end);
    while (list.length > around * (0.5 + chance.next())) {
      const [gone] = list.splice(Math.floor(chance.next() * list.length), 1);
      if (running.remove(gone!.job) !== gone!.end) throw new Error(`job ${gone!.job} ended at another time`);
    }
    if (job % 997 === 0) expect(all()).toEqual(list.map((one) => [one.job, one.end]));
  }
  while (list.length > 0) running.remove(list.pop()!.job);
  expect(running.count).toBe(0);
});
