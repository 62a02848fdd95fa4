/**
 * A results folder as a run of the headline leaves it, made up: 4 structures, GLUnix on and off, 10 replications,
 * 64 nodes, two weeks. The numbers are invented by a seeded generator and prove nothing about the model; they
 * give the report's tests something of real shape and size.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { EVENT } from '../../models/events.ts';
import { GROUND, ROW } from '../../models/history.ts';
import { Timeline } from '../../models/timeline.ts';
import { type PackedHistory, packHistory } from '../../scripts/timelines.ts';
import { holm, pairedP } from '../../sim/experiment/output-analysis.ts';
import type { DifferenceSummary } from '../../sim/experiment/results.ts';
import { studentQuantile } from '../../sim/experiment/statistics.ts';

const STRUCTURES = ['in-kernel', 'microkernel-mach', 'user-server', 'sfi-library'] as const;
const REPLICATIONS = 10;
const NODES = 64;
const HORIZON_S = 1_209_600;
const BINS = 200;
const WINDOW_S = 172_800;

/** Relative response of each structure: the server is slow, the library a little faster than the kernel. */
const RESPONSE = { 'in-kernel': 1, 'microkernel-mach': 1.11, 'user-server': 1.24, 'sfi-library': 1.045 };
const UNITS: Readonly<Record<string, string>> = {
  response_time_s: 's',
  bounded_slowdown: '1',
  throughput_jobs_per_h: '1/h',
  owner_delay_s: 's',
  cpu_crossings: '1',
  cpu_sfi: '1',
};

interface Options {
  readonly question?: string;
  readonly timelines?: boolean;
  readonly replications?: number;
  /** A third axis, of numbers. */
  readonly nodes?: readonly number[];
}

interface Params {
  readonly [path: string]: string | number;
  readonly 'cluster.os': (typeof STRUCTURES)[number];
  readonly glunix: 'on' | 'off';
}

const spread = (values: readonly number[]) => {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, n - 1);
  return { mean, ci95: n < 2 ? null : studentQuantile(0.975, n - 1) * Math.sqrt(variance / n), n };
};

interface MadePair {
  readonly params: Params;
  readonly against: Params;
  readonly measures: Readonly<Record<string, DifferenceSummary>>;
}

/** The pairs with p adjusted for all of them, measure by measure. */
function withHolm(pairs: readonly MadePair[]) {
  const adjusted = Object.fromEntries(
    Object.keys(UNITS).map((name) => [name, holm(pairs.map(({ measures }) => measures[name]!.p ?? 1))]),
  );
  return pairs.map((pair, i) => ({
    ...pair,
    measures: Object.fromEntries(
      Object.entries(pair.measures).map(([name, each]) => [
        name,
        { ...each, p_holm: each.p === null ? null : adjusted[name]![i]! },
      ]),
    ),
  }));
}

/** Writes the folder; gives what a test wants to find again. */
export function writeFixture(dir: string, options: Options = {}) {
  const replications = options.replications ?? REPLICATIONS;
  mkdirSync(join(dir, 'timelines'), { recursive: true });
  const sizes = options.nodes?.map((nodes) => ({ 'cluster.nodes': nodes }));
  const points: Params[] = STRUCTURES.flatMap((os) =>
    (['on', 'off'] as const).flatMap((glunix) =>
      (sizes ?? [{}]).map((size) => ({ 'cluster.os': os, glunix, ...size })),
    ),
  );
  const shared = seedrandom('shared');
  const luck = Array.from({ length: replications }, () => 1 + 0.16 * (shared() - 0.5));
  const rows = points.flatMap((params, point) => {
    const own = seedrandom(`point ${point}`);
    return luck.map((common, replication) => {
      const noise = () => 1 + 0.03 * (own() - 0.5);
      const crowd = NODES / Number(params['cluster.nodes'] ?? NODES);
      const slow = crowd * RESPONSE[params['cluster.os']] * (params.glunix === 'on' ? 1 : 1.9);
      const measures: Record<string, number> = {
        response_time_s: 2840 * slow * common * noise(),
        bounded_slowdown: 3.1 * slow ** 2 * common * noise(),
        throughput_jobs_per_h: (41.2 / common) * noise(),
        owner_delay_s: params.glunix === 'on' ? 0.34 * common * noise() : 0,
        cpu_crossings: 0.05 * (RESPONSE[params['cluster.os']] - 0.9) * noise(),
        cpu_sfi: params['cluster.os'] === 'sfi-library' ? 0.041 * noise() : 0,
      };
      const killed = Math.floor(own() * 5);
      const counts = { submitted: 13_840, finished: 13_840 - killed, killed, rejected: 0, pending: 0 };
      return {
        cell: `cell-${point}-${replication}`,
        point,
        replication,
        params,
        measures,
        counts,
        digest: 'd'.repeat(16),
      };
    });
  });
  const measuresOf = (point: number, name: string) =>
    rows.filter((r) => r.point === point).map((r) => r.measures[name]!);
  const estimates = (point: number) =>
    Object.fromEntries(
      Object.keys(UNITS).map((name) => [name, { ...spread(measuresOf(point, name)), unit: UNITS[name]! }]),
    );
  const summary = {
    experiment: 'headline',
    question: options.question ?? 'Does the library beat the kernel?',
    digest: '5e1f0c2b9ad47e6612c0ffee5e1f0c2b',
    baseline: { 'cluster.os': 'in-kernel' },
    notes: [
      'mach-rpc is borrowed from the CVAX Firefly (at 2 of 8 points, first cluster.os=microkernel-mach, glunix=on)',
    ],
    points: points.map((params, point) => ({ params, measures: estimates(point) })),
    paired: withHolm(
      points.flatMap((params, point) => {
        if (params['cluster.os'] === 'in-kernel') return [];
        const base = points.findIndex((p) => {
          return Object.entries({ ...params, 'cluster.os': 'in-kernel' }).every(([path, v]) => p[path] === v);
        });
        const measures = Object.fromEntries(
          Object.keys(UNITS).map((name) => {
            const baseline = measuresOf(base, name);
            const differences = measuresOf(point, name).map((x, r) => x - baseline[r]!);
            const { mean, ci95, n } = spread(differences);
            const p = ci95 === null ? null : pairedP(differences);
            const ends = {
              low: ci95 === null ? null : mean - ci95,
              high: ci95 === null ? null : mean + ci95,
            };
            return [name, { difference: mean, ci95, ...ends, n, unit: UNITS[name]!, p, p_holm: p }];
          }),
        );
        return [{ params, against: points[base]!, measures }];
      }),
    ),
  };
  const scenario = {
    horizon: 'auto',
    glunix: 'on',
    cluster: {
      nodes: 64,
      machine: 'r3000-40',
      network: 'atm155',
      disk: 'rz26',
      os: 'sfi-library',
      quantum: '100ms',
    },
    owners: { law: { name: 'day-cycle' }, busy_above: '10%' },
    jobs: { law: { name: 'lublin' }, load: 0.7, processors: 'allocated' },
    policies: {
      idle: { name: 'quiet', after: '60s' },
      owner_return: { name: 'migrate' },
      batch: { name: 'easy' },
    },
  };
  const presets = {
    machine: {
      clock: { value: 40, unit: 'MHz', fact: 'WAH-S5-machine', quality: 'measured' },
      prices: {
        syscall: { value: 2.94, unit: 'us', fact: 'WAH-T3-syscall', quality: 'same-family' },
        'mach-rpc': { value: 95, unit: 'us', fact: 'LRPC-T2-mach', quality: 'borrowed' },
      },
    },
    network: { latency: { value: 10, unit: 'us', fact: 'assumed', quality: 'assumed' } },
  };
  const manifest = {
    nowsim: '0.1.0',
    node: 'node 20.20.2',
    machine: { cpu: 'a processor', cores: '2 cores', memory: '4.0 GiB', system: 'linux x64' },
    command: ['nowsim', 'run', 'scripts/experiments/headline.yaml', '--set', 'jobs.load=0.7'],
    name: 'headline',
    experiment: {
      question: summary.question,
      seed: 1,
      replications,
      baseline: summary.baseline,
      vary: {
        'cluster.os': STRUCTURES,
        glunix: ['on', 'off'],
        ...(options.nodes === undefined ? {} : { 'cluster.nodes': options.nodes }),
      },
      measures: ['response_time_s', 'bounded_slowdown', 'owner_delay_s'],
      ...scenario,
    },
    inputs: { 'traces/owners.tab': { sha256: 'ab'.repeat(32), records: 11_204 } },
    presets,
    points: points.map((params) => ({ params, scenario: { ...scenario, presets } })),
    digest: summary.digest,
    started: '2026-03-14T09:26:53.000Z',
    wall_s: 41.7,
    workers: 2,
    peak_memory_bytes: 201_326_592,
  };
  writeFileSync(join(dir, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary));
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest, null, 1));
  if (options.timelines !== false) {
    points.forEach((params, point) => {
      writeFileSync(join(dir, 'timelines', `point-${point}.json`), JSON.stringify(timeline(params, point)));
    });
  }
  return { summary, manifest, points, rows };
}

/** One run over time: owners by day, guests where they are away, or the owner's own jobs without GLUnix. */
function timeline(params: { 'cluster.os': keyof typeof RESPONSE; glunix: 'on' | 'off' }, point: number) {
  const random = seedrandom(`timeline ${point}`);
  const day = (t: number) =>
    Math.max(0, Math.sin(((t / 86_400 - 0.3) % 1) * 2 * Math.PI)) * ((t / 86_400) % 7 < 5 ? 1 : 0.25);
  const bin_s = HORIZON_S / BINS;
  const times = Array.from({ length: BINS }, (_, i) => (i + 0.5) * bin_s);
  const owned = times.map((t) => NODES * (0.08 + 0.55 * day(t)) + random() * 3);
  const running = times.map((t, i) =>
    Math.min(NODES - owned[i]!, 22 + 16 * Math.sin(t / 90_000) + 8 * random()),
  );
  const series = {
    utilisation: running.map((r, i) => Math.min(1, (r + 0.2 * owned[i]!) / NODES)),
    idle_nodes: running.map((r, i) => Math.max(0, NODES - owned[i]! - r)),
    owned_nodes: owned,
    running_jobs: running.map((r) => r / 3),
    waiting_jobs: times.map((t) =>
      Math.max(0, (params.glunix === 'on' ? 3 : 9) * (Math.sin(t / 90_000) + random() - 0.3)),
    ),
  };
  const gantt: Stretch[] = [];
  let job = 1;
  for (let node = 0; node < NODES; node++) {
    let t = random() * 3000;
    while (t < WINDOW_S) {
      const here = random() < 0.08 + 0.6 * day(t);
      const length = 300 - Math.log(1 - random()) * (here ? 2400 : 4200);
      const end = Math.min(WINDOW_S, t + length);
      if (here) {
        gantt.push([node, t, end, 0, -1]);
        if (params.glunix === 'on' && random() < 0.3) gantt.push([node, t, Math.min(end, t + 60), 2, job]);
        if (params.glunix === 'on' && random() < 0.3)
          gantt.push([node, t + 60, Math.min(end, t + 75), 3, job]);
        if (params.glunix === 'off' || random() < 0.1) gantt.push([node, t, (t + end) / 2, 4, job++]);
      } else if (random() < 0.75) {
        gantt.push([node, t + 60, Math.max(t + 61, end - 20), params.glunix === 'on' ? 1 : 4, job++]);
      }
      t = end;
    }
  }
  const whole = NODES * HORIZON_S;
  const user = 0.41;
  const sfi = params['cluster.os'] === 'sfi-library' ? 0.041 * user : 0;
  const slow = (RESPONSE[params['cluster.os']] - 0.95) * 0.2;
  const shares: Record<string, number> = {
    user,
    services: 0.06,
    crossings: slow,
    copies: 0.012,
    inflation: slow / 3,
    sfi,
    owner: 0.14,
    operations: params.glunix === 'on' ? 0.008 : 0,
    waiting: 0.05,
  };
  shares['idle'] = 1 - Object.values(shares).reduce((a, b) => a + b, 0);
  return {
    horizon_s: HORIZON_S,
    bins: BINS,
    bin_s,
    series,
    nodes: NODES,
    history: historyOfRows(gantt),
    accounts_s: Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, share * whole])),
    jobs: 13_840,
  };
}

/** Node, from, to (s), what it does (`ROW`), job or -1. */
type Stretch = [node: number, from_s: number, to_s: number, kind: number, job: number];

/** The history of made-up stretches, in which every job is of one node and its user asks for what it takes. */
function historyOfRows(rows: readonly Stretch[]): PackedHistory {
  const spans = new Map<number, { node: number; from: number; to: number }>();
  for (const [node, from, to, , job] of rows) {
    if (job < 0) continue;
    const span = spans.get(job);
    if (span === undefined) spans.set(job, { node, from, to });
    else spans.set(job, { node, from: Math.min(span.from, from), to: Math.max(span.to, to) });
  }
  // Jobs are numbered as they are submitted, a minute before they start.
  const order = [...spans].toSorted(([, a], [, b]) => a.from - b.from);
  const place = new Map(order.map(([job], i) => [job, i]));
  const n = order.length;
  const table = {
    n,
    id: Float64Array.from(order, ([job]) => job),
    submit_s: Float64Array.from(order, ([, { from }]) => Math.max(0, from - 60)),
    run_s: Float64Array.from(order, ([, { from, to }]) => to - from),
    estimate_s: Float64Array.from(order, ([, { from, to }]) => to - from),
    width: new Int32Array(n).fill(1),
    user: Int32Array.from(order, ([job]) => job % NODES),
    memory: new Float64Array(n),
    status: new Int8Array(n),
    offset_s: 0,
  };
  const timeline = new Timeline(NODES, 1, { n, table, width: table.width, state: new Uint8Array(n) });
  type Change = [time_s: number, rank: number, change: (now: number) => void];
  const changes: Change[] = [];
  order.forEach(([, { from, to }], job) => {
    changes.push([table.submit_s[job]!, 0, (now) => timeline.event(now, EVENT.submit, job, 1)]);
    changes.push([from, 1, (now) => timeline.event(now, EVENT.start, job, 1)]);
    changes.push([to, 2, (now) => timeline.event(now, EVENT.finish, job, 1)]);
  });
  for (const [node, from, to, kind, job] of rows) {
    if (kind === ROW.owner) {
      changes.push([from, 4, (now) => timeline.setGround(node, now, GROUND.present)]);
      changes.push([to, 3, (now) => timeline.setGround(node, now, GROUND.idle)]);
    } else {
      changes.push([from, 4, (now) => timeline.show(node, now, kind, place.get(job)!)]);
      changes.push([to, 3, (now) => timeline.show(node, now, -1, -1)]);
    }
  }
  for (const [time_s, , change] of changes.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]))
    change(time_s * 1e9);
  const { bytes, to_s } = timeline.data(WINDOW_S, NODES, n, {}).history;
  return packHistory(bytes, to_s);
}
