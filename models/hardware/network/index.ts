/**
 * Networks by name.
 *
 * Source: `models/presets/networks.ts`.
 */
import { InputError, nearest } from '../../../sim/problem.ts';
import type { Network } from '../../presets/networks.ts';
import { NETWORKS } from '../../presets/networks.ts';

/** The network of that name. Throws `InputError` with the nearest one. */
export function networkNamed(name: string): Network {
  const network = NETWORKS[name];
  if (network !== undefined) return network;
  const near = nearest(name, Object.keys(NETWORKS));
  throw new InputError({
    where: 'cluster.network',
    found: `no network is called "${name}"`,
    would: near === undefined ? `use one of ${Object.keys(NETWORKS).join(', ')}` : `did you mean "${near}"?`,
  });
}
