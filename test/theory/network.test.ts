/** Networks against closed forms: frames, cells, LogGP, and the wait at one first-come first-served link. */
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { networkNamed } from '../../models/hardware/network/index.ts';
import type { LogGp } from '../../models/hardware/network/logp.ts';
import { inFlight, logGp, messageTime, sendInterval } from '../../models/hardware/network/logp.ts';
import { FifoServers, Medium, pieces, wireTime } from '../../models/hardware/network/medium.ts';
import type { Network } from '../../models/presets/networks.ts';

const KIB = 1024;
/** The same network with another bit rate. */
const at = (name: string, mbps: number): Network => {
  const network = networkNamed(name);
  return { ...network, rate: { ...network.rate, value: mbps, unit: 'Mb/s' } };
};

describe('M5: a page over each link, exact', () => {
  it.each([
    ['8 KiB, Ethernet', networkNamed('ethernet10'), 8 * KIB, 6, 6838.4],
    ['4 KiB, Ethernet', networkNamed('ethernet10'), 4 * KIB, 3, 3422.4],
    ['8 KiB, FDDI', networkNamed('fddi'), 8 * KIB, 2, 664.96],
    ['8 KiB, ATM at the OC-3c payload rate', networkNamed('atm155'), 8 * KIB, 172, (172 * 53 * 8) / 149.76],
    ['8 KiB, ATM at 155.52 Mb/s', at('atm155', 155.52), 8 * KIB, 172, (172 * 53 * 8) / 155.52],
    ['8 KiB, TAXI at 100 Mb/s', at('atm155', 100), 8 * KIB, 172, 729.28],
  ])('%s', (_, network, bytes, count, us) => {
    expect(pieces(bytes, network)).toBe(count);
    expect(wireTime(bytes, network) / 1e3).toBeCloseTo(us, 6);
  });

  it('rounds to the numbers of the reference: 6,838, 3,422, 665, 487, 469 and 729 us', () => {
    const us = (network: Network, bytes: number) => Math.round(wireTime(bytes, network) / 1e3);
    expect([
      us(networkNamed('ethernet10'), 8 * KIB),
      us(networkNamed('ethernet10'), 4 * KIB),
      us(networkNamed('fddi'), 8 * KIB),
      us(networkNamed('atm155'), 8 * KIB),
      us(at('atm155', 155.52), 8 * KIB),
      us(at('atm155', 100), 8 * KIB),
    ]).toEqual([6838, 3422, 665, 487, 469, 729]);
  });

  it('pads a byte to the smallest frame and sends it as one cell', () => {
    // 46 bytes of payload, 26 of frame, at 0.8 us, and the gap.
    expect(wireTime(1, networkNamed('ethernet10')) / 1e3).toBeCloseTo(72 * 0.8 + 9.6, 9);
    expect(pieces(1, networkNamed('atm155'))).toBe(1);
    expect(pieces(5, networkNamed('atm155'))).toBe(2);
  });

  it('adds a frame exactly where the last byte no longer fits', () => {
    const ethernet = networkNamed('ethernet10');
    expect(pieces(1472, ethernet)).toBe(1);
    expect(pieces(1473, ethernet)).toBe(2);
  });
});

describe('LogGP', () => {
  const cm5: LogGp = { sendOverhead: 2.2, receiveOverhead: 2.2, latency: 6, gap: 4, perByte: 0.2 };
  it('is o + (n-1)G + L + o', () => {
    expect(messageTime(cm5, 1)).toBeCloseTo(10.4, 12);
    expect(messageTime(cm5, 20)).toBeCloseTo(10.4 + 19 * 0.2, 12);
    expect(sendInterval(cm5)).toBe(4);
    expect(sendInterval({ ...cm5, sendOverhead: 5 })).toBe(5);
    expect(inFlight(cm5)).toBe(2);
  });

  it('gives the round trips of its sources back: 603 us of kernel UDP on Ethernet, wire included', () => {
    const ethernet = networkNamed('ethernet10');
    const terms = logGp(ethernet);
    // Half the published 130 us of wire is the smallest frame and the latency.
    const oneWay = terms.sendOverhead + (64 + 8) * 800 + terms.latency + terms.receiveOverhead;
    expect((2 * oneWay) / 1e3).toBeCloseTo(603, 6);
  });

  it('M25: a line through 32 bytes and 32 KiB misses RDMA’s 4 KiB (1.29 us for 2.26), a page fault stays below 5 us', () => {
    const rdma = logGp(networkNamed('rdma100'));
    expect(messageTime(rdma, 32) / 1e3).toBeCloseTo(0.83, 9);
    expect(messageTime(rdma, 32 * KIB) / 1e3).toBeCloseTo(4.57, 9);
    expect(messageTime(rdma, 4 * KIB) / 1e3).toBeCloseTo(1.29, 1);
    expect((messageTime(rdma, 32) + messageTime(rdma, 4 * KIB)) / 1e3).toBeLessThan(5);
  });
});

describe('M4: one first-come first-served link with Poisson arrivals and fixed messages', () => {
  it.each([
    [0.5, 0.5, 0.03],
    [0.8, 2.0, 0.03],
    [0.9, 4.5, 0.06],
  ])('at rho %f waits M/D/1’s %f services', (rho, expected, tolerance) => {
    const random = seedrandom(`M4 ${rho}`);
    const servers = new FifoServers(1);
    const n = 1_000_000;
    let now = 0;
    let waited = 0;
    for (let i = 0; i < n; i++) {
      now -= Math.log(1 - random()) / rho;
      waited += servers.serve(0, now, 1) - now - 1;
    }
    expect(Math.abs(waited / n / expected - 1)).toBeLessThan(tolerance);
  });
});

describe('media', () => {
  it('a shared segment carries one message at a time, whoever sends', () => {
    const ethernet = networkNamed('ethernet10');
    const medium = new Medium(ethernet, 4);
    const wire = wireTime(1000, ethernet);
    const latency = ethernet.latency.value * 1e3;
    expect(medium.depart(0, 1000, 0)).toBeCloseTo(wire + latency, 6);
    expect(medium.depart(1, 1000, 0)).toBeCloseTo(2 * wire + latency, 6);
    expect(medium.utilisation(2 * wire)).toBeCloseTo(1, 12);
  });

  it('a switch lets pairs pass side by side, and queues two messages to one node', () => {
    const atm = networkNamed('atm155');
    const medium = new Medium(atm, 4);
    const wire = wireTime(8192, atm);
    const first = medium.depart(0, 8192, 0);
    const second = medium.depart(1, 8192, 0);
    expect(second).toBe(first);
    expect(medium.arrive(2, 8192, first) - first).toBeCloseTo(wire, 6);
    expect(medium.arrive(3, 8192, second) - second).toBeCloseTo(wire, 6);
    expect(medium.arrive(2, 8192, second) - second).toBeCloseTo(2 * wire, 6);
  });

  it('an idle switch that passes on at once costs one wire time and the latency; store and forward costs two', () => {
    for (const name of ['atm155', 'gbe10']) {
      const network = networkNamed(name);
      const medium = new Medium(network, 2);
      const there = medium.arrive(1, 4096, medium.depart(0, 4096, 0));
      const times = network.cutThrough ? 1 : 2;
      expect(there).toBeCloseTo(times * wireTime(4096, network) + network.latency.value * 1e3, 6);
    }
  });
});
