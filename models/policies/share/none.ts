/** Nobody is preferred: jobs wait in order of arrival. Bound: what fairness between users must beat. */
import type { SharePolicyKind } from './contract.ts';

export const none: SharePolicyKind = {
  doc: 'jobs wait in order of arrival, whoever they belong to',
  fields: {},
  create: () => null,
};
