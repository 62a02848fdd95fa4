/**
 * O cases that are printed without a verdict: their inputs are recalled, or their mix of calls is guessed.
 *
 * Left out: L4Linux's trampoline and MkLinux inside its kernel (no structure here has their path; their published
 * times would only repeat themselves); the order of the build times of O18 (it needs the common mix that O18 shows
 * not to exist).
 */
import type { Step } from '../../models/os/cost.ts';
import { cpuOf, cpuTime } from '../../models/os/cost.ts';
import { mixNamed, priceStructure, structureNamed } from '../../models/os/index.ts';
import type { Constant } from '../../models/presets/constant.ts';
import { assumed, derived, sameFamily } from '../../models/presets/constant.ts';
import type { Machine } from '../../models/presets/machines.ts';
import type { Mix } from '../../models/presets/mixes.ts';
import {
  COMPILE_TEST,
  ISOLATION,
  type KernelOperations,
  LINUX_ON_MICROKERNELS,
  XEON_2003,
} from '../../models/presets/parts.ts';
import type { Case } from './case.ts';

import {
  azure,
  bareCalls,
  bracket,
  crossing,
  cvax,
  i486,
  lent,
  mixParts,
  pentium,
  price,
  pricesOf,
  usOf,
  withPrices,
} from './os-price.ts';

// -- O4: lightweight RPC of recalled primitives ----------------------------------------------------------------------------------

function o4(): Case[] {
  const source = 'Bershad et al. 1990, Tables 2 and 4; primitives recalled from Anderson et al. 1991';
  // Others' null call and switch in place of the traps and switches that LRPC's own table gives.
  const primitives = withPrices(cvax, {
    'lrpc-trap': cvax.prices.syscall!,
    'lrpc-switch': cvax.prices.switch!,
  });
  const least = withPrices(primitives, {
    'lrpc-stubs': cvax.prices.call!,
    'lrpc-kernel': assumed(0, 'us', 'the minimum has no binding to validate'),
  });
  const common = { source, kind: 'reported' as const, tolerance: '20%' };
  return [
    price(
      {
        ...common,
        id: 'O4',
        title: 'null LRPC of others’ primitives, us',
        expected: 157,
        out: ['LRPC-T4-Null-LRPC'],
      },
      () => crossing('lrpc', primitives),
      usOf,
    ),
    price(
      {
        ...common,
        id: 'O4-minimum',
        title: 'same without stubs and binding, us',
        expected: 109,
        out: ['LRPC-T2-Taos-min'],
      },
      () => crossing('lrpc', least),
      usOf,
    ),
  ];
}

// -- O17, O18: Linux on microkernels (recalled) -----------------------------------------------------------------

function o17(): Case[] {
  const source = 'Haertig et al. 1997, Table 2 (recalled)';
  const { l4Rpc, l4Clock } = LINUX_ON_MICROKERNELS;
  // Linux's own path, and the RPC that carries the call to it: no measured call of L4Linux or MkLinux goes in.
  const l4 = withPrices(pentium, { 'l4-rpc': sameFamily(l4Rpc, l4Clock, pentium.clock) });
  // Cycles of a 486 at the clock of a Pentium: across families, so a rough figure.
  const mach = withPrices(pentium, { 'mach-rpc': lent('mach-rpc', i486, pentium) });
  const linux = crossing('in-kernel', pentium);
  const carried = (structure: string, machine: Machine) => [...linux, ...crossing(structure, machine)];
  const ratio = (steps: readonly Step[]) => cpuTime(steps) / cpuTime(linux);
  const common = { source, kind: 'reported' as const };
  return [
    price(
      {
        ...common,
        id: 'O17-l4',
        title: 'getpid of L4Linux / Linux',
        expected: 2.4,
        tolerance: '30%',
        out: ['HAE97-T2-L4Linux'],
      },
      () => carried('microkernel-l4', l4),
      ratio,
    ),
    price(
      {
        ...common,
        id: 'O17-mach',
        title: 'getpid of MkLinux (user) / Linux',
        expected: 66,
        tolerance: '30%',
        out: ['HAE97-T2-MkLinuxuser'],
      },
      () => carried('microkernel-mach', mach),
      ratio,
    ),
    price(
      {
        ...common,
        id: 'O17-order',
        title: 'same: order of the three, of 2',
        expected: 2,
        tolerance: 0,
        out: ['HAE97-T2-L4Linux', 'HAE97-T2-MkLinuxuser'],
      },
      () => [...carried('microkernel-l4', l4), ...carried('microkernel-mach', mach)],
      () => {
        const l4Ratio = ratio(carried('microkernel-l4', l4));
        return [1 < l4Ratio, l4Ratio < ratio(carried('microkernel-mach', mach))].filter(Boolean).length;
      },
    ),
  ];
}

function o18(): Case[] {
  const source = 'Haertig et al. 1997, Table 2 and Figure 8 (recalled)';
  const { buildLinux, buildL4, buildMach, getpidMach } = LINUX_ON_MICROKERNELS;
  const linux = crossing('in-kernel', pentium);
  const l4 = structureNamed('microkernel-l4').service('null', pricesOf(pentium, 'microkernel-l4'));
  const mach = crossing('microkernel-mach', withPrices(pentium, { 'mach-rpc': getpidMach }));
  const common = { source, kind: 'reported' as const, expected: 1.2, tolerance: 0, out: [] };
  const millions = (build: Constant, steps: readonly Step[]) =>
    (build.value - buildLinux.value) / (cpuTime(steps) - cpuTime(linux)) / 1e-9 / 1e6;
  const title = (system: string) => `calls to explain ${system}’s build, millions`;
  return [
    price(
      { ...common, id: 'O18-mach', title: title('MkLinux') },
      () => [buildLinux, buildMach, ...linux, ...mach],
      () => millions(buildMach, mach),
    ),
    price(
      { ...common, id: 'O18-l4', title: title('L4Linux') },
      () => [buildLinux, buildL4, ...linux, ...l4],
      () => millions(buildL4, l4),
    ),
  ];
}

// -- O19 to O21: guessed mixes ----------------------------------------------------------------------------------

function o19(): Case {
  const less = (c: Constant, nothing: Constant) =>
    derived('us', [c, nothing], 'less the null call', (t, n) => t - n);
  const xeon = (operations: KernelOperations): Machine => ({
    ...withPrices(azure, { syscall: operations.nothing }),
    bodies: {
      'file-read': less(operations.io, operations.nothing),
      'file-write': less(operations.io, operations.nothing),
      'file-meta': less(operations.stat, operations.nothing),
      signal: less(operations.install, operations.nothing),
      memory: operations.fault,
      process: derived(
        'us',
        [operations.exec],
        'a quarter for each of fork, exec, exit and wait',
        (t) => t / 4,
      ),
    },
  });
  const { native, userMode, build } = XEON_2003;
  const { calls, programs, buildFiles } = COMPILE_TEST;
  const rate = derived(
    'calls/s',
    [calls, programs, buildFiles, build],
    'the calls of the compile test for each file of the build, over the time of the native build',
    (all, compiled, files, seconds) => ((all / compiled) * files) / seconds,
  );
  const mix: Mix = { ...mixNamed('unix-1994'), name: 'kernel build', title: 'a guess', rate };
  const cost = (operations: KernelOperations) =>
    cpuOf(priceStructure('in-kernel', xeon(operations)).mix(mix).perUserSecond);
  return price(
    {
      id: 'O19',
      title: 'kernel build, user-mode / native',
      source: 'Barham et al. 2003 (published: 535 s / 263 s)',
      kind: 'reported',
      ...bracket(1.7, 2.5),
      out: ['XEN03-build-User-Mode'],
    },
    () => [rate, ...[native, userMode].flatMap((kernel) => mixParts(mix, 'in-kernel', xeon(kernel)))],
    () => 1 + cost(userMode) - cost(native),
  );
}

function o20(): Case[] {
  const source = 'Singularity 2006-07 (rate of messages guessed)';
  const { clock, softwareMessage, hardwareMessage, checks, rate } = ISOLATION;
  const athlon: Machine = {
    ...withPrices(azure, { syscall: hardwareMessage, 'fault-domain': softwareMessage }),
    clock,
  };
  const perSecond = (structure: string) =>
    cpuOf(priceStructure(structure, athlon).mix(bareCalls(rate)).perUserSecond);
  const common = { source, kind: 'reported' as const };
  return [
    price(
      {
        ...common,
        ...bracket(25, 38),
        id: 'O20-hardware',
        title: 'CPU that hardware isolation adds, %',
        out: ['SING-hw'],
      },
      () => [rate, ...crossing('in-kernel', athlon), ...crossing('sfi-library', athlon)],
      () => {
        const unchecked = 1 + perSecond('sfi-library');
        return 100 * ((1 + perSecond('in-kernel')) / unchecked - 1);
      },
    ),
    price(
      { ...common, ...bracket(0, 5), id: 'O20-software', title: 'CPU that software checks add, %', out: [] },
      () => [rate, checks, ...crossing('sfi-library', athlon)],
      () => {
        const { meanSfiOverhead } = priceStructure('sfi-library', athlon, {
          sfi: { overhead: checks.value / 100 },
        });
        return (100 * meanSfiOverhead) / (1 + perSecond('sfi-library'));
      },
    ),
  ];
}

function o21(): Case {
  const { calls, multiServerRpcs } = COMPILE_TEST;
  const rpc = crossing('microkernel-mach', i486);
  return price(
    {
      id: 'O21',
      title: 'RPC time that servers save, at most, s',
      source: 'Mach-US: yet it ran 1.6 s longer, so its paths are longer',
      kind: 'reported',
      ...bracket(0, 1.6),
      out: ['MUS-ux', 'MUS-us'],
    },
    () => [calls, multiServerRpcs, ...rpc],
    () => (calls.value - multiServerRpcs.value) * cpuTime(rpc) * 1e-9,
  );
}

/** O4, O17 to O21. */
export const reportedCases = (): Case[] => [...o4(), ...o17(), ...o18(), o19(), ...o20(), o21()];
