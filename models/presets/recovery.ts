/** Numbers of checkpoints and of fail-over that sources give. */
import { assumed, measured } from './constant.ts';

/** Daly's published case: best interval, cost of a checkpoint, time of a restart. */
export const DALY_CASE = {
  interval: measured(117, 'min', 'F007'),
  cost: measured(5, 'min', 'F007', { at: 'setting' }),
  restart: measured(10, 'min', 'F007', { at: 'setting' }),
} as const;

/** Condor's periodic checkpoint: the middle of its interval in hours, and how far from it in minutes, uniformly. */
export const CONDOR_CHECKPOINT = {
  middle: measured(3, 'time', 'A047', { at: 0, note: 'h' }),
  spread: measured(30, 'time', 'A047', { at: 1, note: 'min' }),
} as const;

/** Wait of a daemon that cannot reach the master before it tries to become it: uniform between these. */
export const FAIL_OVER_WAIT = {
  shortest: assumed(
    1,
    's',
    "Sprite's central server, as the project's reference on policies describes it (A2); no row",
  ),
  longest: assumed(
    8,
    's',
    "Sprite's central server, as the project's reference on policies describes it (A2); no row",
  ),
} as const;
