/** Messages between memory servers and their clients that are under way, and what is to follow each: typed columns. */
import { widened } from '../../sim/engine/columns.ts';

const NONE = -1;

/** What follows when a message has arrived. */
export const NEXT = {
  /** Nothing. */
  end: 0,
  /** A handler is called. */
  call: 1,
  /** One of several messages that another ticket waits for. */
  join: 2,
  /** A server has been asked for a page. */
  asked: 3,
  /** The page that was asked for is here. */
  answered: 4,
  /** A page that has moved is where it was to go. */
  moved: 5,
  /** A page is with its owner and goes to a disk. */
  spilled: 6,
  /** A page is with its owner and is to be stored anew. */
  restore: 7,
} as const;

export class Tickets {
  next = new Uint8Array(64);
  to = new Int32Array(64);
  /** Node to which the message goes on from `to`; -1: none. */
  via = new Int32Array(64);
  page = new Int32Array(64);
  /** Version of the page, or the number of crashes of the server that was asked. */
  stamp = new Int32Array(64);
  type = new Int32Array(64);
  entity = new Int32Array(64);
  left = new Int32Array(64);
  /** The server that is rid of the page with this; -1: none. */
  drains = new Int32Array(64);
  private readonly free: number[] = [];
  private used = 0;

  take(next: number, to: number): number {
    const ticket = this.free.length > 0 ? this.free.pop()! : this.used++;
    if (ticket === this.next.length) this.widen();
    this.next[ticket] = next;
    this.to[ticket] = to;
    this.via[ticket] = NONE;
    this.drains[ticket] = NONE;
    this.left[ticket] = 1;
    return ticket;
  }

  give(ticket: number): void {
    this.free.push(ticket);
  }

  private widen(): void {
    const size = 2 * this.next.length;
    const wider = (column: Int32Array<ArrayBuffer>) => widened(column, new Int32Array(size));
    this.next = widened(this.next, new Uint8Array(size));
    this.to = wider(this.to);
    this.via = wider(this.via);
    this.page = wider(this.page);
    this.stamp = wider(this.stamp);
    this.type = wider(this.type);
    this.entity = wider(this.entity);
    this.left = wider(this.left);
    this.drains = wider(this.drains);
  }
}
