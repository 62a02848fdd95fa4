/**
 * The break-even map on the machines of today, or on the one that was calibrated: LFI against what there is.
 *
 * Left out: as in break-even-map.
 * Source: models/os; machines of models/presets/machines.ts from 2018 on; traces of workloads/samples as loads.
 */
import { loadMachine } from '../../models/presets/load.ts';
import { MIXES } from '../../models/presets/mixes.ts';
import { OVERHEADS } from '../../models/presets/paths.ts';
import { loadRow, MAP_COLUMNS, mapPicture, mapRows, mapVerdict, traceLoads } from './break-even-map.ts';
import { pricedOn, TODAY } from './cpu-by-structure-today.ts';
import type { Figure } from './figure.ts';

const LIBRARY = 'lfi';
const TAX = OVERHEADS.lfiWrites.value;
/** Each comparison on a machine on which the other side was measured. */
const AGAINST: readonly (readonly [string, string])[] = [
  ['in-kernel', TODAY],
  ['microkernel-l4', 'skylake-sel4'],
  ['pti-kernel', 'xeon-pti-2018'],
  ['seccomp-notify', TODAY],
  ['user-server', TODAY],
  ['gvisor', 'cloud-gvisor'],
];

export const breakEvenToday: Figure = {
  name: 'break-even-today',
  title: 'Where an SFI library pays, today',
  question: 'How often must programs of today call before an SFI library pays?',
  claim:
    'Functionality in a library protected by SFI performs as well as in the kernel, and better than in a server.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994, asked again of today',
  takesMachine: true,
  notes: [
    'Lines: a null service that the library answers itself; each against a structure on a machine on which that was measured, or all on the machine of --machine. The crossing of the library is borrowed from LFI on an Apple M1.',
    `Loads (rings) stand at the tax of LFI on x86-64, ${TAX} %: three traces captured on a virtual machine of today, per second of their user time there, and a web server by its slow-down under gVisor.`,
    'gVisor is its ptrace platform of 2019.',
  ],
  columns: MAP_COLUMNS,
  async rows({ run, machine }) {
    const lines =
      machine === undefined
        ? AGAINST.flatMap(([other, on]) => mapRows(loadMachine(on), LIBRARY, [other], TAX))
        : mapRows(
            machine,
            LIBRARY,
            pricedOn(
              machine,
              AGAINST.map(([other]) => other),
            ),
            TAX,
          );
    return [
      ...lines,
      ...traceLoads(await run(), TAX),
      loadRow('web server, 2019', 'cloud-gvisor', TAX, MIXES['server']!.rate.value),
    ];
  },
  verdict: (rows) => mapVerdict(rows, TAX, 'in-kernel'),
  picture: (rows, published) => mapPicture(rows, published, { most: 12, from: 300 }),
};
