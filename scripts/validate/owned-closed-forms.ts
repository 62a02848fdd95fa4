/**
 * Closed forms of owned nodes (C5): owners come and go as Mutka and Livny's fit says, away by three exponential branches
 * (A034, min), present for 28.4 min on average (A035); a node is usable once its owner has been away for a threshold.
 */
const AWAY = [
  { share: 0.33, mean: 3 },
  { share: 0.4, mean: 25 },
  { share: 0.27, mean: 300 },
];
const CYCLE = AWAY.reduce((sum, b) => sum + b.share * b.mean, 0) + 7 + 0.7 * 7 + 0.3 * 55;

const over = (threshold: number, by: (share: number, mean: number) => number) =>
  AWAY.reduce((sum, b) => sum + by(b.share, b.mean) * Math.exp(-threshold / b.mean), 0);

/** Share of time in which a node has been without its owner for longer than `threshold` min. */
export const usableShare = (threshold: number): number =>
  over(threshold, (share, mean) => share * mean) / CYCLE;

/** Recruitments of a node, a minute. */
export const recruitmentRate = (threshold: number): number => over(threshold, (share) => share) / CYCLE;

/** P(the owner of a node that is idle at a random time comes back within `s` seconds). */
export const returnWithin = (s: number): number => 1 - usableShare(s / 60) / usableShare(0);

/** Threshold with the greatest gain where a recruitment costs `cost` min: the hazard of the absence is 1/cost there. */
export function bestThreshold(cost: number): number {
  const hazard = (t: number) => over(t, (share, mean) => share / mean) / over(t, (share) => share);
  let [low, high] = [0, 120];
  if (hazard(0) <= 1 / cost) return 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (hazard(middle) > 1 / cost) low = middle;
    else high = middle;
  }
  return low;
}

/** P(at least k of n independent nodes), each with probability p. */
export function atLeast(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = k; i <= n; i++) {
    let term = 1;
    for (let j = 0; j < i; j++) term *= ((n - j) / (i - j)) * p;
    sum += term * (1 - p) ** (n - i);
  }
  return sum;
}

/** Minutes of a time as an experiment has it: `30s`, `1min`. */
export function minutesOf(text: string): number {
  return text.endsWith('min') ? Number.parseFloat(text) : Number.parseFloat(text) / 60;
}
