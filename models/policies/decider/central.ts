/**
 * Central: a master keeps the loads that the nodes report and names the least loaded node, of equals the one that has been so for
 * longest (where nodes report changes). It counts the jobs that it has sent and that have not arrived, so it books no node twice unknowingly.
 *
 * The master has a CPU of its own and serves requests and reports in order of arrival. When it fails, whoever cannot reach it waits a
 * random time and becomes the master, unless another is it by then; all nodes register anew, and what the old one knew is lost.
 * Left out: classes of hosts, fairness between requesters, recall of hosts (A2 of the project's reference).
 * Source: Sprite's central server (Douglis 1990; M001, M018, L037); V's comparison (L035, L036).
 */
import type { DeciderKind } from './contract.ts';
import { leastLoaded, MESSAGE_FIELDS } from './contract.ts';

export const central: DeciderKind = {
  doc: 'a master to which nodes report and which names the least loaded node',
  fields: {
    service: {
      kind: 'time',
      doc: "master's CPU for one request and its answer (M018: 14.93ms); structure: one message received and one sent",
      default: 'structure',
      min: 0,
      words: ['structure'],
    },
    report_service: {
      kind: 'time',
      doc: "master's CPU for one report (L037: 6ms); structure: one message received",
      default: 'structure',
      min: 0,
      words: ['structure'],
    },
    report: {
      kind: 'time',
      doc: 'time between two reports of a node (A005: 60s); change: each time its load changes',
      default: 'change',
      above: 0,
      words: ['change'],
    },
    ...MESSAGE_FIELDS,
    timeout: {
      kind: 'time',
      doc: 'time after which a request without answer is given up and the job stays (assumed)',
      default: '1s',
      above: 0,
    },
    mtbf: {
      kind: 'time',
      doc: 'mean time between failures of the master, exponential; none: it never fails',
      default: 'none',
      above: 0,
      words: ['none'],
    },
  },
  knows: 'master',
  create: (table) => ({ choose: (at, home) => leastLoaded(table, at, home, 'first') }),
};
