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

/** C3: mean response of JSQ(d), service 1 s, infinitely many nodes (Mitzenmacher 2001). */
export function joinShortest(d: number, load: number): number {
  let sum = 0;
  for (let i = 1; i < 200; i++) {
    const power = d === 1 ? i - 1 : (d ** i - d) / (d - 1);
    const term = load ** power;
    sum += term;
    if (term < 1e-15) break;
  }
  return sum;
}

/**
 * C2: mean response and share of jobs moved, service 1 s, infinitely many nodes, nothing costs anything (L004, L005).
 * `probes` 0: Random, one move, unseen.
 */
export function thresholdLimit(
  load: number,
  threshold: number,
  probes: number,
): { response: number; moved: number } {
  const rates = (p: number) =>
    probes === 0
      ? { low: load + load * p, high: load * p }
      : { low: load + (load * p * (1 - p ** probes)) / (1 - p), high: load * p ** probes };
  const weights = (p: number) => {
    const { low, high } = rates(p);
    let below = 0;
    let jobs = 0;
    for (let n = 0; n < threshold; n++) {
      below += low ** n;
      jobs += n * low ** n;
    }
    const tail = low ** threshold / (1 - high);
    return {
      share: tail / (below + tail),
      jobs: (jobs + tail * (threshold + high / (1 - high))) / (below + tail),
    };
  };
  // The share of nodes at or above the threshold that arrivals at those rates would lead to falls with the share assumed.
  let least = 0;
  let most = 1 - 1e-12;
  for (let i = 0; i < 200; i++) {
    const p = (least + most) / 2;
    const stable = rates(p).high < 1;
    if (stable && weights(p).share > p) least = p;
    else most = p;
  }
  const p = (least + most) / 2;
  return { response: weights(p).jobs / load, moved: probes === 0 ? p : p * (1 - p ** probes) };
}
