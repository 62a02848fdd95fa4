/**
 * The master of `policies/decider/central.ts`: its CPU, its messages, its table, its failures.
 *
 * Requests and reports wait for the master's CPU in order of arrival. Its table: a node's last report, and the jobs sent
 * there that the report does not count yet. A request that is not answered in time is given up (its job stays) and
 * taken back; that message, and the one that gives an unused node back, are never lost.
 *
 * When the master fails, what it knew and what waited for it are gone. A node that sends it something learns that after the time-out, waits
 * uniformly 1 to 8 s, and becomes the master unless there is one again; then every node registers with a report. Left out: the doubling
 * of that wait, since an attempt never fails here; a checkpoint of up-times. Source: section A2 of the project's reference.
 */

import { Row } from '../../sim/engine/columns.ts';
import { exponential } from '../../sim/engine/laws.ts';
import type { Source } from '../../sim/engine/streams.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { Tally } from '../../sim/measure/tally.ts';
import type { Decider } from '../policies/decider/contract.ts';
import type { DeciderService, DeciderSetting, Named } from './decider.ts';
import type { Message } from './mail.ts';
import { type Fare, plainFare } from './prices.ts';

/** Bounds of the wait before a node tries to become the master, ns (A2 of the reference). */
const WAIT_LEAST = 1e9;
const WAIT_MOST = 8e9;

/** A question that is under way. */
interface Question {
  readonly task: number;
  readonly home: number;
  readonly asked: number;
  /** The event of its time-out. */
  giveUp: number;
  /** The answer, once the master has made it. */
  named: Named | null;
  givenUp: boolean;
}

export class Master implements DeciderService {
  /** ns for which the master's CPU was in use. */
  busy = 0;
  failOvers = 0;
  /** Time from a master's failure to the next one's being there, ns, summed. */
  down = 0;
  /** Time from question to answer, ns. */
  readonly selection = new Tally();
  /** Questions that were given up. */
  unanswered = 0;
  private readonly setting: DeciderSetting;
  private readonly decider: Decider;
  private readonly service: number;
  private readonly reportService: number;
  private readonly every: number | 'change';
  private readonly loss: number;
  private readonly fare: Fare;
  private readonly timeout: number;
  private readonly mtbf: number | 'none';
  private readonly chance: Source;
  private readonly lost: Source;
  private readonly reported: Float64Array;
  private readonly arrived: Int32Array;
  private readonly booked: Int32Array;
  private readonly toldAt: Float64Array;
  private readonly questions = new Map<number, Question>();
  /** What waits for the CPU: type of work, message, time of service. */
  private readonly work = new Row();
  private readonly messages: (Message | undefined)[] = [];
  private readonly freeMessages: number[] = [];
  private serving = false;
  private isDown = false;
  private failedAt = 0;
  private serial = 0;
  /** How far the table lags behind: the way and the wait of the last report of a change, ns. */
  private lag = 0;
  /** Which master this is, counted from 0; what an earlier one began is not ended by a later one. */
  private epoch = 0;
  private readonly waits: Timers;
  /** By node: the master whose absence it knows of, or will when its time-out is over. */
  private readonly noticed: Int32Array;
  private readonly doneType: number;
  private readonly giveUpType: number;
  private readonly reportType: number;
  private readonly failType: number;
  private readonly suspectType: number;
  private readonly requestMessage: number;
  private readonly reportMessage: number;
  private readonly answerMessage: number;
  private readonly backMessage: number;
  private readonly forgetMessage: number;
  private readonly registerMessage: number;

  constructor(setting: DeciderSetting) {
    const { engine, nodes, parameters, prices, mail, streams, kind } = setting;
    this.setting = setting;
    const { service, report_service: reportService, report, delay, mtbf } = parameters;
    this.service = service === 'structure' ? prices.receive + prices.send : (service as number);
    this.reportService = reportService === 'structure' ? prices.receive : (reportService as number);
    this.every = report as number | 'change';
    this.loss = parameters['loss'] as number;
    this.timeout = parameters['timeout'] as number;
    this.mtbf = mtbf as number | 'none';
    this.fare = delay === 'network' ? prices.message : plainFare(delay as number);
    this.chance = streams.stream('master failures');
    this.lost = streams.stream('master messages lost');
    this.reported = new Float64Array(nodes);
    this.arrived = new Int32Array(nodes);
    this.booked = new Int32Array(nodes);
    this.toldAt = new Float64Array(nodes);
    this.noticed = new Int32Array(nodes);
    this.decider = kind.create({
      nodes,
      load: (_at, node) => this.loadOf(node),
      toldAt: (_at, node) => this.toldAt[node]!,
    });
    this.doneType = engine.on((epoch) => this.done(epoch), "master's CPU");
    this.giveUpType = engine.on((serial) => this.giveUp(serial), 'question given up');
    this.reportType = engine.on((node) => this.periodicReport(node), 'report');
    this.failType = engine.on(() => this.fail(), 'master fails');
    this.suspectType = engine.on((node) => this.suspect(node), 'master suspected');
    this.waits = new Timers(engine, (node) => this.tryToLead(node), nodes, 'attempt to become master');
    const { receive } = this.fare;
    this.requestMessage = mail.on((message) => this.queue(this.requestMessage, message, this.service), 0);
    this.reportMessage = mail.on((message) => this.queue(this.reportMessage, message, this.reportService), 0);
    this.backMessage = mail.on((message) => this.queue(this.backMessage, message, this.reportService), 0);
    this.forgetMessage = mail.on((message) => this.queue(this.forgetMessage, message, this.reportService), 0);
    this.answerMessage = mail.on((message) => this.answered(message), receive);
    this.registerMessage = mail.on((message) => this.report(message.to, true), receive);
  }

  start(): void {
    const { engine, nodes, streams } = this.setting;
    if (this.every !== 'change') {
      const phases = streams.bank('report phase', nodes);
      for (let node = 0; node < nodes; node++) {
        engine.schedule(phases.next(node) * this.every, this.reportType, node);
      }
    }
    this.scheduleFailure();
  }

  ask(task: number, home: number): void {
    const { engine, mail, nodes } = this.setting;
    const serial = this.serial++;
    const question: Question = { task, home, asked: engine.now, giveUp: -1, named: null, givenUp: false };
    this.questions.set(serial, question);
    if (this.isDown) this.noticeLater(home);
    const message: Message = {
      from: home,
      to: nodes,
      entity: serial,
      value: home,
      count: 0,
      stamp: engine.now,
    };
    mail.send(this.requestMessage, this.fare, message, this.isLost());
    // Where nothing takes time, the answer has come already.
    if (this.questions.get(serial) === question) {
      question.giveUp = engine.schedule(this.timeout, this.giveUpType, serial);
    }
  }

  settled(serial: number, home: number, named: number, goes: boolean): void {
    if (goes || named < 0 || serial < 0) return;
    this.giveBack(home, named);
  }

  changed(node: number): void {
    if (this.every === 'change') this.report(node, false);
  }

  // -- Messages to the master --------------------------------------------------------------------------------

  private report(node: number, surely: boolean): void {
    const { engine, mail, nodes, bookings, jobsAt } = this.setting;
    if (this.isDown) this.noticeLater(node);
    mail.send(
      this.reportMessage,
      this.fare,
      {
        from: node,
        to: nodes,
        entity: node,
        value: jobsAt(node),
        count: bookings.arrived[node]!,
        stamp: engine.now,
      },
      !surely && this.isLost(),
    );
  }

  private periodicReport(node: number): void {
    this.report(node, false);
    this.setting.engine.schedule(this.every as number, this.reportType, node);
  }

  private giveBack(from: number, node: number): void {
    const { engine, mail, nodes } = this.setting;
    mail.send(this.backMessage, this.fare, {
      from,
      to: nodes,
      entity: node,
      value: this.epoch,
      count: 0,
      stamp: engine.now,
    });
  }

  /** A message has reached the master. */
  private queue(kind: number, message: Readonly<Message>, service: number): void {
    if (this.isDown) return;
    if (!this.serving && service === 0) {
      this.handle(kind, message);
      return;
    }
    const slot = this.freeMessages.pop() ?? this.messages.length;
    this.messages[slot] = { ...message };
    this.work.push(kind, slot, service);
    if (!this.serving) this.serve();
  }

  private serve(): void {
    this.serving = this.work.length > 0;
    if (this.serving) this.setting.engine.schedule(this.work.firstAmount, this.doneType, this.epoch);
  }

  private done(epoch: number): void {
    if (epoch !== this.epoch || !this.work.shift()) return;
    const { type, entity, amount } = this.work;
    this.busy += amount;
    const message = this.messages[entity]!;
    this.messages[entity] = undefined;
    this.freeMessages.push(entity);
    this.handle(type, message);
    this.serve();
  }

  private handle(kind: number, message: Readonly<Message>): void {
    if (kind === this.requestMessage) this.name(message);
    else if (kind === this.reportMessage) this.take(message);
    else if (kind === this.backMessage) this.unbook(message.entity, message.value);
    else this.forget(message.entity);
  }

  /** A node that the master of `epoch` has named is not used. */
  private unbook(node: number, epoch: number): void {
    if (epoch === this.epoch && this.booked[node]! > this.arrived[node]!) this.booked[node]!--;
  }

  private forget(serial: number): void {
    const named = this.questions.get(serial)?.named;
    this.questions.delete(serial);
    if (named != null && named.node >= 0) this.unbook(named.node, named.decider - this.setting.nodes);
  }

  private take({ entity: node, value, count, stamp }: Readonly<Message>): void {
    // Reports may overtake each other where CPUs at the nodes are busy.
    if (stamp < this.toldAt[node]!) return;
    if (this.reported[node] === Number.POSITIVE_INFINITY) this.booked[node] = count;
    this.lag = this.setting.engine.now - stamp;
    this.reported[node] = value;
    this.arrived[node] = count;
    this.toldAt[node] = stamp;
    if (this.booked[node]! < count) this.booked[node] = count;
  }

  private name({ entity: serial, value: home }: Readonly<Message>): void {
    const { mail, nodes } = this.setting;
    const question = this.questions.get(serial)!;
    const node = this.decider.choose(nodes, home);
    const named: Named = {
      node,
      load: node < 0 ? 0 : this.loadOf(node),
      known: node < 0 ? 0 : this.booked[node]!,
      stamp: node < 0 ? 0 : this.soUntil(node),
      decider: nodes + this.epoch,
      serial,
    };
    if (node >= 0) this.booked[node]!++;
    question.named = named;
    mail.send(
      this.answerMessage,
      this.fare,
      { from: nodes, to: home, entity: serial, value: node, count: this.epoch, stamp: named.stamp },
      this.isLost(),
    );
  }

  /** When what the table says of a node was so: where changes are reported it still was when the last report was sent off. */
  private soUntil(node: number): number {
    return this.every === 'change' ? this.setting.engine.now - this.lag : this.toldAt[node]!;
  }

  private loadOf(node: number): number {
    return this.reported[node]! + this.booked[node]! - this.arrived[node]!;
  }

  // -- Answers -----------------------------------------------------------------------------------------------

  private answered({ entity: serial }: Readonly<Message>): void {
    const question = this.questions.get(serial);
    if (question === undefined || question.givenUp) return;
    this.questions.delete(serial);
    const { engine } = this.setting;
    if (question.giveUp >= 0) engine.cancel(question.giveUp);
    this.selection.add(engine.now - question.asked);
    this.setting.answer(question.task, question.home, question.named!);
  }

  private giveUp(serial: number): void {
    const question = this.questions.get(serial)!;
    const { engine, mail, nodes } = this.setting;
    const { task, home } = question;
    question.givenUp = true;
    this.unanswered++;
    if (this.isDown) this.questions.delete(serial);
    // Whatever the master has named, or will have named by then, is given back.
    else {
      mail.send(this.forgetMessage, this.fare, {
        from: home,
        to: nodes,
        entity: serial,
        value: 0,
        count: 0,
        stamp: engine.now,
      });
    }
    this.setting.answer(task, home, NOBODY);
  }

  private isLost(): boolean {
    return this.loss > 0 && this.lost.next() < this.loss;
  }

  // -- Failures ----------------------------------------------------------------------------------------------

  private scheduleFailure(): void {
    if (this.mtbf === 'none') return;
    this.setting.engine.schedule(exponential(this.mtbf).sample(this.chance), this.failType, 0);
  }

  private fail(): void {
    this.isDown = true;
    this.failedAt = this.setting.engine.now;
    this.epoch++;
    this.serving = false;
    while (this.work.shift()) {
      this.messages[this.work.entity] = undefined;
      this.freeMessages.push(this.work.entity);
    }
    for (const [serial, question] of this.questions) if (question.givenUp) this.questions.delete(serial);
    this.reported.fill(Number.POSITIVE_INFINITY);
    this.arrived.fill(0);
    this.booked.fill(0);
    this.toldAt.fill(Number.NEGATIVE_INFINITY);
    this.setting.tell('master-fails', -1);
  }

  /** `node` has sent something to a master that is not there; it will know when the time-out is over. */
  private noticeLater(node: number): void {
    if (this.noticed[node] === this.epoch) return;
    this.noticed[node] = this.epoch;
    this.setting.engine.schedule(this.timeout, this.suspectType, node);
  }

  private suspect(node: number): void {
    if (!this.isDown || this.waits.isSet(node)) return;
    const { engine } = this.setting;
    this.waits.set(node, engine.now + WAIT_LEAST + this.chance.next() * (WAIT_MOST - WAIT_LEAST));
  }

  private tryToLead(node: number): void {
    if (!this.isDown) return;
    const { engine, mail, nodes } = this.setting;
    this.isDown = false;
    this.failOvers++;
    this.down += engine.now - this.failedAt;
    this.setting.tell('fail-over', node);
    for (let other = 0; other < nodes; other++) {
      mail.send(this.registerMessage, this.fare, {
        from: nodes,
        to: other,
        entity: 0,
        value: 0,
        count: 0,
        stamp: engine.now,
      });
    }
    this.scheduleFailure();
  }
}

const NOBODY: Named = { node: -1, load: 0, known: 0, stamp: 0, decider: -1, serial: -1 };
