/**
 * The study: what can be set in an experiment file (`fields.ts`), and the kinds of run that carry one out (`runs/`).
 * Everything below this file is told numbers; everything that is named in a file is named in `fields.ts` or in the
 * registries that it lists.
 */
import { Streams } from '../sim/engine/streams.ts';
import { type Plain, readFields } from '../sim/experiment/fields.ts';
import type { Study } from '../sim/experiment/study.ts';
import { FIELDS, type Settings } from './fields.ts';
import { version } from './package.ts';
import { building } from './runs/building.ts';
import { RUN_KINDS } from './runs/index.ts';
import { readersOf, unreadBy } from './runs/reads.ts';

export const study: Study = {
  version,
  fields: FIELDS,
  // The building's first; a name that several kinds have is described as the building's.
  measures: Object.assign({}, ...RUN_KINDS.toReversed().map((kind) => kind.measures), building.measures),
  // Worker threads run built code, also when this file is run from its source (by the tests).
  worker: new URL(
    import.meta.url.endsWith('.ts') ? '../dist/scripts/worker.js' : './worker.js',
    import.meta.url,
  ),
  catalogue: {},
  settle(scenario) {
    const settings = readFields(FIELDS, scenario);
    return kindOf(settings).settle(scenario, settings);
  },
  unread(scenario, paths) {
    const settings = readFields(FIELDS, scenario);
    const kind = kindOf(settings);
    return paths.flatMap((path) => unreadBy(RUN_KINDS, kind, settings, path) ?? []);
  },
  chance(scenario) {
    const { jobs } = readFields(FIELDS, scenario);
    return jobs.trace === 'none' ? undefined : 'jobs.shake moves the submissions of a log';
  },
  readers: (path) => readersOf(RUN_KINDS, path).map((kind) => kind.title),
  run(scenario: Plain, seed, replication, outputs) {
    const settings = readFields(FIELDS, scenario);
    return kindOf(settings).run(settings, new Streams(seed, replication), outputs);
  },
};

function kindOf(settings: Settings) {
  return RUN_KINDS.find((kind) => kind.takes(settings))!;
}
