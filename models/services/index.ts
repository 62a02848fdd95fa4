/**
 * What a trace of service calls costs under an OS structure on a machine: each call simulated (`replayed`), or the
 * trace's mix charged to the same account (`aggregate`). Both come to the same CPU time; only a replay has waits.
 *
 * User time is the trace's, times `userScale`: a trace does not say how much slower another machine's processor is.
 */
import type { Source, Streams } from '../../sim/engine/streams.ts';
import { Digest } from '../../sim/measure/digest.ts';
import type { CallSink } from '../../workloads/services/call.ts';
import { diskNamed, Heads } from '../hardware/disk/index.ts';
import { cpuOf } from '../os/cost.ts';
import type { OsPrices } from '../os/index.ts';
import { CallAccount, CallPrices } from './account.ts';
import { Replay } from './replay.ts';

export const SERVICE_MEASURES = {
  cpu_time_s: { unit: 's', doc: 'CPU time of a trace of service calls: user time, tax and services' },
  elapsed_s: { unit: 's', doc: "a replay's end: CPU, disk, and waits for others and for the world outside" },
  user_s: { unit: 's', doc: 'user time of the trace on this machine, without the tax' },
  user_scale: { unit: '1', doc: 'user time on this machine / as traced' },
  services_s: { unit: 's', doc: 'bodies of the services, at the length that they have in a plain kernel' },
  crossings_s: { unit: 's', doc: 'crossings of boundaries, locks and native calls' },
  copies_s: { unit: 's', doc: 'copies of the calls bytes' },
  inflation_s: { unit: 's', doc: 'longer paths of the services and their memory stalls' },
  sfi_s: { unit: 's', doc: 'tax on user time' },
  calls: { unit: '1', doc: 'service calls of the trace' },
  calls_per_user_s: { unit: '1/s', doc: 'service calls per second of user time' },
  cache_hits: { unit: '1', doc: 'share of the blocks read that the file cache held (replayed)' },
  disk_wait_s: { unit: 's', doc: 'time that processes waited for the disk (replayed)' },
} as const;
export type ServiceMeasure = keyof typeof SERVICE_MEASURES;

export interface ServicesConfig {
  readonly prices: OsPrices;
  readonly fidelity: 'replayed' | 'aggregate';
  readonly userScale: number;
  /** Cost of a traced call, s, for the time that calls waited. */
  readonly tracerCost_s: number;
  /** Bytes of the file cache; null: every file is in memory. */
  readonly cache: number | null;
  /** Bytes of a block of it. */
  readonly block: number;
  readonly disk: string;
  readonly streams: Streams;
  /** Reads the trace from its beginning. */
  readonly read: (sink: CallSink) => Promise<void>;
  /** Aggregate: what such a pass has counted before, so that the trace is not read again. */
  readonly counted?: CallAccount;
}

export interface ServicesRun {
  readonly measures: Partial<Record<ServiceMeasure, number>>;
  readonly digest: string;
  readonly calls: number;
}

/** Runs a trace. The tax of each program is drawn once, by its number in the trace: the same under both fidelities. */
export async function runServices(config: ServicesConfig): Promise<ServicesRun> {
  const { prices, streams, userScale } = config;
  const callPrices = new CallPrices(prices);
  const drawn = new Map<number, number>();
  const taxOf = (program: number): number => {
    const known = drawn.get(program);
    if (known !== undefined) return known;
    const source: Source = streams.stream(`tax of program ${program}`);
    const tax = prices.taxesUserTime ? prices.sfiOverhead(source) : 0;
    drawn.set(program, tax);
    return tax;
  };
  const replayed = config.fidelity === 'replayed';
  const account = replayed
    ? new Replay({
        prices: callPrices,
        taxOf,
        userScale,
        tracerCost_s: config.tracerCost_s,
        blocks: config.cache === null ? null : Math.floor(config.cache / config.block),
        block: config.block,
        disk: new Heads(diskNamed(config.disk), 1),
        chance: streams.stream('disk of a replay'),
      })
    : (config.counted ?? new CallAccount());
  if (account !== config.counted) await config.read(account);
  const services = account.services(callPrices);
  const user = account.user(taxOf);
  const user_s = user.user_s * userScale;
  const sfi_s = user.tax_s * userScale;
  const measures: Partial<Record<ServiceMeasure, number>> = {
    cpu_time_s: user_s + sfi_s + cpuOf(services) / 1e9,
    user_s,
    user_scale: userScale,
    services_s: services.body / 1e9,
    crossings_s: services.crossings / 1e9,
    copies_s: services.copies / 1e9,
    inflation_s: services.inflation / 1e9,
    sfi_s,
    calls: account.calls,
  };
  if (user_s > 0) measures.calls_per_user_s = account.calls / user_s;
  let digest: Digest;
  if (account instanceof Replay) {
    // What the simulated CPU really served, not the sums of the account.
    measures.cpu_time_s = account.cpu / 1e9;
    measures.elapsed_s = account.end / 1e9;
    measures.disk_wait_s = account.diskWait / 1e9;
    const { cache } = account;
    if (cache !== null && cache.hits + cache.misses > 0) {
      measures.cache_hits = cache.hits / (cache.hits + cache.misses);
    }
    digest = account.digest;
  } else {
    digest = new Digest();
    account.plain.forEach((n, service) => {
      digest.add(n, service, 0, account.bytesIn[service]! + account.bytesOut[service]!);
    });
    digest.add(user_s, -1, 0, sfi_s);
  }
  return { measures, digest: digest.hex(), calls: account.calls };
}
