/**
 * Collectives as messages between two ranks: what one rank sends, receives and computes, in order. A receive is for
 * the next message from that rank within collectives.
 *
 *   barrier            dissemination, ceil(log2 P) rounds (Hensgen, Finkel and Manber 1988)
 *   bcast, reduce      binomial tree
 *   allreduce          recursive doubling; ranks above the largest power of two go through a partner below
 *   scan, exscan       recursive doubling
 *   gather, scatter    binomial tree, blocks of a subtree in one message
 *   gatherv, scatterv  straight to and from the root
 *   allgather          Bruck, ceil(log2 P) rounds (Bruck et al. 1997)
 *   allgatherv         ring
 *   alltoall(v)        pairwise: in round k to rank + k and from rank - k
 *   reducescatter      pairwise
 *
 * The flops that a trace gives a reduction are computed once the messages are in, as SimGrid's replay does.
 *
 * Left out: choice of the algorithm by size, as libraries make it; copies inside a rank.
 * Source of the others: Thakur, Rabenseifner and Gropp 2005 (MPICH).
 */
import { ACTION, ANY, type MessageProgram } from '../../workloads/messages/index.ts';

/** Steps of one rank in columns; filled anew for each collective. */
export class Steps {
  static readonly SEND = 0;
  static readonly RECEIVE = 1;
  static readonly COMPUTE = 2;
  count = 0;
  kind = new Uint8Array(64);
  peer = new Int32Array(64);
  /** Bytes, or flops. */
  amount = new Float64Array(64);

  send(peer: number, bytes: number): void {
    this.add(Steps.SEND, peer, bytes);
  }

  receive(peer: number): void {
    this.add(Steps.RECEIVE, peer, 0);
  }

  compute(flops: number): void {
    if (flops > 0) this.add(Steps.COMPUTE, ANY, flops);
  }

  private add(kind: number, peer: number, amount: number): void {
    if (this.count === this.kind.length) {
      const room = 2 * this.count;
      const [kinds, peers, amounts] = [this.kind, this.peer, this.amount];
      this.kind = new Uint8Array(room);
      this.peer = new Int32Array(room);
      this.amount = new Float64Array(room);
      this.kind.set(kinds);
      this.peer.set(peers);
      this.amount.set(amounts);
    }
    this.kind[this.count] = kind;
    this.peer[this.count] = peer;
    this.amount[this.count] = amount;
    this.count++;
  }
}

/** Puts what `rank` does in the collective at `action` of the program into `out`, which is emptied first. */
export function collectiveSteps(program: MessageProgram, action: number, rank: number, out: Steps): void {
  const { ranks, kind, peer, amount, second, vector, vectors } = program;
  out.count = 0;
  const bytes = amount[action]!;
  const flops = second[action]!;
  const root = peer[action]!;
  const at = vector[action]!;
  const size = (k: number) => vectors[at + k]!;
  switch (kind[action]) {
    case ACTION.barrier:
      for (let hop = 1; hop < ranks; hop *= 2) {
        out.send((rank + hop) % ranks, 0);
        out.receive((rank - hop + ranks) % ranks);
      }
      break;
    case ACTION.bcast:
      spread(ranks, rank, root, out, () => bytes);
      break;
    case ACTION.reduce:
      collect(ranks, rank, root, out, () => bytes);
      out.compute(flops);
      break;
    case ACTION.allreduce:
      doubling(ranks, rank, bytes, out);
      out.compute(flops);
      break;
    case ACTION.scan:
    case ACTION.exscan:
      for (let mask = 1; mask < ranks; mask *= 2) {
        const other = rank ^ mask;
        if (other >= ranks) continue;
        out.send(other, bytes);
        out.receive(other);
      }
      out.compute(flops);
      break;
    case ACTION.gather:
      collect(ranks, rank, root, out, (blocks) => blocks * bytes);
      break;
    case ACTION.scatter:
      spread(ranks, rank, root, out, (blocks) => blocks * bytes);
      break;
    case ACTION.gatherv:
      if (rank !== root) out.send(root, bytes);
      else for (let k = 1; k < ranks; k++) out.receive((root + k) % ranks);
      break;
    case ACTION.scatterv:
      if (rank !== root) out.receive(root);
      else for (let k = 1; k < ranks; k++) out.send((root + k) % ranks, size((root + k) % ranks));
      break;
    case ACTION.allgather:
      for (let have = 1; have < ranks; have *= 2) {
        out.send((rank - have + ranks) % ranks, Math.min(have, ranks - have) * bytes);
        out.receive((rank + have) % ranks);
      }
      break;
    case ACTION.allgatherv:
      for (let k = 0; k < ranks - 1; k++) {
        out.send((rank + 1) % ranks, size((rank - k + ranks) % ranks));
        out.receive((rank - 1 + ranks) % ranks);
      }
      break;
    case ACTION.alltoall:
      pairwise(ranks, rank, out, () => bytes);
      break;
    case ACTION.alltoallv:
      pairwise(ranks, rank, out, size);
      break;
    case ACTION.reducescatter:
      pairwise(ranks, rank, out, size);
      out.compute(flops);
      break;
    default:
      throw new Error(`action ${kind[action]} is no collective`);
  }
}

/** Ranks below `rank` (counted from the root) in the binomial tree, the nearest subtree of `mask` included. */
const below = (ranks: number, relative: number, mask: number) => Math.min(mask, ranks - relative);

/** Down the binomial tree from the root; `bytes` of a message for a subtree of so many ranks. */
function spread(
  ranks: number,
  rank: number,
  root: number,
  out: Steps,
  bytes: (blocks: number) => number,
): void {
  const relative = (rank - root + ranks) % ranks;
  let mask = 1;
  while (mask < ranks && (relative & mask) === 0) mask *= 2;
  if (relative !== 0) out.receive((relative - mask + root) % ranks);
  for (mask /= 2; mask >= 1; mask /= 2) {
    const child = relative + mask;
    if (child < ranks) out.send((child + root) % ranks, bytes(below(ranks, child, mask)));
  }
}

/** Up the binomial tree to the root. */
function collect(
  ranks: number,
  rank: number,
  root: number,
  out: Steps,
  bytes: (blocks: number) => number,
): void {
  const relative = (rank - root + ranks) % ranks;
  for (let mask = 1; mask < ranks; mask *= 2) {
    if ((relative & mask) !== 0) {
      out.send((relative - mask + root) % ranks, bytes(below(ranks, relative, mask)));
      return;
    }
    const child = relative + mask;
    if (child < ranks) out.receive((child + root) % ranks);
  }
}

function doubling(ranks: number, rank: number, bytes: number, out: Steps): void {
  let power = 1;
  while (2 * power <= ranks) power *= 2;
  if (rank >= power) {
    out.send(rank - power, bytes);
    out.receive(rank - power);
    return;
  }
  const outside = rank + power;
  if (outside < ranks) out.receive(outside);
  for (let mask = 1; mask < power; mask *= 2) {
    out.send(rank ^ mask, bytes);
    out.receive(rank ^ mask);
  }
  if (outside < ranks) out.send(outside, bytes);
}

function pairwise(ranks: number, rank: number, out: Steps, bytes: (to: number) => number): void {
  for (let k = 1; k < ranks; k++) {
    out.send((rank + k) % ranks, bytes((rank + k) % ranks));
    out.receive((rank - k + ranks) % ranks);
  }
}
