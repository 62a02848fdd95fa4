/**
 * A day of the building as a chart of its nodes: owners at their workstations, guests on those of absent owners, and
 * what happens when an owner returns. One replication of `building.yaml` under a plain kernel.
 */
import { ROW } from '../../models/history.ts';
import type { Figure, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import { axis, COLOURS, frame, INK, PAGE, SMALL } from './style.ts';

/** Nodes that are drawn, and the hours: from Tuesday 6 h for a day (the run begins on Monday at 9 h). */
const NODES = 32;
const FROM_H = 21;
const HOURS = 24;
const CLOCK_H = 9;

const KINDS: Readonly<Record<string, { kinds: readonly number[]; label: string; colour: string }>> = {
  owner: { kinds: [ROW.owner], label: 'owner present', colour: COLOURS.orange },
  guest: { kinds: [ROW.guest], label: 'guest runs', colour: COLOURS.blue },
  stopped: { kinds: [ROW.stopped], label: 'guest stopped', colour: COLOURS.vermilion },
  moving: { kinds: [ROW.moving, ROW.launching], label: 'guest moves or is launched', colour: COLOURS.purple },
};
const nameOf = (kind: number) => Object.keys(KINDS).find((name) => KINDS[name]!.kinds.includes(kind));

export const buildingDay: Figure = {
  name: 'building-day',
  title: 'A day of the building',
  question: 'When are nodes idle, who uses them then, and what happens when their owners come back?',
  claim: 'Nodes of absent owners do the work of others, and are free for their owners when these return.',
  claimSource:
    'Vahdat, Ghormley & Anderson 1994, in our words ("free": no guest runs beside a present owner for more than 1 % of the time that owners are there)',
  notes: [
    'Half of the nodes of one run, Tuesday 6 h to Wednesday 6 h; a guest is drawn before its node’s owner. Moves take less than a pixel.',
    'Two gangs may share a node by turns; the one that runs first is drawn.',
    'No published number is comparable: no study tells such a day node by node. What Sprite took to give a host back, 3.44 s on average (M013), would be less than a pixel too.',
  ],
  columns: {
    node: 'node',
    from_h: 'hours since Monday 0 h',
    to_h: 'hours since Monday 0 h',
    what: 'what is drawn: owner, guest, stopped, moving',
    job: 'job, -1 for none',
  },
  async rows({ run, gantt }) {
    await run();
    const rows: Row[] = [];
    for (const [node, from_s, to_s, kind, job] of gantt(0)) {
      const from = Math.max(from_s / 3600, FROM_H);
      const to = Math.min(to_s / 3600, FROM_H + HOURS);
      const what = nameOf(kind);
      if (node >= NODES || from >= to || what === undefined) continue;
      rows.push({ node, from_h: from + CLOCK_H, to_h: to + CLOCK_H, what, job });
    }
    return rows.toSorted(
      (a, b) => numberOf(a, 'node') - numberOf(b, 'node') || numberOf(a, 'from_h') - numberOf(b, 'from_h'),
    );
  },
  verdict(rows) {
    const hours = (what: string) =>
      where(rows, { what }).reduce((sum, r) => sum + numberOf(r, 'to_h') - numberOf(r, 'from_h'), 0);
    const owner = hours('owner');
    // A guest stopped or moving beside its owner holds memory; it does not run.
    const late = hours('stopped') + hours('moving');
    return {
      holds: late <= 0.01 * owner ? 'holds' : late <= 0.05 * owner ? 'holds in part' : 'does not hold',
      because: `guests ran for ${hours('guest').toFixed(0)} node hours and owners were there for ${owner.toFixed(0)}; guests that could not run held nodes for ${late.toFixed(1)}`,
    };
  },
  picture(rows) {
    const bars = Object.entries(KINDS).map(([what, { label, colour }]) => {
      const own = where(rows, { what });
      return {
        type: 'bar',
        orientation: 'h',
        name: label,
        base: own.map((r) => numberOf(r, 'from_h')),
        x: own.map((r) => numberOf(r, 'to_h') - numberOf(r, 'from_h')),
        y: own.map((r) => numberOf(r, 'node')),
        width: 0.8,
        marker: { color: colour, line: { width: 0 } },
        hovertext: own.map((r) => (textOf(r, 'job') === '-1' ? '' : `job ${textOf(r, 'job')}`)),
      };
    });
    const first = FROM_H + CLOCK_H;
    const ticks = Array.from({ length: HOURS / 3 + 1 }, (_, i) => first + 3 * i);
    return {
      data: bars,
      layout: frame(PAGE, 360, {
        barmode: 'overlay',
        showlegend: true,
        legend: { orientation: 'h', x: 0, y: 1.01, yanchor: 'bottom', font: { size: SMALL } },
        margin: { l: 40, r: 12, t: 34, b: 36 },
        xaxis: axis('time of day', {
          range: [first, first + HOURS],
          tickmode: 'array',
          tickvals: ticks,
          ticktext: ticks.map((h) => `${h % 24} h`),
          quantity: { write: clockText },
        }),
        yaxis: axis('node', { range: [-0.7, NODES - 0.3], tickcolor: INK }),
      }),
    };
  },
};

/** Time of day: `9:05` of 33.08 hours. */
function clockText(hours: number): string {
  const minutes = Math.round(60 * hours);
  return `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, '0')}`;
}
