/**
 * Owners' CPU demand in traces: changes that are no events are felt by guests and local jobs just as if each were one.
 *
 * The events' side is the same building with an idle policy that says it reads loads, though it uses none: then every
 * change is an event.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it } from 'vitest';
import type { IdlePolicyKind } from '../../models/policies/idle/contract.ts';
import { idlePolicies } from '../../models/policies/idle/index.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { inFolder, run } from '../support/nowsim.ts';

const policies = idlePolicies as Record<string, IdlePolicyKind>;
const { quiet } = idlePolicies;
afterEach(() => {
  policies['quiet'] = quiet;
});

const NODES = 8;
const SPAN_S = 4 * 3600;

/** Demand in samples of 5 min that all nodes take at once, some changes in between, few returns. */
function trace(seed: number): string {
  const chance = new Streams(seed, 0).stream('trace');
  const lines = ['# offset_s 0', `# span_s ${SPAN_S}`];
  for (let node = 0; node < NODES; node++) {
    let kind = 'away';
    for (let at = 0; at < SPAN_S; at += 300) {
      if (chance.next() < 0.15) kind = kind === 'away' ? 'present' : 'away';
      // Now and then owners' programs take the whole CPU.
      const demand = chance.next() < 0.1 ? 1 : Math.round(90 * chance.next()) / 100;
      lines.push(`pc${node} ${at} ${kind} ${demand}`);
      if (chance.next() < 0.2) lines.push(`pc${node} ${at + 1 + Math.floor(290 * chance.next())} load 0.5`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const EXPERIMENT: Plain = {
  question: 'is every change of demand felt?',
  cluster: { nodes: NODES, os: 'in-kernel' },
  jobs: {
    law: {
      name: 'poisson',
      count: 40,
      interarrival: '9min',
      widths: [1, 2, 4],
      service: { law: 'exponential', mean: '20min' },
    },
  },
  policies: { idle: { name: 'quiet', after: '60s' } },
};

function outcome(seed: number, set: readonly string[]) {
  return inFolder(async (folder) => {
    const owners = join(folder, 'owners.txt');
    writeFileSync(owners, trace(seed));
    const eventsOut = join(folder, 'events.csv');
    const { rows } = await run({ ...EXPERIMENT, seed }, [`owners.trace=${owners}`, ...set], { eventsOut });
    const { events, measures } = rows[0]!;
    // Daemons that are asked more often take another order among those that wake at one instant.
    return { events, measures, happened: readFileSync(eventsOut, 'utf8').split('\n').toSorted() };
  });
}

const guests = ['low-priority', 'suspend', 'migrate', 'kill', 'linger'];

describe('changes of demand that are no events', () => {
  it.each(guests.flatMap((back) => [1, 2].map((seed) => [back, seed] as const)))(
    'move guests as events do: owner_return %s, seed %i',
    async (back, seed) => {
      const set = ['glunix=on', `policies.owner_return=${back}`, 'policies.migration=precopy', 'horizon=20d'];
      const followed = await outcome(seed, set);
      policies['quiet'] = { ...quiet, readsLoad: true };
      const asEvents = await outcome(seed, set);
      expect(followed.events).toBeLessThan(asEvents.events);
      expect(followed.happened.length).toBeGreaterThan(200);
      expect(followed.happened).toEqual(asEvents.happened);
      for (const measure of ['response_time_s', 'utilisation', 'owner_delay_s', 'finished_jobs']) {
        expect(followed.measures[measure]).toBeCloseTo(asEvents.measures[measure]!, 6);
      }
    },
  );

  it.each([true, false])('leave a job exactly what the owner does not use (GLUnix %s)', async (glunix) => {
    await inFolder(async (folder) => {
      const owners = join(folder, 'owners.txt');
      const changes = ['0 away 0.5', '600 away 0.25', '900 away 1', '1200 load 0.9', '1500 present 0.2'];
      const lines = changes.map((change) => `pc0 ${change}`);
      writeFileSync(owners, `# offset_s 0\n# span_s 86400\n${lines.join('\n')}\n`);
      const jobsOut = join(folder, 'jobs.csv');
      const one: Plain = {
        question: 'when does it end?',
        glunix,
        cluster: { nodes: 1, os: 'free' },
        owners: { trace: owners, after: 'stop' },
        jobs: {
          law: {
            name: 'poisson',
            count: 1,
            interarrival: '1s',
            service: { law: 'deterministic', mean: '700s' },
          },
        },
        policies: { idle: 'always', owner_return: 'low-priority' },
      };
      await run(one, [], { jobsOut });
      const [job] = parse(readFileSync(jobsOut, 'utf8'), { columns: true }) as Record<string, string>[];
      const start = Number(job!['start_s']);
      const done = (600 - start) * 0.5 + 300 * 0.75 + 300 * 0 + 300 * 0.1;
      expect(Number(job!['end_s'])).toBeCloseTo(1500 + (700 - done) / 0.8, 5);
    });
  });
});
