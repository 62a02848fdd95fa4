/** What a run of each kind consists of, in the words of STRESS-DES: entities, activities, resources, queues, entry and exit. */
import { isMap, type Plain, readFields } from '../../sim/experiment/fields.ts';
import { FIELDS } from '../fields.ts';
import { building } from '../runs/building.ts';
import type { RunKind } from '../runs/contract.ts';
import { coscheduling } from '../runs/coscheduling.ts';
import { RUN_KINDS } from '../runs/index.ts';
import { messages } from '../runs/messages.ts';
import { paging } from '../runs/paging.ts';
import { services } from '../runs/services.ts';
import { sharing } from '../runs/sharing.ts';

export interface Components {
  /** Sources whose heads say what is modelled and what is left out. */
  readonly logic: string;
  readonly entities: string;
  readonly activities: string;
  readonly resources: string;
  readonly queues: string;
  readonly exit: string;
  /** Part of the experiment that says where the entities come from. */
  readonly source: 'jobs' | 'services' | 'messages' | 'pages' | 'program';
}

const COMPONENTS: ReadonlyMap<RunKind, Components> = new Map<RunKind, Components>([
  [
    building,
    {
      logic: 'models/cluster.ts and models/glunix',
      entities: 'jobs and their tasks; owners',
      activities: 'launch, run, stop, move, save, page; owners come and go',
      resources: 'nodes with CPU, memory and disk; network',
      queues: 'batch queue',
      exit: 'jobs leave when finished, killed or rejected',
      source: 'jobs',
    },
  ],
  [
    sharing,
    {
      logic: 'models/sharing',
      entities: 'sequential jobs',
      activities: 'arrive, be moved, be served',
      resources: 'nodes',
      queues: 'a ready queue at every node, or one for all',
      exit: 'jobs leave when served',
      source: 'jobs',
    },
  ],
  [
    coscheduling,
    {
      logic: 'models/parallel',
      entities: 'parallel programs and their processes',
      activities: 'compute, exchange messages, wait, be switched',
      resources: 'a CPU at every node; network',
      queues: 'ready queue of every CPU, or the matrix of gangs',
      exit: 'a program leaves with its last process',
      source: 'program',
    },
  ],
  [
    messages,
    {
      logic: 'models/messages',
      entities: 'ranks of a program and their messages',
      activities: 'compute, send, receive, wait',
      resources: 'a node for every rank; interfaces and wires',
      queues: 'messages at interfaces and wires',
      exit: 'a rank leaves with its last action',
      source: 'messages',
    },
  ],
  [
    paging,
    {
      logic: 'models/paging',
      entities: 'references to pages',
      activities: 'hit, fault, write back',
      resources: 'frames; disk; memory of other nodes; network',
      queues: 'at the disk and at memory servers',
      exit: 'the run ends with the last reference',
      source: 'pages',
    },
  ],
  [
    services,
    {
      logic: 'models/services and models/os',
      entities: 'service calls of a program',
      activities: 'user code, crossing, service, copy, disk',
      resources: 'a node with CPU, file cache and disk',
      queues: 'at the disk',
      exit: 'the run ends with the last call',
      source: 'services',
    },
  ],
]);

/** The components of the kind of run that an experiment's manifest describes. */
export function componentsOf(manifest: Plain): Components {
  const [point] = manifest['points'] as readonly Plain[];
  const scenario = isMap(point) && isMap(point['scenario']) ? point['scenario'] : {};
  const settings = readFields(FIELDS, scenario);
  return COMPONENTS.get(RUN_KINDS.find((kind) => kind.takes(settings))!)!;
}
