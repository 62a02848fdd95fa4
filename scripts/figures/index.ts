/** The figures, in the order of the gallery: a file here and a line below add one. */
import { InputError, nearest } from '../../sim/problem.ts';
import { availability } from './availability.ts';
import { breakEvenMap } from './break-even-map.ts';
import { breakEvenToday } from './break-even-today.ts';
import { building } from './building.ts';
import { buildingDay } from './building-day.ts';
import { checkpointInterval } from './checkpoint-interval.ts';
import { coschedulingByGrain } from './coscheduling-by-grain.ts';
import { cpuByStructure } from './cpu-by-structure.ts';
import { cpuByStructureToday } from './cpu-by-structure-today.ts';
import { delayEqualsTax } from './delay-equals-tax.ts';
import type { Figure } from './figure.ts';
import { idleByHour } from './idle-by-hour.ts';
import { loadSharing } from './load-sharing.ts';
import { memoryHungry } from './memory-hungry.ts';
import { messagesByNetwork } from './messages-by-network.ts';
import { migrationCost } from './migration-cost.ts';
import { nullServiceLadder } from './null-service-ladder.ts';
import { operationCost } from './operation-cost.ts';
import { parallelOnOwned } from './parallel-on-owned.ts';
import { recruitment } from './recruitment.ts';
import { robustness } from './robustness.ts';

export const FIGURES: readonly Figure[] = [
  nullServiceLadder,
  operationCost,
  cpuByStructure,
  breakEvenMap,
  cpuByStructureToday,
  breakEvenToday,
  robustness,
  delayEqualsTax,
  checkpointInterval,
  building,
  buildingDay,
  loadSharing,
  coschedulingByGrain,
  messagesByNetwork,
  memoryHungry,
  idleByHour,
  availability,
  recruitment,
  migrationCost,
  parallelOnOwned,
];

/** The figures of that name, or `all` of them. Throws `InputError` with the nearest name. */
export function figuresNamed(name: string): readonly Figure[] {
  if (name === 'all') return FIGURES;
  const found = FIGURES.filter((figure) => figure.name === name);
  if (found.length > 0) return found;
  const names = FIGURES.map((figure) => figure.name);
  const near = nearest(name, names);
  throw new InputError({
    where: `figure ${name}`,
    found: `no figure is called "${name}"`,
    would: near === undefined ? `use all, or one of ${names.join(', ')}` : `did you mean "${near}"?`,
  });
}
