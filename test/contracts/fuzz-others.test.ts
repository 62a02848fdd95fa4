/**
 * Every policy of load sharing, of coscheduling and of paging in random runs; what must hold is in
 * `support/fuzz/other-cases.ts`. A policy that is added to its registry is tried without a line here.
 */
import { describe, it } from 'vitest';
import { fuzz, patience } from '../support/fuzz/harness.ts';
import {
  checkOther,
  experimentOf,
  OTHER_KINDS,
  type Other,
  others,
  runOther,
} from '../support/fuzz/other-cases.ts';
import { files } from '../support/fuzz/outcome.ts';
import { namesOf } from '../support/fuzz/settings.ts';
import { must } from '../support/fuzz/story.ts';

const filesOf = (of: Other) => {
  const { experiment, traces } = experimentOf(of);
  return files(experiment, traces);
};

describe.each(Object.entries(OTHER_KINDS))('%s', (_name, kind) => {
  const policies = kind.slots.flatMap((slot) => namesOf(slot).map((policy) => [slot, policy] as const));

  it.each(policies)(
    'slot %s policy %s',
    (slot, policy) =>
      fuzz(
        others(kind, slot, policy),
        filesOf,
        async (of) => {
          const outcome = await runOther(of);
          checkOther(kind, of, outcome);
          if (Number(of.settings['seed']) % 4 > 0) return;
          const again = await runOther(of);
          must(again.digest === outcome.digest, () => `${outcome.digest}, and once more ${again.digest}`);
        },
        12,
      ),
    patience,
  );
});
