/**
 * What must hold in every building, whatever happens in it (V40): clocks do not go back, CPU time and places add up,
 * Little's law holds on the path itself, every job's story makes sense, and none is lost but those counted as lost.
 *
 * Random small buildings of laws (owners, jobs, crashes, faults of the layer) are run to their end and to instants before
 * it; those of lists of jobs are in `test/contracts/fuzz-building.test.ts`.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choices, policiesOf, records } from '../support/fuzz/building-case.ts';
import { asInSuite, fuzz, patience } from '../support/fuzz/harness.ts';
import { files, type Outcome, outcomeOf } from '../support/fuzz/outcome.ts';
import { fieldsOf, nested } from '../support/fuzz/settings.ts';
import { checkStory, must } from '../support/fuzz/story.ts';

const HORIZON_S = 4 * 3600;
const OWNERS = new URL('../../workloads/samples/owners-8-two-days.txt', import.meta.url).pathname;

/** The simplest value of each choice comes first: a building that fails is brought back to these. */
const CHOICES: Choices = {
  'cluster.nodes': [3, 1, 2, 5, 8],
  'cluster.rows': [1, 1, 2, 3],
  'cluster.os': ['free', 'sfi-library', 'user-server'],
  'cluster.network': ['atm155', 'ethernet10'],
  'owners.law.name': ['none', 'day-cycle', 'g5k06', 'alternating'],
  'owners.trace': ['none', 'none', OWNERS],
  'jobs.law.widths': ['[1]', '[1, 2]', '[1, 3, 5]'],
  'jobs.law.service.mean': ['20min', '2min', '2h'],
  'failures.mtbf': ['2h', '10min', '40min', '1d'],
  'failures.law.name': ['exponential', 'weibull', 'hyperexponential'],
  'failures.repair': ['10min', '0s', '20s', '1h'],
  'failures.beat': ['none', '1s', '10s', '2min'],
  'failures.misses': [3, 1, 5],
  'failures.master': [false, true],
  'failures.attempts': [10_000, 3],
  'faults.rate': [0, 0, 1e-7],
  'memory.frames': ['auto', 'auto', 3000],
  'program.image': ['8MiB', '8MiB', '16MiB'],
  ...Object.fromEntries(
    ['recovery', 'checkpoint', 'owner_return', 'migration', 'batch', 'idle', 'placement', 'reliability'].map(
      (slot) => [`policies.${slot}.name`, policiesOf(slot)],
    ),
  ),
};

type Settings = Readonly<Record<string, string | number | boolean>>;

const buildings = fc
  .record({ ...records(CHOICES), seed: fc.nat(10_000) })
  .map((drawn) => drawn as Settings)
  // Where messages are logged, tasks are saved as that needs it.
  .map((drawn) =>
    drawn['policies.recovery.name'] === 'message-log'
      ? { ...drawn, 'policies.checkpoint.name': 'none' }
      : drawn,
  );

/** The building as an experiment that ends at `horizon_s`. */
function experimentOf(settings: Settings, horizon_s: number) {
  // Short intervals, so that checkpoints happen within the horizon.
  const short = {
    'policies.checkpoint.cost': '30s',
    'policies.checkpoint.restart': '1min',
    'policies.checkpoint.interval': '7min',
  };
  const fields = fieldsOf('checkpoint', String(settings['policies.checkpoint.name']));
  const timed = Object.entries(short).filter(([path]) => fields[path.split('.').at(-1)!] !== undefined);
  return nested({
    question: 'does everything add up?',
    horizon: `${horizon_s}s`,
    'jobs.law.name': 'poisson',
    'jobs.law.count': 12,
    'jobs.law.interarrival': '6min',
    'jobs.law.service.law': 'exponential',
    ...settings,
    ...Object.fromEntries(timed),
  });
}

const outcomeAt = (settings: Settings, horizon_s: number) => outcomeOf(experimentOf(settings, horizon_s), {});

describe('random buildings', () => {
  const seen = new Set<string>();

  it(
    'lose nothing, count nothing twice, never go back in time, and repeat themselves to the bit',
    async () => {
      await fuzz(
        buildings,
        (settings) => files(experimentOf(settings, HORIZON_S), {}),
        async (settings) => {
          for (const share of [0.13, 0.41, 0.77, 1]) {
            const outcome = await outcomeAt(settings, Math.round(HORIZON_S * share));
            checkStory(outcome);
            for (const { what } of outcome.happenings) seen.add(what);
            if (share < 1 || Number(settings['seed']) % 5 > 0) continue;
            const { digest } = await outcomeAt(settings, HORIZON_S);
            must(digest === outcome.digest, () => `${outcome.digest}, and once more ${digest}`);
          }
        },
        30,
      );
      // The buildings are worth something only if things happen in them.
      if (!asInSuite) return;
      for (const what of [
        'crash',
        'repair',
        'detect',
        'rollback',
        'restart',
        'checkpoint',
        'fail-over',
        'kill',
      ]) {
        expect(seen).toContain(what);
      }
    },
    patience,
  );

  it('a broken story is noticed', async () => {
    const simple = Object.fromEntries(Object.entries(CHOICES).map(([path, of]) => [path, of[0]!]));
    const good: Outcome = await outcomeAt({ ...simple, seed: 1 }, HORIZON_S);
    checkStory(good);
    const { happenings } = good;
    const finish = happenings.findIndex(({ what }) => what === 'finish');
    expect(finish).toBeGreaterThanOrEqual(0);
    const without = happenings.filter((_, i) => i !== finish);
    expect(() => checkStory({ ...good, happenings: without })).toThrow(/story|integral/);
    const twice = [...happenings, happenings[finish]!];
    expect(() => checkStory({ ...good, happenings: twice })).toThrow(/clock|over/);
  });
});
