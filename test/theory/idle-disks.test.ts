/** A file over the disks of idle nodes: times that can be added up by hand, and where the network ends the gain. */
import { describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import { mean, ready, run } from '../support/nowsim.ts';

/** 64 blocks of 4 KiB; each disk takes 10 ms a block, the network 1 ms. */
async function seconds(disks: number, more: Plain = {}): Promise<number> {
  const { stripe, ...memory } = more;
  const done = await run({
    replications: 1,
    jobs: { law: 'none' },
    cluster: { os: 'free', disk: 'constant' },
    memory: {
      disk_time: '10ms',
      remote_time: '1ms',
      ...memory,
      stripe: { file: '256KiB', block: '4KiB', disks, ...(stripe as Plain | undefined) },
    },
  });
  return mean(done, 'file_read_s');
}

describe('a file', () => {
  it('on one disk takes its blocks one after another, on its own node or another', async () => {
    expect(await seconds(0)).toBeCloseTo(64 * 0.01, 9);
    // The last block has still to come over the network.
    expect(await seconds(1)).toBeCloseTo(64 * 0.01 + 0.001, 9);
  });

  it('striped over k disks takes a k-th of the time, as long as blocks are asked for ahead', async () => {
    expect(await seconds(4)).toBeCloseTo(16 * 0.01 + 0.001, 9);
    expect(await seconds(8)).toBeCloseTo(8 * 0.01 + 0.001, 9);
    // One at a time: no two disks ever work together.
    expect(await seconds(8, { stripe: { ahead: 1 } })).toBeCloseTo(64 * 0.011, 9);
  });

  it('of which the last block is cut short still comes as a block', async () => {
    expect(await seconds(2, { stripe: { file: '255KiB' } })).toBeCloseTo(32 * 0.01 + 0.001, 9);
  });

  it('lies on its disks in a row: the heads hardly move', async () => {
    // HP 97560: overhead, half a turn, 128 sectors of 72 a turn; a new cylinder every 11 blocks.
    const turn = 60 / 4002;
    const done = await run(ready('idle-disks'), [], { vary: ['memory.stripe.disks=0,4'], replications: 8 });
    for (const point of [0, 1]) {
      const read = mean(done, 'disk_read_s', point);
      expect(read).toBeGreaterThan(0.0022 + turn / 2 + (128 / 72) * turn - 0.0003);
      expect(read).toBeLessThan(0.0022 + turn / 2 + (128 / 72) * turn + 0.0012);
    }
  });

  it('comes no faster than its reader’s link', async () => {
    const rate = async (disks: number, network: string) =>
      mean(
        await run(ready('idle-disks'), [`cluster.network=${network}`], {
          vary: [`memory.stripe.disks=${disks}`],
          replications: 1,
        }),
        'file_rate_MB_s',
      );
    const one = await rate(0, 'atm155');
    expect((await rate(4, 'atm155')) / one).toBeGreaterThan(3.5);
    // 155 Mb/s less headers: 16.9 MB/s at most; a shared Ethernet ends below one disk.
    expect(await rate(32, 'atm155')).toBeLessThan(17);
    expect(await rate(32, 'atm155')).toBeGreaterThan(13);
    expect(await rate(8, 'ethernet10')).toBeLessThan(1.25);
  });
});
