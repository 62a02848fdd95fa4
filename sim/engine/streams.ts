/**
 * Random streams: one per purpose, and one per (purpose, entity).
 *
 * The state of a stream comes from hashing (seed, replication, purpose) through seedrandom, so a new purpose
 * moves no other stream; the state of entity i is an integer hash of the purpose's seed and i, so the numbers
 * of entity i do not depend on how many entities there are. Compared policies therefore meet the same owners
 * and jobs (common random numbers).
 *
 * The generator is sfc32 (C. Doty-Humphrey, PractRand; 128 bits of state, period at least 2^32 for every
 * state and about 2^127 on average), because seedrandom's own generators keep 400 bytes or more a stream and
 * cost a cache miss each when thousands are drawn from in turn; here a bank is a column of 16 bytes an entity.
 * Numbers have 32 bits: (k + 1/2) / 2^32, never 0 and never 1, so the largest exponential is 22.9 means.
 */
import seedrandom from 'seedrandom';

/** Where random numbers come from. */
export interface Source {
  /** Uniform in the open interval (0, 1), 32 bits. */
  next(): number;
}

const TO_UNIT = 2 ** -32;
/** Rounds thrown away after seeding; sfc32's author takes 12. */
const WARM_UP = 12;
const GOLDEN = 0x9e37_79b9;

/** One sfc32 generator. */
class Stream implements Source {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(a: number, b: number, c: number) {
    this.a = a;
    this.b = b;
    this.c = c;
    for (let i = 0; i < WARM_UP; i++) this.next();
  }

  next(): number {
    const out = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + out) | 0;
    return ((out >>> 0) + 0.5) * TO_UNIT;
  }
}

/** The streams of one purpose, one per entity: columns of sfc32 state, 16 bytes an entity. */
export class StreamBank {
  readonly entities: number;
  private readonly seeds: Int32Array;
  /** Empty until the first number is asked for. */
  private state = new Int32Array(0);
  private readonly view: BankView;

  /** `seeds`: at least three words that stand for the purpose. */
  constructor(seeds: Int32Array, entities: number) {
    this.entities = entities;
    this.seeds = seeds;
    this.view = new BankView(this);
  }

  private begin(): void {
    const { seeds, entities } = this;
    this.state = new Int32Array(4 * entities);
    for (let i = 0; i < entities; i++) {
      // For given seeds each word is a bijection of i: no two entities share a state.
      this.state[4 * i] = mix(seeds[0]! ^ mix(i + GOLDEN));
      this.state[4 * i + 1] = mix(seeds[1]! ^ mix(i + 2 * GOLDEN));
      this.state[4 * i + 2] = mix(seeds[2]! ^ mix(i + 3 * GOLDEN));
      this.state[4 * i + 3] = 1;
      for (let k = 0; k < WARM_UP; k++) this.next(i);
    }
  }

  /** The next number of entity `i`, uniform in (0, 1). */
  next(i: number): number {
    if (this.state.length === 0) this.begin();
    const state = this.state;
    const at = i << 2;
    const b = state[at + 1]!;
    const c = state[at + 2]!;
    const counter = state[at + 3]!;
    const out = (((state[at]! + b) | 0) + counter) | 0;
    state[at] = b ^ (b >>> 9);
    state[at + 1] = (c + (c << 3)) | 0;
    state[at + 2] = (((c << 21) | (c >>> 11)) + out) | 0;
    state[at + 3] = (counter + 1) | 0;
    return ((out >>> 0) + 0.5) * TO_UNIT;
  }

  /** The stream of entity `i` as a source, for laws. One object serves all: it is `i`'s until the next `at`. */
  at(i: number): Source {
    if (!(i >= 0 && i < this.entities)) throw new RangeError(`no stream ${i}: the bank has ${this.entities}`);
    this.view.entity = i;
    return this.view;
  }
}

class BankView implements Source {
  entity = 0;
  private readonly bank: StreamBank;

  constructor(bank: StreamBank) {
    this.bank = bank;
  }

  next(): number {
    return this.bank.next(this.entity);
  }
}

/** All random streams of one run. */
export class Streams {
  private readonly seed: string;
  private readonly replication: number;
  private readonly named = new Map<string, Source>();

  /** `seed` of the experiment (1 and '1' are the same) and number of the replication. */
  constructor(seed: number | string, replication: number) {
    this.seed = String(seed);
    this.replication = replication;
  }

  /** The same streams, each at its beginning. */
  again(): Streams {
    return new Streams(this.seed, this.replication);
  }

  /** The stream of `purpose`. Asking again gives the same stream, not a copy: one consumer, one purpose. */
  stream(purpose: string): Source {
    let stream = this.named.get(purpose);
    if (stream === undefined) {
      const seeds = this.seeds('stream', purpose);
      stream = new Stream(seeds[0]!, seeds[1]!, seeds[2]!);
      this.named.set(purpose, stream);
    }
    return stream;
  }

  /** New streams of `purpose` for entities 0 .. `entities` - 1, each at its beginning. */
  bank(purpose: string, entities: number): StreamBank {
    return new StreamBank(this.seeds('bank', purpose), entities);
  }

  private seeds(kind: string, purpose: string): Int32Array {
    const generator = seedrandom(JSON.stringify([this.seed, this.replication, kind, purpose]));
    return Int32Array.from({ length: 3 }, () => generator.int32());
  }
}

/** The finaliser of MurmurHash3 (A. Appleby): a bijection of 32-bit integers in which every bit moves every other. */
function mix(x: number): number {
  let h = x | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
