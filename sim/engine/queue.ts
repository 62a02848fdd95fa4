/**
 * The event queue: a ladder queue over one block of 32-byte records, exact on (time, order), amortised
 * constant time per event, with cancellation.
 *
 * Parts, from the far future to now:
 *   top     unsorted chains of everything at or after `topStart`
 *   rungs   up to 8 nested rows of buckets; a bucket with too many events becomes the next, finer rung
 *   bottom  the nearest events, sorted, taken from the end of two parallel columns
 *   instant first in, first out: events put at the present time; never searched, so that bursts stay linear
 * With few events pending everything lives in the bottom alone.
 *
 * Why it is written so: time, order, type, entity, link and payload of an event share one cache line;
 * `push` is short enough for V8 to inline it into the caller, so that a time never becomes a heap number on
 * its way across a call; the fields of the event taken are left in members instead of being returned. An
 * event belongs to the bucket given by one float expression used everywhere, so rounding can misplace nothing.
 *
 * Cancelling leaves a tombstone; when the dead outnumber the living all tombstones are swept out, so memory
 * stays within twice the living. A slot carries a generation, raised when it is freed, so that a handle kept
 * too long never hits another event; a slot whose generations are used up is retired (32 bytes in 524,288 uses).
 *
 * Source: Tang, Goh, Thng, "Ladder queue: an O(1) priority queue structure for large-scale discrete event
 * simulation", ACM TOMACS 15(3), 2005; bottom, instant and cancellation are our own.
 */

/**
 * Offsets in the Int32 view of a record (8 words); its time is Float64 word 0, its payload Float64 word 3. What
 * chains are walked for (time, link, tag) fills the first half: buffers are aligned to 16 bytes only, so that
 * every other record lies across two cache lines.
 */
const LINK = 2;
const TAG = 3;
const ORDER = 4;
const ENTITY = 5;
const PAYLOAD = 3;

/** A tag is dead (1 bit) | generation (19 bits) | type (12 bits). */
const TYPE_BITS = 12;
export const TYPE_LIMIT = 1 << TYPE_BITS;
const TYPE_MASK = TYPE_LIMIT - 1;
const DEAD = 1 << 31;
const LIVE_MASK = 0x7fff_ffff;

/** A handle is generation * SLOT_LIMIT + slot: exact in a float. */
const SLOT_LIMIT = 2 ** 26;

/** The order counter is renumbered when it gets here. */
export const ORDER_LIMIT = 0x7fff_fff0;

const MAX_RUNGS = 8;
/** Of a rung: where it starts, buckets per unit of time, the first bucket not yet taken (Infinity: all are). */
const START = 0;
const SCALE = 1;
const NEXT = 2;
/** A bucket with at most this many events is sorted into the bottom at once. */
const SORT_AT_ONCE = 32;
/** With at most this many events, top and rungs are left alone. */
const SMALL = 24;
/** The bottom may grow by insertion to this length before its far end is moved out ... */
const SPILL = 48;
/** ... and this many stay. */
const KEEP = 16;
/** Chains of top, a power of two: walked side by side. */
const CHAINS = 8;
/** From this many records on, chains of coming buckets are walked ahead to overlap cache misses. */
const WALK_AHEAD = 65_536;
/** Tombstones are left alone up to this number. */
const PURGE_ABOVE = 1024;
/** Blocks double up to this many records and grow by 10 % from there (at most 36 bytes a pending event). */
const DOUBLING_UP_TO = 65_536;
const RUN = 16;
/**
 * Bytes from the start of a buffer to the first record. Large blocks of the GNU C library begin 16 bytes into a
 * page; from here on no record lies across two cache lines (10 % at a million pending events).
 */
const ALIGN = 48;

/** Orders set aside by `reserve()`; entries below 0 are empty. Renumbered together with the queue. */
export interface Reservations {
  orders: Int32Array;
}

export class LadderQueue {
  /** Time of the event taken last, or that `advance` set. */
  time = 0.5;
  /** Type, entity and payload of the event taken last. */
  type = 0;
  entity = 0;
  payload = 0.5;
  /** `pop` takes nothing later than this. */
  limit = Infinity;

  private dead = 0;
  private order = 0;

  private ints: Int32Array;
  private floats: Float64Array;
  private capacity = 0;
  private free = -1;

  private readonly topHeads = new Int32Array(CHAINS).fill(-1);
  private topCount = 0;
  private topMin = Infinity;
  private topMax = -Infinity;
  /** Infinity while everything fits the bottom. */
  private topStart = Infinity;

  private rungs = 0;
  /** By rung: START, SCALE and NEXT, in one column since they are used together. */
  private readonly rungLaws = new Float64Array(4 * MAX_RUNGS).fill(Infinity);
  private readonly rungBuckets = new Int32Array(MAX_RUNGS);
  private readonly rungCount = new Int32Array(MAX_RUNGS);
  private readonly rungHeads: Int32Array[] = [];
  /** Buckets of the last rung before this one have been walked ahead. */
  private walkedTo = 0;
  /** Records that the last `sortIn` walked. */
  private walked = 0;

  /** Descending (time, order): the next event is the last entry. */
  private bottomTimes = new Float64Array(256);
  private bottomSlots = new Int32Array(256);
  private bottomCount = 0;
  private spillAt = SPILL;
  private mergeTimes = new Float64Array(256);
  private mergeSlots = new Int32Array(256);

  private instant = new Int32Array(64);
  private instantHead = 0;
  private instantTail = 0;

  private readonly reservations: Reservations[] = [];

  /** `expected`: pending events to make room for; the block grows beyond it when needed. */
  constructor(expected = 64) {
    this.ints = new Int32Array(0);
    this.floats = new Float64Array(0);
    this.allocate(Math.max(64, Math.ceil(expected)));
    for (let r = 0; r < MAX_RUNGS; r++) this.rungHeads.push(new Int32Array(64).fill(-1));
    // The members above start as fractions so that V8 gives them float fields from the first instance on.
    this.time = 0;
    this.payload = 0;
  }

  /** Events pending, cancelled ones excluded. */
  get pending(): number {
    return this.held() - this.dead;
  }

  /** Bytes held by all columns of the queue. */
  get bytes(): number {
    let sum = this.ints.byteLength + this.instant.byteLength;
    sum += 2 * (this.bottomTimes.byteLength + this.bottomSlots.byteLength);
    for (const heads of this.rungHeads) sum += heads.byteLength;
    return sum;
  }

  /**
   * Puts an event at `time` (finite, not before `this.time`; the caller has checked) and returns its slot.
   * Events at one time are taken in the order in which they were put.
   */
  push(time: number, type: number, entity: number, payload: number): number {
    const slot = this.free;
    this.floats[slot << 2] = time;
    this.floats[(slot << 2) | PAYLOAD] = payload;
    this.place(slot, type, entity);
    return slot;
  }

  /** As `push`, at a time after `this.time`, with an order that `reserve` set aside. */
  pushReserved(time: number, type: number, entity: number, order: number): number {
    const slot = this.free;
    this.floats[slot << 2] = time;
    this.floats[(slot << 2) | PAYLOAD] = 0;
    this.fill(slot, type, entity, order);
    if (time >= this.topStart) this.toTop(slot, time);
    else {
      const laws = this.rungLaws;
      let r = 0;
      while (
        r < this.rungs &&
        (time - laws[(r << 2) | START]!) * laws[(r << 2) | SCALE]! < laws[(r << 2) | NEXT]!
      ) {
        r++;
      }
      if (r < this.rungs) this.toRung(r, time, slot);
      else this.insert(time, slot, order);
    }
    return slot;
  }

  /** Sets an order aside, as if an event had been put now. */
  reserve(): number {
    if (this.order >= ORDER_LIMIT) this.renumber();
    return this.order++;
  }

  /** Makes `reservations` follow the renumbering of orders. */
  follow(reservations: Reservations): void {
    this.reservations.push(reservations);
  }

  /** The handle by which the event in `slot` can be cancelled, for as long as one likes. */
  handleOf(slot: number): number {
    return (this.ints[(slot << 3) | TAG]! >>> TYPE_BITS) * SLOT_LIMIT + slot;
  }

  /** Time of the pending event in `slot`. */
  timeOf(slot: number): number {
    return this.floats[slot << 2]!;
  }

  /** Payload of the pending event in `slot`. */
  payloadOf(slot: number): number {
    return this.floats[(slot << 2) | PAYLOAD]!;
  }

  setPayload(slot: number, payload: number): void {
    this.floats[(slot << 2) | PAYLOAD] = payload;
  }

  /** Cancels the event that `handle` names; false if it has been taken or cancelled already. */
  cancel(handle: number): boolean {
    const generation = Math.floor(handle / SLOT_LIMIT);
    const slot = handle - generation * SLOT_LIMIT;
    if (!(slot >= 0 && slot < this.capacity)) return false;
    const tag = this.ints[(slot << 3) | TAG]!;
    // A free or cancelled slot has the dead bit, so its unsigned generation is out of a handle's range.
    if (tag >>> TYPE_BITS !== generation) return false;
    this.cancelSlot(slot);
    return true;
  }

  /** Cancels the event in `slot`, which is known to be pending. */
  cancelSlot(slot: number): void {
    const at = (slot << 3) | TAG;
    this.ints[at] = this.ints[at]! | DEAD;
    this.dead++;
    if (this.dead > PURGE_ABOVE && this.dead * 2 > this.held()) this.purge();
  }

  /** Events held in all parts, tombstones included: added up when asked for, so that no event pays for a count. */
  private held(): number {
    let sum = this.topCount + this.bottomCount;
    for (let r = 0; r < this.rungs; r++) sum += this.rungCount[r]!;
    return sum + ((this.instantTail - this.instantHead) & (this.instant.length - 1));
  }

  /** Moves the clock to `time`; the caller knows that nothing is pending before it. */
  advance(time: number): void {
    this.time = time;
  }

  /** Takes the next event not later than `limit` into the members; false if there is none. */
  pop(): boolean {
    const last = this.bottomCount - 1;
    if (last < 0 || this.instantHead !== this.instantTail) return this.popSlow();
    const slot = this.bottomSlots[last]!;
    const ints = this.ints;
    const base = slot << 3;
    const tag = ints[base | TAG]!;
    const time = this.bottomTimes[last]!;
    if (tag < 0 || time > this.limit) return this.popSlow();
    this.bottomCount = last;
    this.time = time;
    this.type = tag & TYPE_MASK;
    this.entity = ints[base | ENTITY]!;
    this.payload = this.floats[(slot << 2) | PAYLOAD]!;
    this.release(slot, base, tag);
    return true;
  }

  /** Time of the next event, Infinity if there is none. Changes nothing that can be seen. */
  peek(): number {
    for (;;) {
      let slot: number;
      let time: number;
      const fromInstant = this.instantIsNext();
      if (fromInstant) {
        slot = this.instant[this.instantHead]!;
        time = this.time;
      } else {
        if (this.bottomCount === 0 && !this.refill()) return Infinity;
        slot = this.bottomSlots[this.bottomCount - 1]!;
        time = this.bottomTimes[this.bottomCount - 1]!;
      }
      if (this.ints[(slot << 3) | TAG]! >= 0) return time;
      if (fromInstant) this.instantHead = (this.instantHead + 1) & (this.instant.length - 1);
      else this.bottomCount--;
      this.bury(slot);
    }
  }

  /** Is the next event in the instant row? Events at this time in the bottom were put earlier. */
  private instantIsNext(): boolean {
    if (this.instantHead === this.instantTail) return false;
    const count = this.bottomCount;
    return count === 0 || this.bottomTimes[count - 1]! !== this.time;
  }

  private popSlow(): boolean {
    const next = this.peek();
    if (next > this.limit || next === Infinity) return false;
    let slot: number;
    if (this.instantIsNext()) {
      slot = this.instant[this.instantHead]!;
      this.instantHead = (this.instantHead + 1) & (this.instant.length - 1);
    } else {
      slot = this.bottomSlots[--this.bottomCount]!;
      this.time = next;
    }
    const base = slot << 3;
    const tag = this.ints[base | TAG]!;
    this.type = tag & TYPE_MASK;
    this.entity = this.ints[base | ENTITY]!;
    this.payload = this.floats[(slot << 2) | PAYLOAD]!;
    this.release(slot, base, tag);
    return true;
  }

  /** Gives a slot back, with its next generation; `tag` without the dead bit. */
  private release(slot: number, base: number, tag: number): void {
    const next = ((tag | TYPE_MASK) + 1) | 0;
    this.ints[base | TAG] = next | DEAD;
    // Overflow: this slot's generations are used up; it is never linked into the free chain again.
    if (next < 0) return;
    this.ints[base | LINK] = this.free;
    this.free = slot;
  }

  /** Gives the slot of a tombstone back. */
  private bury(slot: number): void {
    this.dead--;
    this.release(slot, slot << 3, this.ints[(slot << 3) | TAG]! & LIVE_MASK);
  }

  /** More records, when none is free. */
  private grow(): void {
    const old = this.capacity;
    const wanted = old < DOUBLING_UP_TO ? old * 2 : Math.ceil(old * 1.1);
    if (old >= SLOT_LIMIT) throw new RangeError(`more than ${SLOT_LIMIT} events pending`);
    this.allocate(Math.min(wanted, SLOT_LIMIT));
  }

  private allocate(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * 32 + 64);
    const ints = new Int32Array(buffer, ALIGN, capacity * 8);
    ints.set(this.ints);
    const from = this.capacity;
    for (let slot = from; slot < capacity; slot++) {
      ints[(slot << 3) | LINK] = slot + 1;
      ints[(slot << 3) | TAG] = DEAD;
    }
    ints[((capacity - 1) << 3) | LINK] = -1;
    this.free = from;
    this.capacity = capacity;
    this.ints = ints;
    this.floats = new Float64Array(buffer, ALIGN, capacity * 4);
  }

  /** Takes the first free slot, whose time and payload stand in it, for an event. There is always a free slot. */
  private fill(slot: number, type: number, entity: number, order: number): void {
    const ints = this.ints;
    const base = slot << 3;
    this.free = ints[base | LINK]!;
    ints[base | ORDER] = order;
    ints[base | TAG] = (ints[base | TAG]! & LIVE_MASK) | type;
    ints[base | ENTITY] = entity;
    if (this.free < 0) this.grow();
  }

  /**
   * Makes the first free slot an event and links it where it belongs. Left in one piece, too long for V8 to
   * inline: what is inlined into handlers is `push`, and its room is bounded.
   */
  private place(slot: number, type: number, entity: number): void {
    if (this.order >= ORDER_LIMIT) this.renumber();
    this.fill(slot, type, entity, this.order++);
    const ints = this.ints;
    const time = this.floats[slot << 2]!;
    if (time >= this.topStart) {
      const chain = this.topCount++ & (CHAINS - 1);
      ints[(slot << 3) | LINK] = this.topHeads[chain]!;
      this.topHeads[chain] = slot;
      if (time < this.topMin) this.topMin = time;
      if (time > this.topMax) this.topMax = time;
      return;
    }
    const rungs = this.rungs;
    const laws = this.rungLaws;
    for (let r = 0; r < rungs; r++) {
      const position = (time - laws[(r << 2) | START]!) * laws[(r << 2) | SCALE]!;
      if (position >= laws[(r << 2) | NEXT]!) {
        const buckets = this.rungBuckets[r]!;
        const bucket = position < buckets ? position | 0 : buckets - 1;
        const heads = this.rungHeads[r]!;
        ints[(slot << 3) | LINK] = heads[bucket]!;
        heads[bucket] = slot;
        this.rungCount[r]!++;
        return;
      }
    }
    if (time === this.time) {
      this.instant[this.instantTail] = slot;
      this.instantTail = (this.instantTail + 1) & (this.instant.length - 1);
      if (this.instantTail === this.instantHead) this.growInstant();
      return;
    }
    // Sorted insertion; the newest of its time goes before (is taken after) all others of that time.
    const times = this.bottomTimes;
    const slots = this.bottomSlots;
    let i = this.bottomCount++;
    while (i > 0 && times[i - 1]! <= time) {
      times[i] = times[i - 1]!;
      slots[i] = slots[i - 1]!;
      i--;
    }
    times[i] = time;
    slots[i] = slot;
    if (this.bottomCount > this.spillAt) this.spill();
  }

  private toTop(slot: number, time: number): void {
    const chain = this.topCount++ & (CHAINS - 1);
    this.ints[(slot << 3) | LINK] = this.topHeads[chain]!;
    this.topHeads[chain] = slot;
    if (time < this.topMin) this.topMin = time;
    if (time > this.topMax) this.topMax = time;
  }

  private toRung(r: number, time: number, slot: number): void {
    const position = (time - this.rungLaws[(r << 2) | START]!) * this.rungLaws[(r << 2) | SCALE]!;
    const buckets = this.rungBuckets[r]!;
    const bucket = position < buckets ? position | 0 : buckets - 1;
    const heads = this.rungHeads[r]!;
    this.ints[(slot << 3) | LINK] = heads[bucket]!;
    heads[bucket] = slot;
    this.rungCount[r]!++;
  }

  /** Sorted insertion into the bottom of an event whose order need not be the newest. */
  private insert(time: number, slot: number, order: number): void {
    const times = this.bottomTimes;
    const slots = this.bottomSlots;
    let i = this.bottomCount++;
    while (i > 0) {
      const other = times[i - 1]!;
      if (other > time || (other === time && this.ints[(slots[i - 1]! << 3) | ORDER]! > order)) break;
      times[i] = other;
      slots[i] = slots[i - 1]!;
      i--;
    }
    times[i] = time;
    slots[i] = slot;
    if (this.bottomCount > this.spillAt) this.spill();
  }

  private growInstant(): void {
    const old = this.instant;
    const mask = old.length - 1;
    const wider = new Int32Array(2 * old.length);
    for (let i = 0; i < old.length; i++) wider[i] = old[(this.instantHead + i) & mask]!;
    this.instant = wider;
    this.instantHead = 0;
    this.instantTail = old.length;
  }

  /** Room for `count` entries in the bottom beside what may be inserted before the next spill. */
  private widenBottom(count: number): void {
    if (this.bottomTimes.length > count + SPILL) return;
    const length = 2 * (count + SPILL);
    const times = new Float64Array(length);
    const slots = new Int32Array(length);
    times.set(this.bottomTimes);
    slots.set(this.bottomSlots);
    this.bottomTimes = times;
    this.bottomSlots = slots;
    this.mergeTimes = new Float64Array(length);
    this.mergeSlots = new Int32Array(length);
  }

  /**
   * The bottom has become long: moves all but its nearest events (and their ties) to a new rung or to top. Where too
   * many are of one time they go too, and whatever comes for that time goes after them: insertion would shift them all.
   */
  private spill(): void {
    const times = this.bottomTimes;
    const slots = this.bottomSlots;
    const count = this.bottomCount;
    let moved = count - KEEP;
    const cut = times[moved - 1]!;
    let before = moved;
    while (before > 0 && times[before - 1] === cut) before--;
    let low = following(cut);
    // What is due now stays: the instant row comes after it.
    if (count - before > SPILL && cut > this.time) {
      while (moved < count && times[moved] === cut) moved++;
      low = cut;
    } else moved = before;
    const toTop = this.rungs === 0 && this.topStart === Infinity;
    const high = times[0]! > low ? times[0]! : low + Math.max(1, Math.abs(low) * 1e-6);
    if (moved === 0 || !(toTop || this.openRung(moved, low, high))) {
      this.spillAt = 2 * count;
      this.widenBottom(this.spillAt);
      return;
    }
    if (toTop) {
      this.topStart = low;
      for (let i = 0; i < moved; i++) this.toTop(slots[i]!, times[i]!);
    } else {
      const rung = this.rungs - 1;
      for (let i = 0; i < moved; i++) this.toRung(rung, times[i]!, slots[i]!);
    }
    times.copyWithin(0, moved, count);
    slots.copyWithin(0, moved, count);
    this.bottomCount = count - moved;
  }

  /** Opens the next rung over [low, high] for `count` events; false where floats are too coarse, or rungs too many. */
  private openRung(count: number, low: number, high: number): boolean {
    if (this.rungs === MAX_RUNGS) return false;
    // A bucket an event: short buckets are sorted with few comparisons that cannot be foreseen.
    const buckets = count + 8;
    const width = (high - low) / buckets;
    const scale = 1 / width;
    if (!(width > 0) || !(scale < Infinity) || low + width <= low || high - width >= high) return false;
    const r = this.rungs++;
    this.rungLaws[(r << 2) | START] = low;
    this.rungLaws[(r << 2) | SCALE] = scale;
    this.rungLaws[(r << 2) | NEXT] = 0;
    this.rungBuckets[r] = buckets;
    this.rungCount[r] = 0;
    this.walkedTo = 0;
    // Room for eight chains to be walked from any bucket on.
    if (this.rungHeads[r]!.length < buckets + 8) {
      this.rungHeads[r] = new Int32Array(Math.ceil(buckets * 1.05) + 8).fill(-1);
    }
    return true;
  }

  /** Fills the empty bottom with the nearest events; false if nothing is pending. */
  private refill(): boolean {
    this.spillAt = SPILL;
    for (;;) {
      if (this.rungs === 0) {
        if (this.topCount === 0) {
          this.topStart = Infinity;
          return false;
        }
        this.dealTop();
        if (this.bottomCount > 0) return true;
        continue;
      }
      const r = this.rungs - 1;
      if (this.rungCount[r] === 0) {
        this.rungs = r;
        this.rungLaws[(r << 2) | NEXT] = Infinity;
        this.walkedTo = 0;
        continue;
      }
      const heads = this.rungHeads[r]!;
      const buckets = this.rungBuckets[r]!;
      let bucket = this.rungLaws[(r << 2) | NEXT]! | 0;
      while (heads[bucket]! < 0) bucket++;
      if (this.capacity > WALK_AHEAD && bucket >= this.walkedTo) {
        this.walkAhead(heads, bucket);
        this.walkedTo = bucket + 8;
      }
      const first = heads[bucket]!;
      heads[bucket++] = -1;
      this.rungLaws[(r << 2) | NEXT] = bucket < buckets ? bucket : Infinity;
      const rest = this.sortIn(first);
      this.rungCount[r]! -= this.walked;
      if (rest >= 0) {
        const long = this.unsort(rest);
        if (!this.split(long)) this.sortAll(long);
      }
      if (this.bottomCount > 0) return true;
    }
  }

  /** Spreads top over a rung, or sorts it into the bottom if it is small. */
  private dealTop(): void {
    const ints = this.ints;
    const floats = this.floats;
    const heads = this.topHeads;
    const count = this.topCount;
    const low = this.topMin;
    const high = this.topMax;
    this.topCount = 0;
    this.topMin = Infinity;
    this.topMax = -Infinity;
    this.topStart = count <= SMALL ? Infinity : following(high);
    if (count <= SORT_AT_ONCE || !this.openRung(count, low, high)) {
      let all = -1;
      for (let chain = 0; chain < CHAINS; chain++) {
        for (let slot = heads[chain]!; slot >= 0; ) {
          const next = ints[(slot << 3) | LINK]!;
          ints[(slot << 3) | LINK] = all;
          all = slot;
          slot = next;
        }
        heads[chain] = -1;
      }
      if (count <= SORT_AT_ONCE) this.sortIn(all);
      else this.sortAll(all);
      return;
    }
    // All chains in turn: their cache misses overlap, where those of one chain would follow one another.
    for (let left = count; left > 0; ) {
      for (let chain = 0; chain < CHAINS; chain++) {
        const slot = heads[chain]!;
        if (slot < 0) continue;
        left--;
        heads[chain] = ints[(slot << 3) | LINK]!;
        if (ints[(slot << 3) | TAG]! < 0) this.bury(slot);
        else this.toRung(0, floats[slot << 2]!, slot);
      }
    }
  }

  /** Spreads a chain over a finer rung; false if all its times are (nearly) one. */
  private split(first: number): boolean {
    const ints = this.ints;
    const floats = this.floats;
    let low = Infinity;
    let high = -Infinity;
    let count = 0;
    for (let slot = first; slot >= 0; slot = ints[(slot << 3) | LINK]!) {
      const time = floats[slot << 2]!;
      if (time < low) low = time;
      if (time > high) high = time;
      count++;
    }
    if (!(high > low) || !this.openRung(count, low, high)) return false;
    const rung = this.rungs - 1;
    let slot = first;
    while (slot >= 0) {
      const next = ints[(slot << 3) | LINK]!;
      this.toRung(rung, floats[slot << 2]!, slot);
      slot = next;
    }
    return true;
  }

  /** Software prefetch: walks eight chains in lock step so that their cache misses overlap. */
  private walkAhead(heads: Int32Array, from: number): void {
    const ints = this.ints;
    let a = heads[from]!;
    let b = heads[from + 1]!;
    let c = heads[from + 2]!;
    let d = heads[from + 3]!;
    let e = heads[from + 4]!;
    let f = heads[from + 5]!;
    let g = heads[from + 6]!;
    let h = heads[from + 7]!;
    for (let step = 0; step < 16 && (a & b & c & d & e & f & g & h) >= 0; step++) {
      if (a >= 0) a = ints[(a << 3) | LINK]!;
      if (b >= 0) b = ints[(b << 3) | LINK]!;
      if (c >= 0) c = ints[(c << 3) | LINK]!;
      if (d >= 0) d = ints[(d << 3) | LINK]!;
      if (e >= 0) e = ints[(e << 3) | LINK]!;
      if (f >= 0) f = ints[(f << 3) | LINK]!;
      if (g >= 0) g = ints[(g << 3) | LINK]!;
      if (h >= 0) h = ints[(h << 3) | LINK]!;
    }
  }

  /**
   * Sorts a chain into the empty bottom, by insertion, as far as SORT_AT_ONCE records; returns where the rest of
   * the chain begins, -1 if it is done. Tombstones are dropped. How many records it was is left in `walked`:
   * a walk of its own, to count, would cost as much again.
   */
  private sortIn(first: number): number {
    const ints = this.ints;
    const floats = this.floats;
    const times = this.bottomTimes;
    const slots = this.bottomSlots;
    let filled = 0;
    let walked = 0;
    let slot = first;
    while (slot >= 0 && walked < SORT_AT_ONCE) {
      const base = slot << 3;
      const next = ints[base | LINK]!;
      walked++;
      if (ints[base | TAG]! < 0) this.bury(slot);
      else {
        const time = floats[slot << 2]!;
        const order = ints[base | ORDER]!;
        let i = filled++;
        while (i > 0) {
          const other = times[i - 1]!;
          if (other > time || (other === time && ints[(slots[i - 1]! << 3) | ORDER]! > order)) break;
          times[i] = other;
          slots[i] = slots[i - 1]!;
          i--;
        }
        times[i] = time;
        slots[i] = slot;
      }
      slot = next;
    }
    this.bottomCount = filled;
    this.walked = walked;
    return slot;
  }

  /** Takes back what `sortIn` took of the bucket of the last rung that proved too long; returns the whole chain. */
  private unsort(rest: number): number {
    const ints = this.ints;
    let count = 0;
    for (let slot = rest; slot >= 0; slot = ints[(slot << 3) | LINK]!) count++;
    this.rungCount[this.rungs - 1]! -= count;
    let chain = rest;
    for (let i = 0; i < this.bottomCount; i++) {
      const slot = this.bottomSlots[i]!;
      ints[(slot << 3) | LINK] = chain;
      chain = slot;
    }
    this.bottomCount = 0;
    return chain;
  }

  /** Sorts a long chain, whose times floats cannot part, into the empty bottom; tombstones are dropped. */
  private sortAll(first: number): void {
    const ints = this.ints;
    let count = 0;
    for (let slot = first; slot >= 0; slot = ints[(slot << 3) | LINK]!) count++;
    this.widenBottom(count);
    const times = this.bottomTimes;
    const slots = this.bottomSlots;
    let filled = 0;
    let slot = first;
    while (slot >= 0) {
      const next = ints[(slot << 3) | LINK]!;
      if (ints[(slot << 3) | TAG]! < 0) this.bury(slot);
      else {
        times[filled] = this.floats[slot << 2]!;
        slots[filled++] = slot;
      }
      slot = next;
    }
    this.bottomCount = filled;
    this.spillAt = filled + SPILL;
    this.sortBottom(filled);
  }

  /** Merge sort of the bottom, descending on (time, order). */
  private sortBottom(count: number): void {
    const ints = this.ints;
    let times = this.bottomTimes;
    let slots = this.bottomSlots;
    let toTimes = this.mergeTimes;
    let toSlots = this.mergeSlots;
    for (let low = 0; low < count; low += RUN) {
      const end = Math.min(low + RUN, count);
      for (let k = low + 1; k < end; k++) {
        const time = times[k]!;
        const slot = slots[k]!;
        const order = ints[(slot << 3) | ORDER]!;
        let i = k;
        while (i > low) {
          const other = times[i - 1]!;
          if (other > time || (other === time && ints[(slots[i - 1]! << 3) | ORDER]! > order)) break;
          times[i] = other;
          slots[i] = slots[i - 1]!;
          i--;
        }
        times[i] = time;
        slots[i] = slot;
      }
    }
    for (let width = RUN; width < count; width *= 2) {
      for (let low = 0; low < count; low += 2 * width) {
        const middle = Math.min(low + width, count);
        const end = Math.min(low + 2 * width, count);
        let i = low;
        let j = middle;
        for (let k = low; k < end; k++) {
          let left = i < middle;
          if (left && j < end) {
            const a = times[i]!;
            const b = times[j]!;
            left = a > b || (a === b && ints[(slots[i]! << 3) | ORDER]! > ints[(slots[j]! << 3) | ORDER]!);
          }
          const from = left ? i++ : j++;
          toTimes[k] = times[from]!;
          toSlots[k] = slots[from]!;
        }
      }
      [times, toTimes] = [toTimes, times];
      [slots, toSlots] = [toSlots, slots];
    }
    this.bottomTimes = times;
    this.bottomSlots = slots;
    this.mergeTimes = toTimes;
    this.mergeSlots = toSlots;
  }

  /** Sweeps out all tombstones; its cost is covered by the cancellations since the last sweep. */
  private purge(): void {
    const top = this.topHeads.slice();
    this.topHeads.fill(-1);
    this.topCount = 0;
    this.topMin = Infinity;
    this.topMax = -Infinity;
    for (let slot of top) {
      while (slot >= 0) {
        const next = this.ints[(slot << 3) | LINK]!;
        if (this.ints[(slot << 3) | TAG]! < 0) this.bury(slot);
        else this.toTop(slot, this.floats[slot << 2]!);
        slot = next;
      }
    }
    for (let r = 0; r < this.rungs; r++) {
      const heads = this.rungHeads[r]!;
      const buckets = this.rungBuckets[r]!;
      let kept = 0;
      for (let bucket = 0; bucket < buckets; bucket++) {
        let slot = heads[bucket]!;
        heads[bucket] = -1;
        while (slot >= 0) {
          const next = this.ints[(slot << 3) | LINK]!;
          if (this.ints[(slot << 3) | TAG]! < 0) this.bury(slot);
          else {
            this.ints[(slot << 3) | LINK] = heads[bucket]!;
            heads[bucket] = slot;
            kept++;
          }
          slot = next;
        }
      }
      this.rungCount[r] = kept;
    }
    let filled = 0;
    for (let i = 0; i < this.bottomCount; i++) {
      const slot = this.bottomSlots[i]!;
      if (this.ints[(slot << 3) | TAG]! < 0) this.bury(slot);
      else {
        this.bottomTimes[filled] = this.bottomTimes[i]!;
        this.bottomSlots[filled++] = slot;
      }
    }
    this.bottomCount = filled;
    const mask = this.instant.length - 1;
    let tail = this.instantHead;
    for (let i = this.instantHead; i !== this.instantTail; i = (i + 1) & mask) {
      const slot = this.instant[i]!;
      if (this.ints[(slot << 3) | TAG]! < 0) this.bury(slot);
      else {
        this.instant[tail] = slot;
        tail = (tail + 1) & mask;
      }
    }
    this.instantTail = tail;
  }

  /** Gives all pending events (and reserved orders) the smallest orders that keep their sequence. */
  private renumber(): void {
    this.purge();
    const used: number[] = [];
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.ints[(slot << 3) | TAG]! >= 0) used.push(this.ints[(slot << 3) | ORDER]!);
    }
    for (const { orders } of this.reservations) for (const order of orders) if (order >= 0) used.push(order);
    const sorted = Int32Array.from(used).sort();
    for (let slot = 0; slot < this.capacity; slot++) {
      const at = (slot << 3) | ORDER;
      if (this.ints[(slot << 3) | TAG]! >= 0) this.ints[at] = rank(sorted, this.ints[at]!);
    }
    for (const { orders } of this.reservations) {
      for (let i = 0; i < orders.length; i++) if (orders[i]! >= 0) orders[i] = rank(sorted, orders[i]!);
    }
    this.order = sorted.length;
  }
}

/** The next float above `x`: the step is 0.625 to 1.25 units in the last place, and rounds to one. */
function following(x: number): number {
  return x + Math.max(Math.abs(x) * 1.25 * 2 ** -53, 5e-324);
}

/** Index of `value` in an ascending column that holds it. */
function rank(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
