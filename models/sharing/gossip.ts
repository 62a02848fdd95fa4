/**
 * Gossip: the messages and tables of `policies/decider/gossip.ts`. Each node has a row of what it has heard of the others: load,
 * how many jobs sent to that node it counts, and when that was so. 16 bytes for each pair of nodes.
 */
import type { Source, StreamBank } from '../../sim/engine/streams.ts';
import { InputError } from '../../sim/problem.ts';
import type { Decider } from '../policies/decider/contract.ts';
import { OtherNodes } from '../policies/sharing/others.ts';
import type { DeciderService, DeciderSetting } from './decider.ts';
import type { Message } from './mail.ts';
import { type Fare, plainFare } from './prices.ts';

/** Beyond this the rows do not fit: 16 bytes for each pair. */
const MOST_NODES = 4096;

export class Gossip implements DeciderService {
  private readonly setting: DeciderSetting;
  private readonly decider: Decider;
  private readonly every: number;
  private readonly loss: number;
  private readonly fare: Fare;
  private readonly others: OtherNodes;
  private readonly phases: StreamBank;
  private readonly lost: Source;
  private readonly load: Float32Array;
  private readonly known: Int32Array;
  private readonly toldAt: Float64Array;
  /** Jobs that each node has been told to expect, since the start. */
  private readonly announced: Int32Array;
  private readonly tickType: number;
  private readonly loadMessage: number;
  private readonly announcement: number;

  constructor(setting: DeciderSetting) {
    const { engine, nodes, parameters, prices, mail, streams, kind } = setting;
    this.setting = setting;
    if (nodes > MOST_NODES) {
      throw new InputError({
        where: 'policies.decider',
        found: `gossip among ${nodes} nodes, each with a row for all`,
        would: `use at most ${MOST_NODES} nodes, or policies.decider=central`,
      });
    }
    const { delay } = parameters;
    this.every = parameters['every'] as number;
    this.loss = parameters['loss'] as number;
    this.fare = delay === 'network' ? prices.message : plainFare(delay as number);
    this.others = new OtherNodes(nodes, parameters['fanout'] as number, streams.stream('gossip targets'));
    this.phases = streams.bank('gossip phase', nodes);
    this.lost = streams.stream('gossip loss');
    this.load = new Float32Array(nodes * nodes).fill(Number.POSITIVE_INFINITY);
    this.known = new Int32Array(nodes * nodes);
    this.toldAt = new Float64Array(nodes * nodes).fill(Number.NEGATIVE_INFINITY);
    this.announced = new Int32Array(nodes);
    this.decider = kind.create({
      nodes,
      load: (at, node) => this.load[at * nodes + node]!,
      toldAt: (at, node) => this.toldAt[at * nodes + node]!,
    });
    this.tickType = engine.on((node) => this.tick(node), 'gossip');
    this.loadMessage = mail.on((message) => this.heard(message), this.fare.receive);
    this.announcement = mail.on((message) => {
      this.announced[message.to]!++;
    }, this.fare.receive);
  }

  start(): void {
    const { engine, nodes } = this.setting;
    if (nodes === 1) return;
    for (let node = 0; node < nodes; node++) {
      engine.schedule(this.phases.next(node) * this.every, this.tickType, node);
    }
  }

  ask(task: number, home: number): void {
    const { nodes } = this.setting;
    const node = this.decider.choose(home, home);
    const at = home * nodes + node;
    this.setting.answer(task, home, {
      node,
      load: node < 0 ? 0 : this.load[at]!,
      known: node < 0 ? 0 : this.known[at]!,
      stamp: node < 0 ? 0 : this.toldAt[at]!,
      decider: home,
      serial: -1,
    });
  }

  settled(_serial: number, home: number, named: number, goes: boolean): void {
    if (!goes) return;
    const { engine, mail, nodes } = this.setting;
    this.load[home * nodes + named]!++;
    mail.send(
      this.announcement,
      this.fare,
      { from: home, to: named, entity: 0, value: 0, count: 0, stamp: engine.now },
      this.isLost(),
    );
  }

  changed(): void {}

  private tick(node: number): void {
    const { engine, mail, bookings, jobsAt } = this.setting;
    const arrived = bookings.arrived[node]!;
    const expected = Math.max(0, this.announced[node]! - arrived);
    const message: Message = {
      from: node,
      to: 0,
      entity: node,
      value: jobsAt(node) + expected,
      count: arrived + expected,
      stamp: engine.now,
    };
    this.others.begin(node);
    for (let to = this.others.draw(node, node); to >= 0; to = this.others.draw(node, node)) {
      message.to = to;
      mail.send(this.loadMessage, this.fare, message, this.isLost());
    }
    engine.schedule(this.every, this.tickType, node);
  }

  private heard({ to, entity, value, count, stamp }: Readonly<Message>): void {
    const at = to * this.setting.nodes + entity;
    if (stamp < this.toldAt[at]!) return;
    this.load[at] = value;
    this.known[at] = count;
    this.toldAt[at] = stamp;
  }

  private isLost(): boolean {
    return this.loss > 0 && this.lost.next() < this.loss;
  }
}
