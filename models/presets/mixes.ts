/**
 * Mixes of system calls: how many calls of each class a program makes per second of its own CPU time.
 *
 * The total rate and the share of process calls are published. Which classes the other calls fall into is not, in
 * any row at hand: that split is assumed, and says so. The rates count per second of user time on the machine of
 * the source; they are used unscaled.
 *
 * Sources: the rows of `sources.csv` named beside each number.
 */
import type { Constant } from './constant.ts';
import { assumed, derived, measured } from './constant.ts';

/** A mix: a total rate, split over classes of service. */
export interface Mix {
  readonly name: string;
  readonly title: string;
  /** Calls per second of user CPU time. */
  readonly rate: Constant;
  /** Shares of the classes (see `SERVICE_CLASSES`); they add up to 1. */
  readonly shares: Readonly<Record<string, Constant>>;
}

const split = (share: number) =>
  assumed(
    share,
    'fraction',
    'no row splits a Unix system-call mix over classes; an ordinary compile-like split',
  );

const processes = derived(
  'fraction',
  [measured(48, 'processes', 'MUS-n'), measured(9290, 'calls', 'MUS-sys')],
  'fork, exec, exit and wait of each process of the compile test',
  (n, calls) => (4 * n) / calls,
);

// The compile-like split: shares of the calls that are no process calls.
const COMPILE: Readonly<Record<string, number>> = {
  null: 0.05,
  'file-read': 0.22,
  'file-write': 0.12,
  'file-meta': 0.26,
  memory: 0.05,
  ipc: 0.03,
  time: 0.03,
  signal: 0.09,
  other: 0.15,
};
const compileShares: Readonly<Record<string, Constant>> = {
  ...Object.fromEntries(
    Object.entries(COMPILE).map(([name, share]) => [
      name,
      derived(
        'fraction',
        [split(share), processes],
        'assumed share of the calls that are no process calls',
        (s, p) => s * (1 - p),
      ),
    ]),
  ),
  process: processes,
};

const compileRate = derived(
  'calls/s',
  [measured(9290, 'calls', 'MUS-sys'), measured(7.3, 's', 'MUS-ux')],
  'the compile test on an i486/50 (30.1 SPECint92, near the 27.3 of r3000-40); per second elapsed, so a lower bound per second of user time',
  (calls, seconds) => calls / seconds,
);
const taosRate = derived(
  'calls/s',
  [measured(344_888, 'calls', 'LRPC-taos5h-local')],
  'local calls in five hours of work on a Firefly; per second elapsed',
  (calls) => calls / (5 * 3600),
);
const vaxRate = measured(220, 'calls/s', 'BSD42-sysrate', {
  note: 'busy timesharing on a VAX-11/780; per second elapsed',
});
const vaxUser = measured(43, '%', 'BSD42-usr', { at: 0 });
/** The machine of the timesharing mix: entry of its kernel, and system seconds for each user second. */
export const TIMESHARING = {
  entry: derived(
    'us',
    [measured(290, 'us', 'BSD42-getpid'), measured(0.6, 'ratio', 'BSD42-scale')],
    'getpid on a VAX-11/750, by the speed of the two machines',
    (getpid, scale) => getpid * scale,
  ),
  systemPerUser: derived(
    'ratio',
    [measured(57, '%', 'BSD42-usr', { at: 1 }), vaxUser],
    'system time over user time',
    (system, user) => system / user,
  ),
} as const;
/** Calls per second into untrusted functions during a Sequoia 2000 query. */
const sequoiaRate = (query: string, calls: number, pipes: number): Constant =>
  derived(
    'calls/s',
    [
      measured(calls, 'calls', `WAH-T3-${query}-n`),
      measured(pipes, '%', `WAH-T3-${query}-pipe`),
      measured(204.72, 'us', 'WAH-T2-MIPS-pipe'),
    ],
    'crossings over the time that the predicted overhead of pipes implies',
    (n, share, pipe) => n / ((n * pipe * 1e-6) / (share / 100)),
  );
/** Queries of the Sequoia 2000 benchmark on POSTGRES: the rates at which they call untrusted functions. */
export const SEQUOIA: Readonly<Record<string, Constant>> = {
  Q6: sequoiaRate('Q6', 60_989, 18.6),
  Q7: sequoiaRate('Q7', 121_986, 38.6),
  Q8: sequoiaRate('Q8', 121_978, 31.2),
  Q10: sequoiaRate('Q10', 1_427_024, 31.9),
};
const gvisorRate = derived(
  'calls/s',
  [
    measured(885.81, 'requests/s', 'GV-node-runc'),
    measured(375.13, 'requests/s', 'GV-node-runsc'),
    measured(1939, 'ns', 'GV-runc'),
    measured(38_219, 'ns', 'GV-runscptrace'),
  ],
  'http server: the calls per request that explain its slow-down under gVisor, times requests per second',
  (native, sandboxed, call, sandboxCall) =>
    ((1 / sandboxed - 1 / native) / ((sandboxCall - call) * 1e-9)) * native,
);

const mixes: readonly Mix[] = [
  {
    name: 'none',
    title: 'no system calls at all: what the tax on user time costs alone',
    rate: assumed(0, 'calls/s', 'by its name'),
    shares: { null: assumed(1, 'fraction', 'no call is made') },
  },
  {
    name: 'low-rate',
    title: 'a program that seldom calls: the rate of Taos over five hours of work',
    rate: taosRate,
    shares: compileShares,
  },
  {
    name: 'timesharing',
    title: 'a busy timesharing machine of 1983',
    rate: derived('calls/s', [vaxRate, vaxUser], 'over the user share of the time', (r, u) => r / (u / 100)),
    shares: compileShares,
  },
  {
    name: 'unix-1994',
    title: 'compiling and shell scripts on a workstation of 1994: the Mach compile test',
    rate: compileRate,
    shares: compileShares,
  },
  {
    name: 'call-heavy',
    title: 'a data base that calls untrusted functions: Sequoia 2000 query 10',
    rate: SEQUOIA['Q10']!,
    shares: {
      'untrusted-function': assumed(
        1,
        'fraction',
        'every crossing counted is a call of a user-defined function, which carries almost no service',
      ),
    },
  },
  {
    name: 'server',
    title: 'a web server of today, by its slow-down under gVisor',
    rate: gvisorRate,
    shares: {
      'network-send': split(0.2),
      'network-receive': split(0.2),
      'file-read': split(0.2),
      'file-write': split(0.05),
      'file-meta': split(0.1),
      time: split(0.1),
      other: split(0.15),
    },
  },
];

/** The mixes that can be named in an experiment. */
export const MIXES: Readonly<Record<string, Mix>> = Object.fromEntries(mixes.map((m) => [m.name, m]));
