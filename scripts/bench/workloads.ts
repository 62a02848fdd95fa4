/**
 * The workloads by which event engines are compared, in this engine's own style: hold model, PHOLD, M/M/1,
 * and time-outs that are set anew before they expire. They are those of the programs in peers/: the same
 * generator (xoshiro128+), the same tables of increments, the same numbers of pending events.
 *
 * Run as a program it prints one JSON line, as the peers do, so that each measurement has a process of its
 * own: `node workloads.js hold 1e4 5e6 exp`, `... phold 1000 10 3e6`, `... mm1 2e6 process|event`,
 * `... timers 1e4 5e6`.
 */
import { fileURLToPath } from 'node:url';
import { Engine } from '../../sim/engine/engine.ts';
import { Pool } from '../../sim/engine/pools.ts';
import { Timers } from '../../sim/engine/timers.ts';

export interface Measured {
  readonly workload: string;
  /** Events (customers for mm1) timed. */
  readonly events: number;
  readonly cpu_ns: number;
  readonly wall_s: number;
  /** Bytes of the event queue per pending event, where that is what the workload is about. */
  readonly bytes_per_event: number | null;
  /** A result of the run, to be compared with the peers' or with theory. */
  readonly check: number;
  readonly rss_mb: number;
}

export type Increments = 'exp' | 'bimodal';

const TABLE = 8192;
const TO_UNIT = 2 ** -32;
/** Events before the clock starts, so that V8 has compiled what will run. */
const WARM_UP = 200_000;

/** Handles at least WARM_UP events untimed, in parts, so that leaving and entering the loop is compiled too. */
function warmUp(engine: Engine, events: number): void {
  for (let part = 0; part < 4; part++) engine.run(Infinity, Math.max(events, WARM_UP) / 4);
}

/** xoshiro128+ as in peers/cpp/common.h. */
class Xoshiro {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  constructor(seed: number) {
    const words: number[] = [];
    let z = seed | 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e37_79b9) | 0;
      let x = z;
      x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
      x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
      words.push(x ^ (x >>> 16));
    }
    [this.a, this.b, this.c, this.d] = words as [number, number, number, number];
  }

  next(): number {
    const out = (this.a + this.d) | 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return out >>> 0;
  }

  unit(): number {
    return (this.next() + 0.5) * TO_UNIT;
  }

  exponential(): number {
    return -Math.log(this.unit());
  }
}

function increments(law: Increments): Float64Array {
  const random = new Xoshiro(12345);
  return Float64Array.from({ length: TABLE }, () => {
    if (law === 'exp') return random.exponential();
    const a = random.unit();
    return 0.95238 * a + (random.unit() < 0.1 ? 9.5238 : 0);
  });
}

/** Runs `work`, which handles events and returns a check, under the processor's and the wall clock. */
function timed(workload: string, events: number, work: () => { check: number; bytes?: number }): Measured {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const { check, bytes } = work();
  const used = process.cpuUsage(cpu);
  return {
    workload,
    events,
    cpu_ns: ((used.user + used.system) * 1e3) / events,
    wall_s: (performance.now() - wall) / 1e3,
    bytes_per_event: bytes ?? null,
    check,
    rss_mb: process.resourceUsage().maxRSS / 1024,
  };
}

/** Hold model: each of `holds` events, of four kinds, schedules its successor; `pending` are pending throughout. */
export function hold(pending: number, holds: number, law: Increments): Measured {
  const table = increments(law);
  const random = new Xoshiro(777);
  const engine = new Engine({ expected: pending });
  const counts = new Float64Array(4);
  let drawn = 0;
  const types: number[] = [];
  for (let kind = 0; kind < 4; kind++) {
    const type = engine.on((entity) => {
      counts[kind]! += kind + 1;
      engine.schedule(table[drawn++ & (TABLE - 1)]!, type, entity);
    }, `kind ${kind}`);
    types.push(type);
  }
  for (let i = 0; i < pending; i++) {
    engine.scheduleAt(table[random.next() & (TABLE - 1)]! * random.unit(), types[i & 3]!, i);
  }
  warmUp(engine, Math.min(holds, 2 * pending));
  return timed(`hold-${law}-${pending}`, holds, () => {
    engine.run(Infinity, holds);
    return { check: engine.now, bytes: engine.queue.bytes / pending };
  });
}

/** PHOLD: `nodes` logical processes with `each` messages; every message goes on to a random process. */
export function phold(nodes: number, each: number, messages: number): Measured {
  const random = new Xoshiro(999);
  const engine = new Engine({ expected: nodes * each });
  const received = new Int32Array(nodes);
  const receive = engine.on((node) => {
    received[node]!++;
    const to = Math.floor(random.next() * TO_UNIT * nodes);
    engine.schedule(0.1 + 0.9 * random.exponential(), receive, to);
  }, 'receive');
  for (let node = 0; node < nodes; node++) {
    for (let k = 0; k < each; k++) engine.scheduleAt(0.1 + 0.9 * random.exponential(), receive, node);
  }
  warmUp(engine, Math.min(messages, 2 * nodes * each));
  return timed(`phold-${nodes}-${each}`, messages, () => {
    engine.run(Infinity, messages);
    return { check: engine.now };
  });
}

/** M/M/1 at load 0.8, a generator process per customer. The check is the mean response time (5 in theory). */
export function mm1Process(customers: number): Measured {
  const random = new Xoshiro(4242);
  const engine = new Engine();
  const counter = new Pool(engine, 1);
  let sum = 0;
  let arrived = 0;
  function* customer() {
    const came = engine.now;
    if (!counter.acquire()) yield;
    engine.hold(random.exponential());
    yield;
    counter.release();
    sum += engine.now - came;
  }
  function* arrivals() {
    for (let i = 0; i < customers; i++) {
      engine.hold(random.exponential() / 0.8);
      yield;
      arrived++;
      engine.spawn(customer(), 'customer');
    }
  }
  engine.spawn(arrivals(), 'arrivals');
  warmUp(engine, 0);
  return timed('mm1-process', customers - arrived, () => {
    engine.run();
    return { check: sum / customers };
  });
}

/** M/M/1 at load 0.8 by two handlers. The check equals that of the C++ programs. */
export function mm1Event(customers: number): Measured {
  const random = new Xoshiro(4242);
  const engine = new Engine();
  let waiting = new Float64Array(1024);
  let head = 0;
  let tail = 0;
  let busy = false;
  let arrived = 0;
  let sum = 0;
  const departure = engine.on(() => {
    sum += engine.now - engine.payload;
    if (head === tail) busy = false;
    else engine.schedule(random.exponential(), departure, 0, waiting[head++ & (waiting.length - 1)]!);
  }, 'departure');
  const arrival = engine.on(() => {
    if (busy) {
      if (tail - head === waiting.length) {
        const wider = new Float64Array(2 * waiting.length);
        for (let i = head; i < tail; i++) wider[i & (wider.length - 1)] = waiting[i & (waiting.length - 1)]!;
        waiting = wider;
      }
      waiting[tail++ & (waiting.length - 1)] = engine.now;
    } else {
      busy = true;
      engine.schedule(random.exponential(), departure, 0, engine.now);
    }
    if (++arrived < customers) engine.schedule(random.exponential() / 0.8, arrival, 0);
  }, 'arrival');
  engine.schedule(random.exponential() / 0.8, arrival, 0);
  warmUp(engine, 0);
  return timed('mm1-event', customers - arrived, () => {
    engine.run();
    return { check: sum / customers };
  });
}

/**
 * Time-outs that never expire: each event of an entity sets its time-out of ten mean gaps anew, by timers or by
 * cancelling and scheduling. The check is the memory of the queue at the end over that half way (1 if it is
 * bounded); two events are pending for each entity.
 */
export function timeouts(entities: number, events: number, style: 'timers' | 'cancel'): Measured {
  const table = increments('exp');
  const engine = new Engine();
  const random = new Xoshiro(9);
  let drawn = 0;
  const timers = new Timers(engine, () => {}, entities, 'time-out');
  const expire = engine.on((entity) => {
    handles[entity] = -1;
  }, 'time-out');
  const handles = new Float64Array(entities).fill(-1);
  const act = engine.on((entity) => {
    if (style === 'timers') timers.set(entity, engine.now + 10);
    else {
      if (handles[entity]! >= 0) engine.cancel(handles[entity]!);
      handles[entity] = engine.schedule(10, expire, entity);
    }
    engine.schedule(table[drawn++ & (TABLE - 1)]!, act, entity);
  }, 'act');
  for (let i = 0; i < entities; i++) engine.schedule(table[i & (TABLE - 1)]! * random.unit(), act, i);
  warmUp(engine, 20 * entities);
  return timed(`timeouts-${style}-${entities}`, events, () => {
    engine.run(Infinity, events / 2);
    const half = engine.queue.bytes;
    engine.run(Infinity, events / 2);
    return { check: engine.queue.bytes / half, bytes: engine.queue.bytes / engine.pending };
  });
}

/** One workload from the words of a command line. */
export function measure(words: readonly string[]): Measured {
  const [workload, a, b, c] = words;
  if (workload === 'hold') return hold(Number(a), Number(b), c === 'bimodal' ? 'bimodal' : 'exp');
  if (workload === 'phold') return phold(Number(a), Number(b), Number(c));
  if (workload === 'mm1') return b === 'event' ? mm1Event(Number(a)) : mm1Process(Number(a));
  if (workload === 'timeouts') return timeouts(Number(a), Number(b), c === 'cancel' ? 'cancel' : 'timers');
  throw new RangeError(`no workload "${workload}"`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(measure(process.argv.slice(2))));
}
