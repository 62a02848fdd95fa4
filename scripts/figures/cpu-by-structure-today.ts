/**
 * The same as cpu-by-structure on a machine of today, or on the one that was calibrated.
 *
 * Left out: structures that the machine has no price for.
 * Source: models/services; the traces of workloads/samples; overheads of SPEC programs as published points.
 */
import { MissingPrice } from '../../models/os/cost.ts';
import { priceStructure } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine } from '../../models/presets/machines.ts';
import { CPU_COLUMNS, cpuPicture, cpuRows, rangeText, relatives } from './cpu-by-structure.ts';
import type { Figure } from './figure.ts';
import { numberOf } from './figure.ts';

export const TODAY = 'azure-2018';
const LIBRARY = 'lfi';
const STRUCTURES = [
  'in-kernel',
  LIBRARY,
  'webassembly',
  'pti-kernel',
  'seccomp-notify',
  'gvisor',
  'user-server',
];

/** Of `structures` those that a machine has prices for. */
export function pricedOn(machine: Machine, structures: readonly string[]): string[] {
  return structures.filter((name) => {
    try {
      priceStructure(name, machine);
      return true;
    } catch (error) {
      if (error instanceof MissingPrice) return false;
      throw error;
    }
  });
}

export const cpuByStructureToday: Figure = {
  name: 'cpu-by-structure-today',
  title: 'CPU time of real programs by structure, today',
  question: 'Does the argument of 1994 hold on the machines of today?',
  claim: 'A library protected by SFI takes no more CPU time than the kernel, and less than servers.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994, asked again of today',
  takesMachine: true,
  notes: [
    `Three traces captured today, each call replayed on ${TODAY} (or on the machine of --machine); user time by the clocks of that machine and of the traced one, 2,600 MHz. Dotted: the plain kernel.`,
    'SFI is LFI (6 % of user time on x86-64, stores and jumps). Structures that the machine has no price for are left out.',
    `Diamonds: mean time of programs over native, under LFI with stores only (LFI-x86-w) and as WebAssembly in Firefox and Chrome (SPEC CPU; WASM-ff, WASM-cr). They are drawn on ${TODAY} alone, with the trace that calls least, since such programs hardly call, and they are what the model taxes user time by: no check of it. Of gVisor only the throughput of two HTTP servers is published, which is no CPU time.`,
  ],
  columns: CPU_COLUMNS,
  async rows({ run, machine, machinePath }) {
    const on = machine ?? loadMachine(TODAY);
    const set = machinePath === undefined ? [] : [`cluster.machine=${machinePath}`];
    return cpuRows(await run({ set, vary: [`cluster.os=${pricedOn(on, STRUCTURES).join(',')}`] }));
  },
  verdict(rows) {
    const scale = numberOf(rows[0]!, 'user_scale');
    const library = relatives(rows, LIBRARY, scale);
    const servers = ['seccomp-notify', 'gvisor', 'user-server'].flatMap((os) => relatives(rows, os, scale));
    const kernel = Math.max(...library) <= 1;
    const server = servers.length > 0 && Math.max(...library) < Math.min(...servers);
    return {
      holds: kernel && server ? 'holds' : kernel || server ? 'holds in part' : 'does not hold',
      because: `the library takes ${rangeText(library)} of the kernel's CPU time, ${
        servers.length === 0 ? 'servers have no price here' : `servers and supervisors ${rangeText(servers)}`
      }`,
    };
  },
  picture: (rows, published) => {
    const most = Math.max(...rows.map((r) => numberOf(r, 'relative')));
    return cpuPicture(
      rows,
      () => '',
      () => 1.06 * most,
      published,
    );
  },
};
