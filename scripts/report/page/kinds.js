/**
 * What a node is shown as: colours of Okabe and Ito's palette, and a letter each, so that no state is told by its
 * colour alone. The same in the view of the cluster and in the Gantt diagram.
 */
import { SHOWN } from '../../../models/history.ts';

/** No job, no node. */
export const NONE = -1;

/**
 * By `SHOWN`: label, letter, colour and the ink on it; `full`: it fills its node's row of the Gantt diagram, so that what
 * the node does for a job can be drawn inside it; `drawn`: the diagram draws it at all.
 */
export function nodeKinds(theme) {
  const kinds = [];
  const kind = (shown, label, letter, colour, ink, special) => {
    kinds[shown] = { label, letter, colour, ink, full: false, drawn: true, ...special };
  };
  const dark = '#1b1b1b';
  const light = '#ffffff';
  kind(SHOWN.idle, 'idle: offered', '', theme.raised, theme.muted, { full: true, drawn: false });
  kind(SHOWN.away, 'owner away, not offered', '·', theme.grid, theme.ink, { full: true, drawn: false });
  kind(SHOWN.owner, 'owner present', 'o', '#9A9A9A', dark, { full: true });
  kind(SHOWN.guest, 'guest runs', 'G', '#0072B2', light);
  kind(SHOWN.paging, 'guest runs, short of memory', 'P', '#56B4E9', dark);
  kind(SHOWN.lends, 'idle: holds memory of others', 'm', '#F0E442', dark, { full: true });
  kind(SHOWN.local, 'local job', 'J', '#009E73', light);
  kind(SHOWN.launching, 'guest being launched', 'L', '#CC79A7', dark);
  kind(SHOWN.stopped, 'guest stopped', 'S', '#E69F00', dark);
  kind(SHOWN.moving, 'guest moving or being saved', 'M', '#D55E00', light);
  kind(SHOWN.withdrawn, 'withdrawn', 'W', theme.ink, theme.ground, { full: true });
  kind(SHOWN.crashed, 'crashed', 'X', theme.ink, theme.ground, { full: true });
  return kinds;
}
