/**
 * The processes of a message-passing program, each with a processor of its own, on the nodes of a network.
 *
 * A process carries out its actions one after the other. Sending costs its processor o_s; a blocking send then waits
 * until its node's interface has taken the message (LogP: sends begin at least max(o, g) apart, and stop while too
 * many are on their way), a non-blocking one leaves it to the interface. A receive takes the next message of its
 * sender and tag, waits for it where it is not there, and costs o_r; a message whose receive was begun before
 * (`irecv`) costs o_r when it is waited for. Messages are buffered at the receiver, so that no send waits for its
 * receive; a message does not interrupt what its receiver computes.
 *
 * A process runs ahead of the clock in what concerns it alone (computing, receiving what has arrived): one event for
 * each message that enters the network and one for its arrival, whatever lies between.
 *
 * Left out: several processes on one processor (they are coscheduled elsewhere), rendezvous of large messages,
 * memory for messages that wait.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { Digest } from '../../sim/measure/digest.ts';
import type { EventLog } from '../../sim/measure/event-log.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import {
  ACTION,
  ACTION_NAMES,
  ANY,
  isCollective,
  type MessageProgram,
  placeOf,
} from '../../workloads/messages/index.ts';
import type { Medium } from '../hardware/network/medium.ts';
import { collectiveSteps, Steps } from './collectives.ts';
import { Transport, type TransportTerms } from './transport.ts';

/** CPU time of one message at one end: ns, and ns a byte. */
export interface EndCost {
  readonly base: number;
  readonly perByte: number;
}

export interface RanksConfig {
  readonly engine: Engine;
  readonly program: MessageProgram;
  readonly terms: TransportTerms;
  readonly medium: Medium | null;
  readonly nodes: number;
  /** Node of each rank. */
  readonly nodeOf: Int32Array;
  readonly send: EndCost;
  readonly receive: EndCost;
  /** ns of one flop. */
  readonly flop: number;
  /** ns of CPU for a ns of `work` (the tax of the OS structure; 1: none). */
  readonly work: number;
  readonly digest: Digest;
  /** Keeps what happens, of the kinds below, where it is asked for. */
  readonly log: EventLog | null;
}

/** Kinds of the event log: a processor has done its part of a send (value: to whom), a message lies there (of whom), a rank has ended. */
export const LOGGED = ['send', 'message', 'end'] as const;
const LOG_SEND = 0;
const LOG_MESSAGE = 1;
const LOG_END = 2;

const NONE = -1;
/** Tag of the messages of collectives. */
const COLLECTIVE = -2;
/** `messageRequest` of a blocking send. */
const BLOCKING = -2;

// What a process is doing.
const RUNS = 0;
const SENDS = 1;
const ENTERS = 2;
const WAITS = 3;
const WAITS_ALL = 4;
const ENDED = 5;

// What a request is at.
const OPEN = 0;
const DONE = 1;

/** What the digest takes in beside deliveries, whose `what` is the sender. */
const END = -1;

export class Ranks {
  readonly transport: Transport;
  /** ns by rank: its end, and what its processor and it did until then. */
  readonly ended: Float64Array;
  readonly computing: Float64Array;
  readonly sending: Float64Array;
  readonly receiving: Float64Array;
  readonly waiting: Float64Array;
  readonly stalled: Float64Array;
  /** Messages that each rank has taken. */
  readonly taken: Float64Array;
  /** Sum over messages of the time from the start of sending to lying at the receiver, ns. */
  transit = 0;

  private readonly engine: Engine;
  private readonly config: RanksConfig;
  private readonly program: MessageProgram;
  private readonly digest: Digest;
  private readonly time: Float64Array;
  private readonly next: Int32Array;
  private readonly state: Uint8Array;
  /** The action that a rank is at, for messages about it; the request that it waits for, or how many. */
  private readonly at: Int32Array;
  private readonly wants: Int32Array;
  /** ns of work that comes with the next message taken. */
  private readonly onTaking: Float64Array;
  private readonly steps: (Steps | null)[];
  private readonly stepAt: Int32Array;
  private readonly idleSteps: Steps[] = [];
  // The send that a rank is about to make.
  private readonly outBytes: Float64Array;
  private readonly outChannel: Int32Array;
  private readonly outBlocks: Uint8Array;

  // Channels: the messages from a rank to a rank under a tag.
  private channels = 0;
  private channelFrom = new Int32Array(256);
  private channelTo = new Int32Array(256);
  private channelTag = new Int32Array(256);
  private arrivedHead = new Int32Array(256).fill(NONE);
  private arrivedTail = new Int32Array(256).fill(NONE);
  private postedHead = new Int32Array(256).fill(NONE);
  private postedTail = new Int32Array(256).fill(NONE);
  private readonly channelOf: Int32Array;
  private readonly collectiveChannels = new Map<number, number>();
  /** Of ranks that receive from anybody: all channels to them. */
  private readonly wildChannels: (number[] | null)[];
  private readonly wildHead: Int32Array;
  private readonly wildTail: Int32Array;

  // Messages, by the transport's numbers.
  private messageChannel = new Int32Array(1024);
  private messageRequest = new Int32Array(1024);
  private messageOrder = new Float64Array(1024);
  private messageBegan = new Float64Array(1024);

  // Requests.
  private requests = 0;
  private freeRequest = NONE;
  private requestRank = new Int32Array(256);
  private requestState = new Uint8Array(256);
  private requestSends = new Uint8Array(256);
  /** Begun by `isend` or `irecv`, and so on its rank's list until it is waited for. */
  private requestListed = new Uint8Array(256);
  private requestPeer = new Int32Array(256);
  private requestTag = new Int32Array(256);
  private requestBytes = new Float64Array(256);
  private requestOrder = new Float64Array(256);
  private requestNext = new Int32Array(256);
  private pendingNext = new Int32Array(256);
  private pendingBefore = new Int32Array(256);
  private readonly pendingHead: Int32Array;
  private readonly pendingTail: Int32Array;
  private order = 0;
  private active: number;

  private readonly enterType: number;
  private readonly resumeType: number;

  constructor(config: RanksConfig) {
    const { engine, program } = config;
    const { ranks } = program;
    this.config = config;
    this.engine = engine;
    this.program = program;
    this.digest = config.digest;
    this.transport = new Transport(engine, config.terms, config.nodes, config.medium, {
      delivered: (message) => this.delivered(message),
      accepted: (message) => this.accepted(message),
    });
    const floats = () => new Float64Array(ranks);
    const ints = () => new Int32Array(ranks).fill(NONE);
    this.ended = floats();
    this.computing = floats();
    this.sending = floats();
    this.receiving = floats();
    this.waiting = floats();
    this.stalled = floats();
    this.taken = floats();
    this.time = floats();
    this.onTaking = floats();
    this.outBytes = floats();
    this.next = program.first.slice(0, ranks);
    this.state = new Uint8Array(ranks);
    this.at = ints();
    this.wants = ints();
    this.steps = new Array<Steps | null>(ranks).fill(null);
    this.stepAt = ints();
    this.outChannel = ints();
    this.outBlocks = new Uint8Array(ranks);
    this.pendingHead = ints();
    this.pendingTail = ints();
    this.wildHead = ints();
    this.wildTail = ints();
    this.wildChannels = new Array<number[] | null>(ranks).fill(null);
    this.active = ranks;
    this.channelOf = this.makeChannels();
    this.enterType = engine.on((rank) => this.enters(rank), 'a rank has sent');
    this.resumeType = engine.on((rank) => this.advance(rank), 'a rank goes on');
  }

  /** Runs the program to its end. Throws `InputError` where ranks wait for each other or for nobody. */
  run(): void {
    const { ranks } = this.program;
    for (let rank = 0; rank < ranks; rank++) this.engine.schedule(0, this.resumeType, rank);
    this.engine.run();
    if (this.active > 0) throw this.deadlock();
    this.check();
  }

  // -- channels -----------------------------------------------------------------------------------------------

  /** Gives every send and receive its channel. */
  private makeChannels(): Int32Array {
    const { program } = this;
    const { ranks, first, kind, peer, tag } = program;
    const n = kind.length;
    const channelOf = new Int32Array(n).fill(NONE);
    // A rank that only ever takes the next message, whoever sent it, has one channel for all.
    const single = new Uint8Array(ranks).fill(1);
    const wild = new Uint8Array(ranks);
    for (let rank = 0; rank < ranks; rank++) {
      for (let i = first[rank]!; i < first[rank + 1]!; i++) {
        const what = kind[i]!;
        if (what === ACTION.poll || what === ACTION.drain) wild[rank] = 1;
        else if (what === ACTION.recv || what === ACTION.irecv) {
          if (peer[i] === ANY || tag[i] === ANY) wild[rank] = 1;
          if (peer[i] !== ANY || tag[i] !== ANY) single[rank] = 0;
        } else if (isCollective(what)) single[rank] = 0;
      }
    }
    const tags = new Map<number, number>();
    for (let i = 0; i < n; i++) {
      if (i > 0 && tag[i] === tag[i - 1]) continue;
      if (!tags.has(tag[i]!)) tags.set(tag[i]!, tags.size);
    }
    const known = new Map<number, number>();
    const singles = new Int32Array(ranks).fill(NONE);
    for (let rank = 0; rank < ranks; rank++) {
      if (wild[rank] === 0) continue;
      if (single[rank] === 1) singles[rank] = this.newChannel(ANY, rank, ANY);
      else this.wildChannels[rank] = [];
    }
    // Most sends and most receives of a rank go the way of the last one.
    const last = { send: NONE, receive: NONE };
    const channel = (way: 'send' | 'receive', from: number, to: number, label: number): number => {
      if (singles[to]! !== NONE) return singles[to]!;
      const before = last[way];
      const same =
        before !== NONE &&
        this.channelFrom[before] === from &&
        this.channelTo[before] === to &&
        this.channelTag[before] === label;
      if (same) return before;
      const key = (from * ranks + to) * tags.size + tags.get(label)!;
      let found = known.get(key);
      if (found === undefined) {
        found = this.newChannel(from, to, label);
        known.set(key, found);
      }
      last[way] = found;
      return found;
    };
    for (let rank = 0; rank < ranks; rank++) {
      for (let i = first[rank]!; i < first[rank + 1]!; i++) {
        const what = kind[i]!;
        if (what === ACTION.send || what === ACTION.isend)
          channelOf[i] = channel('send', rank, peer[i]!, tag[i]!);
        else if (what === ACTION.poll || what === ACTION.drain) channelOf[i] = singles[rank]!;
        else if (what === ACTION.recv || what === ACTION.irecv) {
          const anybody = peer[i] === ANY || tag[i] === ANY;
          channelOf[i] = anybody ? singles[rank]! : channel('receive', peer[i]!, rank, tag[i]!);
        }
      }
    }
    return channelOf;
  }

  private newChannel(from: number, to: number, tag: number): number {
    const channel = this.channels++;
    if (channel === this.channelTo.length) {
      const room = 2 * channel;
      const wider = (old: Int32Array, value = 0) => {
        const next = new Int32Array(room).fill(value);
        next.set(old);
        return next;
      };
      this.channelFrom = wider(this.channelFrom);
      this.channelTo = wider(this.channelTo);
      this.channelTag = wider(this.channelTag);
      this.arrivedHead = wider(this.arrivedHead, NONE);
      this.arrivedTail = wider(this.arrivedTail, NONE);
      this.postedHead = wider(this.postedHead, NONE);
      this.postedTail = wider(this.postedTail, NONE);
    }
    this.channelFrom[channel] = from;
    this.channelTo[channel] = to;
    this.channelTag[channel] = tag;
    if (tag !== COLLECTIVE) this.wildChannels[to]?.push(channel);
    return channel;
  }

  private collectiveChannel(from: number, to: number): number {
    const key = from * this.program.ranks + to;
    let found = this.collectiveChannels.get(key);
    if (found === undefined) {
      found = this.newChannel(from, to, COLLECTIVE);
      this.collectiveChannels.set(key, found);
    }
    return found;
  }

  // -- what a rank does ---------------------------------------------------------------------------------------

  /** Carries out actions of a rank until it has to wait, sends, or has ended. */
  private advance(rank: number): void {
    const { program, time, next } = this;
    const { kind, amount, second, peer, tag } = program;
    const end = program.first[rank + 1]!;
    this.state[rank] = RUNS;
    for (;;) {
      if (this.steps[rank] !== null) {
        if (this.step(rank)) continue;
        return;
      }
      const i = next[rank]!;
      if (i === end) {
        this.end(rank);
        return;
      }
      const what = kind[i]!;
      this.at[rank] = i;
      next[rank] = i + 1;
      switch (what) {
        case ACTION.compute: {
          const took = amount[i]! * this.config.flop;
          time[rank]! += took;
          this.computing[rank]! += took;
          break;
        }
        case ACTION.work: {
          const took = amount[i]! * this.config.work;
          time[rank]! += took;
          this.computing[rank]! += took;
          break;
        }
        case ACTION.sleep:
          time[rank]! += amount[i]!;
          this.waiting[rank]! += amount[i]!;
          break;
        case ACTION.send:
          this.beginSend(rank, this.channelOf[i]!, peer[i]!, amount[i]!, true);
          return;
        case ACTION.isend:
          this.beginSend(rank, this.channelOf[i]!, peer[i]!, amount[i]!, false);
          return;
        case ACTION.recv:
          if (!this.receive(rank, this.channelOf[i]!, peer[i]!, tag[i]!)) return;
          break;
        case ACTION.irecv:
          this.beginReceive(rank, this.channelOf[i]!, peer[i]!, tag[i]!);
          break;
        case ACTION.wait:
          if (!this.wait(rank, this.pendingRequest(rank, peer[i]!, tag[i]!, second[i]!))) return;
          break;
        case ACTION.waitall:
          if (!this.waitAll(rank)) return;
          break;
        case ACTION.test: {
          if (this.ahead(rank, i)) return;
          const request = this.pendingRequest(rank, peer[i]!, tag[i]!, second[i]!);
          if (request !== NONE && this.requestState[request] === DONE) this.wait(rank, request);
          break;
        }
        case ACTION.poll:
          if (this.ahead(rank, i)) return;
          if (this.hasArrived(rank, this.channelOf[i]!, ANY, ANY)) {
            this.onTaking[rank] = second[i]! * this.config.work;
            this.receive(rank, this.channelOf[i]!, ANY, ANY);
          }
          break;
        case ACTION.drain:
          if (this.taken[rank]! >= amount[i]!) break;
          next[rank] = i;
          this.onTaking[rank] = second[i]! * this.config.work;
          if (!this.receive(rank, this.channelOf[i]!, ANY, ANY)) return;
          break;
        default:
          if (isCollective(what)) {
            const steps = this.idleSteps.pop() ?? new Steps();
            collectiveSteps(program, i, rank, steps);
            this.steps[rank] = steps;
            this.stepAt[rank] = 0;
          }
      }
    }
  }

  /**
   * Is the rank ahead of the clock? Then it comes back to action `i` when the clock is where it is: what has arrived by
   * then is not known before.
   */
  private ahead(rank: number, i: number): boolean {
    if (this.time[rank]! <= this.engine.now) return false;
    this.next[rank] = i;
    this.engine.scheduleAt(this.time[rank]!, this.resumeType, rank);
    return true;
  }

  /** The next step of the collective that a rank is in; false: it waits or sends. */
  private step(rank: number): boolean {
    const steps = this.steps[rank]!;
    const k = this.stepAt[rank]!;
    if (k === steps.count) {
      this.steps[rank] = null;
      this.idleSteps.push(steps);
      return true;
    }
    this.stepAt[rank] = k + 1;
    const other = steps.peer[k]!;
    switch (steps.kind[k]) {
      case Steps.SEND:
        this.beginSend(rank, this.collectiveChannel(rank, other), other, steps.amount[k]!, false);
        return false;
      case Steps.RECEIVE:
        return this.receive(rank, this.collectiveChannel(other, rank), other, COLLECTIVE);
      default: {
        const took = steps.amount[k]! * this.config.flop;
        this.time[rank]! += took;
        this.computing[rank]! += took;
        return true;
      }
    }
  }

  private end(rank: number): void {
    this.state[rank] = ENDED;
    this.ended[rank] = this.time[rank]!;
    this.active--;
    this.digest.add(this.time[rank]!, END, rank, 0);
    this.config.log?.add(this.time[rank]!, LOG_END, rank, 0);
  }

  /** The processor begins with a send; the message is handed to the interface when it is done. */
  private beginSend(rank: number, channel: number, peer: number, bytes: number, blocks: boolean): void {
    const { send, nodeOf } = this.config;
    const cost = send.base + bytes * send.perByte;
    const node = nodeOf[rank]!;
    let done = this.time[rank]! + cost;
    if (blocks && node !== nodeOf[peer]!) {
      const free = this.transport.portFree[node]!;
      if (free > done) {
        this.stalled[rank]! += free - done;
        done = free;
      }
    }
    this.sending[rank]! += cost;
    this.time[rank] = done;
    this.outBytes[rank] = bytes;
    this.outChannel[rank] = channel;
    this.outBlocks[rank] = blocks ? 1 : 0;
    this.wants[rank] = peer;
    this.state[rank] = SENDS;
    this.engine.scheduleAt(done, this.enterType, rank);
  }

  private enters(rank: number): void {
    const { transport, config } = this;
    const channel = this.outChannel[rank]!;
    const peer = this.wants[rank]!;
    const bytes = this.outBytes[rank]!;
    const message = transport.message(config.nodeOf[rank]!, config.nodeOf[peer]!, bytes, rank);
    if (message >= this.messageChannel.length) this.growMessages();
    config.log?.add(this.engine.now, LOG_SEND, rank, peer);
    this.messageChannel[message] = channel;
    this.messageBegan[message] = this.engine.now - config.send.base - bytes * config.send.perByte;
    if (this.outBlocks[rank] === 1) {
      this.messageRequest[message] = BLOCKING;
      if (transport.offer(message)) this.advance(rank);
      else this.state[rank] = ENTERS;
      return;
    }
    if (this.steps[rank] !== null) {
      // Inside a collective nobody asks for the end of a send.
      this.messageRequest[message] = NONE;
      transport.offer(message);
    } else {
      const request = this.newRequest(rank, true, peer, this.channelTag[channel]!);
      this.messageRequest[message] = request;
      this.addPending(rank, request);
      if (transport.offer(message)) this.requestState[request] = DONE;
    }
    this.advance(rank);
  }

  /** A message that had to wait for its interface has entered the network. */
  private accepted(message: number): void {
    const request = this.messageRequest[message]!;
    if (request === BLOCKING) {
      const rank = this.transport.owner[message]!;
      const now = this.engine.now;
      this.stalled[rank]! += now - this.time[rank]!;
      this.time[rank] = now;
      this.advance(rank);
    } else if (request !== NONE) this.complete(request, 0);
  }

  // -- receiving ----------------------------------------------------------------------------------------------

  /** A message lies at its receiver. */
  private delivered(message: number): void {
    const { transport } = this;
    const channel = this.messageChannel[message]!;
    const rank = this.channelTo[channel]!;
    const bytes = transport.bytes[message]!;
    const from = transport.owner[message]!;
    const now = this.engine.now;
    this.digest.add(now, from, rank, bytes);
    this.config.log?.add(now, LOG_MESSAGE, rank, from);
    this.transit += now - this.messageBegan[message]!;
    const posted = this.postedFor(rank, channel, from);
    if (posted !== NONE) {
      transport.free(message);
      this.complete(posted, bytes);
      return;
    }
    this.messageOrder[message] = this.order++;
    transport.next[message] = NONE;
    if (this.arrivedHead[channel] === NONE) this.arrivedHead[channel] = message;
    else transport.next[this.arrivedTail[channel]!] = message;
    this.arrivedTail[channel] = message;
  }

  /** The receive that takes a message of `channel`, taken out of its row; NONE where none has been begun. */
  private postedFor(rank: number, channel: number, from: number): number {
    const own = this.postedHead[channel]!;
    if (this.wildHead[rank] === NONE) {
      if (own !== NONE) this.postedHead[channel] = this.requestNext[own]!;
      return own;
    }
    const label = this.channelTag[channel]!;
    let before = NONE;
    let wild = this.wildHead[rank]!;
    while (wild !== NONE) {
      const fits =
        label !== COLLECTIVE &&
        (this.requestPeer[wild] === ANY || this.requestPeer[wild] === from) &&
        (this.requestTag[wild] === ANY || this.requestTag[wild] === label);
      if (fits) break;
      before = wild;
      wild = this.requestNext[wild]!;
    }
    if (wild === NONE || (own !== NONE && this.requestOrder[own]! < this.requestOrder[wild]!)) {
      if (own !== NONE) this.postedHead[channel] = this.requestNext[own]!;
      return own;
    }
    const after = this.requestNext[wild]!;
    if (before === NONE) this.wildHead[rank] = after;
    else this.requestNext[before] = after;
    if (this.wildTail[rank] === wild) this.wildTail[rank] = before;
    return wild;
  }

  /** The channel whose first message a receive takes; NONE where nothing fits. */
  private arrivedFor(rank: number, channel: number, peer: number, tag: number): number {
    if (channel !== NONE) return this.arrivedHead[channel] === NONE ? NONE : channel;
    let best = NONE;
    let first = Infinity;
    for (const candidate of this.wildChannels[rank] ?? []) {
      const head = this.arrivedHead[candidate]!;
      if (head === NONE || this.messageOrder[head]! >= first) continue;
      if (peer !== ANY && this.channelFrom[candidate] !== peer) continue;
      if (tag !== ANY && this.channelTag[candidate] !== tag) continue;
      best = candidate;
      first = this.messageOrder[head]!;
    }
    return best;
  }

  private hasArrived(rank: number, channel: number, peer: number, tag: number): boolean {
    return this.arrivedFor(rank, channel, peer, tag) !== NONE;
  }

  /** Takes the first message of a channel out of its row; gives its bytes. */
  private shift(channel: number): number {
    const { transport } = this;
    const message = this.arrivedHead[channel]!;
    this.arrivedHead[channel] = transport.next[message]!;
    const bytes = transport.bytes[message]!;
    transport.free(message);
    return bytes;
  }

  /** The processor takes a message that is there. */
  private take(rank: number, bytes: number): void {
    const { receive } = this.config;
    const cost = receive.base + bytes * receive.perByte;
    const work = this.onTaking[rank]!;
    this.onTaking[rank] = 0;
    this.receiving[rank]! += cost;
    this.computing[rank]! += work;
    this.time[rank]! += cost + work;
    this.taken[rank]!++;
  }

  /** A blocking receive; false: the rank waits. */
  private receive(rank: number, channel: number, peer: number, tag: number): boolean {
    const from = this.arrivedFor(rank, channel, peer, tag);
    if (from !== NONE) {
      this.take(rank, this.shift(from));
      return true;
    }
    const request = this.newRequest(rank, false, peer, tag);
    this.post(rank, channel, request);
    this.state[rank] = WAITS;
    this.wants[rank] = request;
    return false;
  }

  private beginReceive(rank: number, channel: number, peer: number, tag: number): void {
    const request = this.newRequest(rank, false, peer, tag);
    this.addPending(rank, request);
    const from = this.arrivedFor(rank, channel, peer, tag);
    if (from === NONE) this.post(rank, channel, request);
    else {
      this.requestBytes[request] = this.shift(from);
      this.requestState[request] = DONE;
    }
  }

  private post(rank: number, channel: number, request: number): void {
    this.requestNext[request] = NONE;
    this.requestOrder[request] = this.order++;
    if (channel !== NONE) {
      if (this.postedHead[channel] === NONE) this.postedHead[channel] = request;
      else this.requestNext[this.postedTail[channel]!] = request;
      this.postedTail[channel] = request;
      return;
    }
    if (this.wildHead[rank] === NONE) this.wildHead[rank] = request;
    else this.requestNext[this.wildTail[rank]!] = request;
    this.wildTail[rank] = request;
  }

  // -- requests -----------------------------------------------------------------------------------------------

  private newRequest(rank: number, sends: boolean, peer: number, tag: number): number {
    let request = this.freeRequest;
    if (request === NONE) {
      request = this.requests++;
      if (request === this.requestRank.length) this.growRequests();
    } else this.freeRequest = this.requestNext[request]!;
    this.requestRank[request] = rank;
    this.requestState[request] = OPEN;
    this.requestSends[request] = sends ? 1 : 0;
    this.requestListed[request] = 0;
    this.requestPeer[request] = peer;
    this.requestTag[request] = tag;
    this.requestBytes[request] = 0;
    return request;
  }

  private addPending(rank: number, request: number): void {
    const last = this.pendingTail[rank]!;
    this.requestListed[request] = 1;
    this.pendingBefore[request] = last;
    this.pendingNext[request] = NONE;
    if (last === NONE) this.pendingHead[rank] = request;
    else this.pendingNext[last] = request;
    this.pendingTail[rank] = request;
  }

  /** Takes a request off its rank's list and gives its number back. */
  private forget(rank: number, request: number): void {
    const before = this.pendingBefore[request]!;
    const after = this.pendingNext[request]!;
    if (before === NONE) this.pendingHead[rank] = after;
    else this.pendingNext[before] = after;
    if (after === NONE) this.pendingTail[rank] = before;
    else this.pendingBefore[after] = before;
    this.release(request);
  }

  private release(request: number): void {
    this.requestNext[request] = this.freeRequest;
    this.freeRequest = request;
  }

  /** The request that a `wait` means: the first one of that peer and tag; without a peer the last one begun. */
  private pendingRequest(rank: number, peer: number, tag: number, sends: number): number {
    if (peer === ANY) {
      let request = this.pendingTail[rank]!;
      while (request !== NONE && sends !== ANY && this.requestSends[request] !== sends)
        request = this.pendingBefore[request]!;
      return request;
    }
    let request = this.pendingHead[rank]!;
    while (request !== NONE) {
      const fits =
        this.requestSends[request] === sends &&
        (this.requestPeer[request] === peer || this.requestPeer[request] === ANY) &&
        (tag === ANY || this.requestTag[request] === tag || this.requestTag[request] === ANY);
      if (fits) return request;
      request = this.pendingNext[request]!;
    }
    return NONE;
  }

  /** The rank finishes with a request; false: it waits for it. No request: it was tested and found done before. */
  private wait(rank: number, request: number): boolean {
    if (request === NONE) return true;
    if (this.requestState[request] === DONE) {
      if (this.requestSends[request] === 0) this.take(rank, this.requestBytes[request]!);
      this.forget(rank, request);
      return true;
    }
    this.state[rank] = WAITS;
    this.wants[rank] = request;
    return false;
  }

  private waitAll(rank: number): boolean {
    let open = 0;
    let request = this.pendingHead[rank]!;
    while (request !== NONE) {
      const after = this.pendingNext[request]!;
      if (this.requestState[request] === DONE) this.wait(rank, request);
      else open++;
      request = after;
    }
    if (open === 0) return true;
    this.state[rank] = WAITS_ALL;
    this.wants[rank] = open;
    return false;
  }

  /** A request is done now: a send has entered the network, or the message of a receive is there. */
  private complete(request: number, bytes: number): void {
    const rank = this.requestRank[request]!;
    const state = this.state[rank]!;
    const single = state === WAITS && this.wants[rank] === request;
    if (!single && state !== WAITS_ALL) {
      this.requestState[request] = DONE;
      this.requestBytes[request] = bytes;
      return;
    }
    const now = this.engine.now;
    const gone = now - this.time[rank]!;
    if (gone > 0) {
      this.waiting[rank]! += gone;
      this.time[rank] = now;
    }
    if (this.requestSends[request] === 0) this.take(rank, bytes);
    if (this.requestListed[request] === 1) this.forget(rank, request);
    else this.release(request);
    if (single || --this.wants[rank]! === 0) this.advance(rank);
  }

  // -- the end ------------------------------------------------------------------------------------------------

  /** Books that must close: every message that entered was delivered, and taken or still lies there. */
  private check(): void {
    const { transport, program } = this;
    let lie = 0;
    for (let channel = 0; channel < this.channels; channel++) {
      for (let m = this.arrivedHead[channel]!; m !== NONE; m = transport.next[m]!) lie++;
    }
    if (transport.live !== lie) {
      throw new CheckError(`${transport.live} messages are left, but ${lie} lie at their receivers`);
    }
    for (let rank = 0; rank < program.ranks; rank++) {
      const spent =
        this.computing[rank]! +
        this.sending[rank]! +
        this.receiving[rank]! +
        this.waiting[rank]! +
        this.stalled[rank]!;
      const ended = this.ended[rank]!;
      if (Math.abs(spent - ended) > 1e-6 * Math.max(1, ended)) {
        throw new CheckError(`rank ${rank} ended at ${ended} ns, but its time adds up to ${spent} ns`);
      }
    }
  }

  /** Who waits for whom. */
  private deadlock(): InputError {
    const { program, state } = this;
    const SHOWN = 16;
    const lines: string[] = [];
    let first = NONE;
    for (let rank = 0; rank < program.ranks; rank++) {
      if (state[rank] === ENDED) continue;
      if (first === NONE) first = rank;
      if (lines.length < SHOWN) lines.push(this.waitText(rank));
    }
    const more = this.active > lines.length ? `; and ${this.active - lines.length} more` : '';
    return new InputError({
      where: program.files[first] ?? 'messages',
      found: `deadlock: ${this.active} of ${program.ranks} ranks wait for ever: ${lines.join('; ')}${more}`,
      would: 'give every receive its send ("nowsim trace info" names those without)',
    });
  }

  private waitText(rank: number): string {
    const { program } = this;
    const action = this.at[rank]!;
    const where = `rank ${rank} in ${ACTION_NAMES[program.kind[action]!]} at ${placeOf(program, rank, action)}`;
    const whom = (request: number) => {
      const peer = this.requestPeer[request]!;
      if (peer === ANY) return 'a message of any rank';
      const gone = this.state[peer] === ENDED ? ', which has ended' : '';
      return `rank ${peer}${gone}`;
    };
    if (this.state[rank] === WAITS) return `${where} waits for ${whom(this.wants[rank]!)}`;
    const open: string[] = [];
    for (let q = this.pendingHead[rank]!; q !== NONE; q = this.pendingNext[q]!) {
      if (this.requestState[q] === OPEN) open.push(whom(q));
    }
    return `${where} waits for ${open.join(' and ')}`;
  }

  private growMessages(): void {
    const room = 2 * this.messageChannel.length;
    const wider = <Column extends Int32Array | Float64Array>(old: Column, next: Column) => {
      next.set(old);
      return next;
    };
    this.messageChannel = wider(this.messageChannel, new Int32Array(room));
    this.messageRequest = wider(this.messageRequest, new Int32Array(room));
    this.messageOrder = wider(this.messageOrder, new Float64Array(room));
    this.messageBegan = wider(this.messageBegan, new Float64Array(room));
  }

  private growRequests(): void {
    const room = 2 * this.requestRank.length;
    const wider = <Column extends Int32Array | Float64Array | Uint8Array>(old: Column, next: Column) => {
      next.set(old);
      return next;
    };
    this.requestRank = wider(this.requestRank, new Int32Array(room));
    this.requestState = wider(this.requestState, new Uint8Array(room));
    this.requestSends = wider(this.requestSends, new Uint8Array(room));
    this.requestListed = wider(this.requestListed, new Uint8Array(room));
    this.requestPeer = wider(this.requestPeer, new Int32Array(room));
    this.requestTag = wider(this.requestTag, new Int32Array(room));
    this.requestBytes = wider(this.requestBytes, new Float64Array(room));
    this.requestOrder = wider(this.requestOrder, new Float64Array(room));
    this.requestNext = wider(this.requestNext, new Int32Array(room));
    this.pendingNext = wider(this.pendingNext, new Int32Array(room));
    this.pendingBefore = wider(this.pendingBefore, new Int32Array(room));
  }
}
