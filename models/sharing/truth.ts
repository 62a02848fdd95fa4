/** All loads known everywhere at once and for nothing: the bound of deciders. */
import type { Decider, LoadTable } from '../policies/decider/contract.ts';
import type { DeciderService, DeciderSetting } from './decider.ts';

export class Truth implements DeciderService {
  private readonly setting: DeciderSetting;
  private readonly decider: Decider;

  constructor(setting: DeciderSetting) {
    const { engine, nodes, bookings, jobsAt } = setting;
    this.setting = setting;
    const table: LoadTable = {
      nodes,
      load: (_at, node) => jobsAt(node) + bookings.booked[node]! - bookings.arrived[node]!,
      toldAt: () => engine.now,
    };
    this.decider = setting.kind.create(table);
  }

  ask(task: number, home: number): void {
    const { engine, bookings, jobsAt, nodes } = this.setting;
    const node = this.decider.choose(home, home);
    const booked = node < 0 ? 0 : bookings.booked[node]!;
    this.setting.answer(task, home, {
      node,
      load: node < 0 ? 0 : jobsAt(node) + booked - bookings.arrived[node]!,
      known: booked,
      stamp: engine.now,
      decider: nodes,
      serial: -1,
    });
  }

  settled(): void {}
  changed(): void {}
  start(): void {}
}
