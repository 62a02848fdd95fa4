/** Closed forms that several parts are held against. */

/** C1: mean response of M/M/c, service 1 s (Erlang C). */
export function erlang(servers: number, load: number): number {
  let sum = 0;
  let term = 1;
  for (let k = 0; k < servers; k++) {
    sum += term;
    term *= (servers * load) / (k + 1);
  }
  const waiting = term / (1 - load) / (sum + term / (1 - load));
  return 1 + waiting / (servers * (1 - load));
}
