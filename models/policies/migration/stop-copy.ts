/**
 * Stop and copy: the process is frozen while its whole image crosses the network: freeze = F + m/B.
 * Source: the definition; the simplest of the forms in use (V, Sprite and Accent improve on it).
 */
import { BANDWIDTH, type MigrationPolicyKind } from './contract.ts';

export const stopCopy: MigrationPolicyKind = {
  doc: 'the process is frozen while its whole image is sent',
  fields: BANDWIDTH,
  through: 'network',
  create: () => ({
    step: (process) => ({
      running: false,
      bytes: process.image,
      transfer: process.image / process.rate,
      other: process.freezeAndResume,
    }),
    afterwards: () => null,
  }),
};
