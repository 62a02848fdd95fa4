/** Crashes and checkpoints of a building as its settings describe them. */
import type { CheckpointConfig, FailuresConfig } from '../../models/cluster.ts';
import { nodesCrash, outagesOf } from '../../models/failures/index.ts';
import { checkpointPolicies } from '../../models/policies/checkpoint/index.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import type { Settings } from '../fields.ts';
import { digestOf, outageTrace } from '../inputs.ts';

/** Throws `InputError` where nodes cannot crash as set; adds the trace's digest to `inputs`. */
export async function checkFailures(settings: Settings, inputs: Record<string, Value>): Promise<void> {
  const { failures, glunix, jobs, policies } = settings;
  const { checkpoint } = policies;
  const { needsMtbf } = checkpointPolicies[checkpoint.name];
  const { recovery } = policies;
  if (recovery.name === 'message-log' && checkpoint.name !== 'none') {
    throw new InputError({
      where: 'policies.checkpoint',
      found: `${checkpoint.name} beside policies.recovery=message-log, which synchronises tasks itself`,
      would: 'set policies.checkpoint=none, or policies.recovery=rollback',
    });
  }
  if (!nodesCrash(failures)) {
    const saves = glunix && (jobs.trace !== 'none' || jobs.law.name !== 'none');
    if (!needsMtbf || !saves) return;
    throw new InputError({
      where: 'policies.checkpoint',
      found: `${checkpoint.name}, while no node ever crashes`,
      would: 'give failures a mtbf, a law or a trace, or choose fixed',
    });
  }
  const refuse = (where: string, found: string, would: string) => {
    throw new InputError({ where, found: `${found}, while nodes crash`, would });
  };
  if (!glunix) refuse('glunix', 'off', 'set glunix=on: crashes are recovered from by the global layer');
  if (jobs.trace === 'none' && jobs.law.name === 'none')
    refuse('jobs', 'there are none', 'give jobs a trace or a law');
  if (checkpoint.name !== 'none' && needsMtbf && checkpoint.bandwidth === 'none' && checkpoint.cost === 0) {
    refuse('policies.checkpoint.cost', '0', 'give a time: the interval follows from it');
  }
  if (failures.trace !== 'none') {
    const { owners, records } = await outageTrace(failures.trace);
    inputs[failures.trace] = {
      sha256: await digestOf(failures.trace),
      records: records as unknown as Plain,
    };
    outagesOf(failures, owners, new Streams(0, 0).bank('failures', 0));
  } else outagesOf(failures, null, new Streams(0, 0).bank('failures', 0));
}

export async function failuresOf(
  settings: Settings,
  nodes: number,
  streams: Streams,
): Promise<FailuresConfig | null> {
  const { failures } = settings;
  if (!nodesCrash(failures)) return null;
  const table = failures.trace === 'none' ? null : (await outageTrace(failures.trace)).owners;
  return {
    outages: outagesOf(failures, table, streams.bank('failures', nodes)),
    beats: failures.beat === 'none' ? null : { every: failures.beat, misses: failures.misses },
    master: failures.master,
    attempts: failures.attempts,
  };
}

export function checkpointOf(settings: Settings): CheckpointConfig | null {
  const { checkpoint } = settings.policies;
  if (checkpoint.name === 'none') return null;
  const { cost, restart, bandwidth } = checkpoint;
  const timeFor = (fixed: number) => (image: number) =>
    bandwidth === 'none' ? fixed : ((image * 8) / bandwidth) * 1e9;
  return {
    kind: checkpointPolicies[checkpoint.name],
    parameters: checkpoint,
    save: timeFor(cost),
    bringBack: timeFor(restart),
  };
}
