/**
 * The whole building in one run: every mechanism acts at least once, none can be switched off without a difference,
 * and jobs and pages are where they belong at the end (each run checks that itself: CPU, jobs, places of tasks, slabs).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../sim/experiment/rows.ts';
import { ready, run } from '../support/nowsim.ts';

/** One replication of the ready experiment under one structure, with further settings. */
async function building(...set: string[]): Promise<Row> {
  const result = await run(ready('building'), ['cluster.os=in-kernel', 'horizon=7d', ...set], {
    replications: 1,
  });
  return result.rows[0]!;
}

let whole: Row;
beforeAll(async () => {
  whole = await building();
});

describe('a week of the building', () => {
  it.each([
    'recruitments',
    'evictions',
    'migrations',
    'gang_switches',
    'remote_page_ins',
    'page_outs',
    'server_withdrawals',
    'crashes',
    'rollbacks',
    'fail_overs',
    'checkpoints',
  ])('has at least one of %s', (count) => expect(whole.counts[count]).toBeGreaterThan(0));

  it('loses no job', () => {
    const { submitted, finished, killed, rejected, pending } = whole.counts;
    expect(submitted).toBe(finished! + killed! + rejected! + pending!);
    expect(finished).toBeGreaterThan(100);
  });

  it('is the same again', async () => {
    expect((await building()).digest).toBe(whole.digest);
  });
});

describe('without', () => {
  it.each([
    ['turns of gangs', 'cluster.rows=1', 'gang_switches'],
    ['lack of memory', 'memory.frames=auto', 'remote_page_ins'],
    ['jobs with much memory', 'program.large.share=0', 'remote_page_ins'],
    ['crashes', 'failures.mtbf=none', 'crashes'],
    ['a master that fails', 'failures.master=off', 'fail_overs'],
    ['checkpoints', 'policies.checkpoint=none', 'checkpoints'],
    ['owners', 'owners.law=none', 'evictions'],
    ['migration', 'policies.owner_return=suspend', 'migrations'],
  ])('%s the run is another', async (_what, setting, count) => {
    const row = await building(setting);
    expect(row.digest).not.toBe(whole.digest);
    expect(row.counts[count] ?? 0).toBe(0);
  });

  it.each([
    'policies.reliability=none',
    'policies.memory_server=random',
    'policies.recovery=restart',
    'policies.migration=precopy',
    'policies.idle=sprite',
    'policies.placement=first-fit',
    'policies.share=up-down',
    'policies.owner_return=linger',
    'failures.beat=none',
    'cluster.network=ethernet10',
    'cluster.os=sfi-library',
  ])('the same choice, %s, the run is another', async (setting) => {
    expect((await building(setting)).digest).not.toBe(whole.digest);
  });
});

describe('without the global layer', () => {
  it.each([
    ['glunix=off', 'glunix'],
    ['policies.reliability=parity', 'policies.reliability'],
  ])('%s is refused with its reason', async (setting, where) => {
    await expect(building(setting)).rejects.toThrow(where);
  });
});
