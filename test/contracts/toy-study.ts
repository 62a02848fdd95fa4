/**
 * A study of one queue, small enough to check by hand: what the experiment kit is tried on. Waits follow Lindley's
 * recursion W' = max(0, W + S - A) for a chosen number of customers; nothing in it is a workstation.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Streams } from '../../sim/engine/streams.ts';
import { readFields } from '../../sim/experiment/fields.ts';
import { meansOfBatches } from '../../sim/experiment/output-analysis.ts';
import type { Study } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';

export const TOY_FIELDS = {
  kind: 'group',
  doc: 'One queue and its customers.',
  fields: {
    queue: {
      kind: 'group',
      doc: 'the server',
      fields: {
        service: { kind: 'time', doc: 'mean service time', default: '1s' },
        link: { kind: 'rate', doc: 'not used by the recursion', default: '10Mb/s', above: 0 },
        buffer: { kind: 'bytes', doc: 'room', default: 'none', words: ['none'] },
        fair: { kind: 'boolean', doc: 'whether served in order', default: 'on' },
        model: {
          kind: 'choice',
          doc: 'make of the server',
          of: ['small', 'large'],
          default: 'small',
          orPath: true,
        },
      },
    },
    customers: {
      kind: 'group',
      doc: 'who comes',
      fields: {
        count: { kind: 'integer', doc: 'how many', default: 200, min: 0 },
        load: { kind: 'number', doc: 'arrival rate x service time', default: 0.5, above: 0 },
        patience: { kind: 'share', doc: 'share that stays', default: '100%', max: 1 },
        trace: { kind: 'path', doc: 'a file of sizes', default: 'none', words: ['none'] },
      },
    },
    breaks: {
      kind: 'group',
      doc: 'breaks of the server',
      words: ['none'],
      default: 'none',
      fields: { every: { kind: 'time', doc: 'time between breaks', default: '1h' } },
    },
    policies: {
      kind: 'group',
      doc: 'decisions',
      fields: {
        order: {
          kind: 'slot',
          doc: 'who is next',
          default: 'first-come',
          of: {
            'first-come': { doc: 'in order of arrival', fields: {} },
            threshold: {
              doc: 'short ones first',
              fields: {
                below: { kind: 'time', doc: 'what is short', default: '1s' },
                ties: { kind: 'choice', doc: 'how ties end', of: ['first', 'last'], default: 'first' },
              },
            },
            sized: {
              doc: 'by a size that must be given',
              fields: { by: { kind: 'bytes', doc: 'the size' } },
            },
          },
        },
      },
    },
  },
} as const satisfies Study['fields'];

/** A toy with another version or worker, for tests of resumption and replay. */
export function toyStudy(
  version = 'toy-1',
  onRun: (seed: number, replication: number) => void = () => {},
): Study {
  return {
    version,
    fields: TOY_FIELDS,
    measures: {
      wait_time_s: { unit: 's', doc: 'mean wait' },
      customers_per_s: { unit: '1/s', doc: 'throughput' },
      longest_wait_s: { unit: 's', doc: 'only where somebody waited' },
    },
    worker: new URL('../../dist/test/contracts/toy-worker.js', import.meta.url),
    settle(scenario) {
      const { customers } = readFields(TOY_FIELDS, scenario);
      if (customers.trace === 'none') return Promise.resolve(scenario);
      if (!existsSync(customers.trace)) {
        return Promise.reject(
          new InputError({
            where: 'customers.trace',
            found: `there is no file ${customers.trace}`,
            would: 'give a file of sizes',
          }),
        );
      }
      const sha256 = createHash('sha256').update(readFileSync(customers.trace)).digest('hex');
      return Promise.resolve({ ...scenario, inputs: { [customers.trace]: { sha256, records: 1 } } });
    },
    async run(scenario, seed, replication, outputs) {
      onRun(seed, replication);
      const { queue, customers, policies } = readFields(TOY_FIELDS, scenario);
      if (policies.order.name === 'sized' && policies.order.by === 13) throw new Error('the toy broke');
      if (customers.patience === 0) {
        throw new InputError({
          where: 'customers.patience',
          found: `${customers.count} customers, all of whom leave`,
          would: 'let some stay',
        });
      }
      const streams = new Streams(seed, replication);
      const arrivals = streams.stream('arrivals');
      const services = streams.stream('services');
      const mean = queue.service / 1e9;
      const hash = createHash('sha256');
      let wait = 0;
      let total = 0;
      let longest = 0;
      let now = 0;
      const waits: number[] = [];
      let lines = 'run,job,submit_s,wait_s\n';
      for (let i = 0; i < customers.count; i++) {
        const gap = (-Math.log(arrivals.next()) * mean) / customers.load;
        now += gap;
        hash.update(`${i} ${wait}\n`);
        lines += `0,${i},${now},${wait}\n`;
        total += wait;
        waits.push(wait);
        longest = Math.max(longest, wait);
        wait = Math.max(0, wait - Math.log(services.next()) * mean - gap);
      }
      if (outputs.jobs !== undefined) writeFileSync(outputs.jobs, lines);
      if (outputs.swf !== undefined) writeFileSync(outputs.swf, `; run ${replication}\n`);
      if (outputs.timeline !== undefined) writeFileSync(outputs.timeline, `{"jobs":${customers.count}}`);
      // policies.order.below = 9s makes the toy lose a customer, which the kit must notice
      const lost = policies.order.name === 'threshold' && policies.order.below === 9e9 ? 1 : 0;
      return {
        measures: {
          wait_time_s: total / customers.count,
          customers_per_s: customers.count / now,
          ...(longest > 0 ? { longest_wait_s: longest } : {}),
        },
        counts: { submitted: customers.count, finished: customers.count - lost },
        digest: hash.digest('hex').slice(0, 16),
        events: 2 * customers.count,
        notes: [
          ...(customers.load > 0.9 ? ['the queue is almost full'] : []),
          ...(longest > 20 ? [`${Math.floor(longest)} s is a long wait`] : []),
        ],
        // customers of two loads come at other times: their batches are not of the same ones
        ...(outputs.batches === undefined || customers.count < outputs.batches
          ? {}
          : {
              batches: {
                of: `${customers.load}`,
                means: { wait_time_s: meansOfBatches(waits, outputs.batches) },
              },
            }),
      };
    },
  };
}
