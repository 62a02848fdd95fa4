/** Settings of load sharing's mechanism: what the nodes are like and what moves and questions cost. */
import type { Field, Read } from '../../sim/experiment/fields.ts';

export const SHARING_FIELDS = {
  kind: 'group',
  doc: 'load sharing of sequential jobs (policies.batch=none): the nodes, and what moves and questions cost',
  fields: {
    discipline: {
      kind: 'choice',
      doc: 'how a node serves its jobs',
      of: {
        'processor-sharing': 'all at once, each with an equal share (round robin of quantum zero)',
        fcfs: 'one after the other, in order of arrival',
      },
      default: 'processor-sharing',
    },
    speeds: {
      kind: 'list',
      each: 'number',
      doc: 'speeds of the nodes relative to cluster.machine, repeated over the nodes in turn; jobs.load is the load of nodes of speed 1',
      default: [1],
      above: 0,
    },
    home: {
      kind: 'choice',
      doc: 'at which node a job is submitted',
      of: { uniform: 'each as likely', user: "its user's: the user's number modulo the nodes" },
      default: 'uniform',
    },
    movable: {
      kind: 'share',
      doc: 'share of the jobs that may run anywhere; the others stay at their node (L019)',
      default: '100%',
      min: 0,
      max: 1,
    },
    eligible_above: {
      kind: 'time',
      doc: "jobs whose user's estimate is below this stay at their node (L022)",
      default: '0s',
      min: 0,
    },
    names: {
      kind: 'number',
      doc: "jobs of a law: how loosely a program's name tells the run time, the standard deviation of its power of two (1.3: that of the own times under one name in a traced build of 609 processes; 0: exactly). A log has its own names",
      default: 1.3,
      min: 0,
    },
    transfer_cpu: {
      kind: 'time',
      doc: "sender's CPU for moving a job that has not run (L002: a tenth of the mean service); structure: by the OS structure",
      default: 'structure',
      min: 0,
      words: ['structure'],
    },
    transfer_bytes: {
      kind: 'bytes',
      doc: 'bytes that such a job takes along: arguments, environment (assumed)',
      default: '4KiB',
      min: 0,
    },
    transfer_time: {
      kind: 'time',
      doc: 'further time for which such a job is on its way, without CPU (L028: 300ms to start a program elsewhere is assumed in comparisons with moves of running jobs)',
      default: '0s',
      min: 0,
    },
    probe_time: {
      kind: 'time',
      doc: "a probe's round trip, without CPU; structure: two messages over the network, with CPU at both ends, by the OS structure",
      default: 'structure',
      min: 0,
      words: ['structure'],
    },
    freeze: {
      kind: 'time',
      doc: 'fixed time for which a job that runs is stopped to be moved (L028: 300ms); structure: freeze and resume by the OS structure',
      default: 'structure',
      min: 0,
      words: ['structure'],
    },
    move_rate: {
      kind: 'bytes',
      doc: "bytes of a running job's image that move a second (L028: 500KiB), without CPU; network: over the network, with CPU at both ends",
      default: 'network',
      above: 0,
      words: ['network'],
    },
    cooldown: {
      kind: 'time',
      doc: 'jobs submitted in this last part before the last submission are not measured: nothing comes after them',
      default: '0s',
      min: 0,
    },
  },
} as const satisfies Field;

export type SharingSettings = Read<typeof SHARING_FIELDS>;
