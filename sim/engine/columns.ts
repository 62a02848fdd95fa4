/** Typed columns that grow, and a first-in-first-out row in such columns. */

/** `wider`, with the entries of `old` at its beginning. */
export function widened<Column extends { set(from: Column): void }>(old: Column, wider: Column): Column {
  wider.set(old);
  return wider;
}

/** Those who wait, first come first served: each is an event type with its entity, and an amount. */
export class Row {
  /** The entry that `shift` took. */
  type = 0;
  entity = 0;
  amount = 0.5;
  private types = new Int32Array(16);
  private entities = new Int32Array(16);
  private amounts = new Float64Array(16);
  private head = 0;
  private tail = 0;

  get length(): number {
    return (this.tail - this.head) & (this.types.length - 1);
  }

  /** The amount of the first entry; there must be one. */
  get firstAmount(): number {
    return this.amounts[this.head]!;
  }

  /** The entity of the first entry; there must be one. */
  get firstEntity(): number {
    return this.entities[this.head]!;
  }

  push(type: number, entity: number, amount: number): void {
    const tail = this.tail;
    this.types[tail] = type;
    this.entities[tail] = entity;
    this.amounts[tail] = amount;
    this.tail = (tail + 1) & (this.types.length - 1);
    if (this.tail === this.head) this.grow();
  }

  /** Takes the first entry into the members; false if nobody waits. */
  shift(): boolean {
    const head = this.head;
    if (head === this.tail) return false;
    this.type = this.types[head]!;
    this.entity = this.entities[head]!;
    this.amount = this.amounts[head]!;
    this.head = (head + 1) & (this.types.length - 1);
    return true;
  }

  private grow(): void {
    const room = this.types.length;
    this.types = unrolled(this.types, new Int32Array(2 * room), this.head);
    this.entities = unrolled(this.entities, new Int32Array(2 * room), this.head);
    this.amounts = unrolled(this.amounts, new Float64Array(2 * room), this.head);
    this.head = 0;
    this.tail = room;
  }
}

/** The entries of a full ring, from `head` on, at the beginning of `wider`. */
function unrolled<Column extends Int32Array | Float64Array>(
  ring: Column,
  wider: Column,
  head: number,
): Column {
  for (let i = 0; i < ring.length; i++) wider[i] = ring[(head + i) & (ring.length - 1)]!;
  return wider;
}
