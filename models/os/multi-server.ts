/**
 * Unix as several servers on Mach (Mach-US): proxy objects in a library of the caller answer about three calls of
 * four, the others go to a server by RPC; paths are longer than with one server.
 *
 * phi is that of one server times how much slower the published compile test ran, so that test is no check of it;
 * the RPCs that are saved explain at most a part (the sign is checked).
 *
 * A call that a proxy answers costs what Mach's emulation library takes for one (`mach-reflect`): no row has the proxies'
 * own. What a proxy does beside that for a call that goes on is in phi.
 *
 * Left out: calls that need more than one server.
 * Source: section 3, row "multi-server"; Stevenson & Julin 1995 (Mach-US), Chen & Bershad 1993.
 */
import { LIBRARY_ABSORBS, MACH_STALLS, MULTI_SERVER_PATH, TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { answeredShare, machRpc, ON_MACH, reflect } from './microkernel-mach.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';
import { defineStructure } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };
const PATH = { phi: MULTI_SERVER_PATH, stalls: MACH_STALLS };

function service(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return [
    ...(SERVICES[name].direct ? [] : [reflect(prices)]),
    ...machRpc(prices, 1 - answeredShare(name, LIBRARY_ABSORBS)),
    ...serviceSteps(name, prices, COPIES, PATH, bytes),
  ];
}

function inside(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  const native = SERVICES[name].native.value * (1 - answeredShare(name, LIBRARY_ABSORBS));
  return [...machRpc(prices, native), ...serviceSteps(name, prices, COPIES, PATH, bytes)];
}

export const multiServer = defineStructure({
  ...ON_MACH,
  name: 'multi-server',
  title: 'several servers on Mach',
  describes: 'Unix split over servers, with proxies in a library that answer three calls of four.',
  source: 'Mach-US; Chen & Bershad 1993',
  blast: {
    place: 'server',
    checks: 'none',
    why: 'The kernel and the other servers survive; programs that hold state in the server that failed fall with it, taken as all of the node.',
  },
  crossing: (prices) => [step('Mach RPC to a server and back', 'switch', 1, prices.of('mach-rpc'))],
  enter: (prices) => [reflect(prices), ...machRpc(prices, 1)],
  inside,
  service,
});
