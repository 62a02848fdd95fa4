/** How faults of the layer are set in an experiment. Only the rate has to be given; everything else is assumed. */
import type { Field } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';

const share = (doc: string, value: string) =>
  ({ kind: 'share', doc, default: value, min: 0, max: 1 }) as const satisfies Field;
const time = (doc: string, value: string) =>
  ({ kind: 'time', doc, default: value, min: 0 }) as const satisfies Field;

export const FAULT_FIELDS = {
  kind: 'group',
  doc: "faults of the layer's own code, met by guests, and by owners' programs where they use the layer",
  fields: {
    rate: { kind: 'number', doc: 'faults per service call; 0: none', default: 0, min: 0, max: 1 },
    kinds: {
      kind: 'group',
      doc: 'shares of the kinds of fault (assumed); they add up to 100 %',
      fields: {
        stray_store: share('a store outside what the code owns', '20%'),
        stray_jump: share('a jump outside the code', '10%'),
        wrong_result: share('a wrong answer: the work of the process that asked is spoilt', '40%'),
        hang: share('the code does not come back', '20%'),
        leak: share('something is not given back', '10%'),
      },
    },
    checked: {
      kind: 'boolean',
      doc: "the layer's own code is compiled with fault isolation too, where the structure has it; off: it is trusted, as in the proposal of 1994",
      default: true,
    },
    shared: share(
      'stray stores and jumps of unchecked code in a process that hit state which programs of the node share (assumed)',
      '10%',
    ),
    global: share('faults not stopped that spoil state which all nodes share (assumed)', '0.1%'),
    leaks: {
      kind: 'integer',
      doc: 'leaks that use up what they leak from (assumed)',
      default: 20,
      min: 1,
    },
    programs: {
      kind: 'integer',
      doc: 'open programs of an owner, which fall with the node (assumed)',
      default: 5,
      min: 0,
    },
    unsaved: time("work that is lost with each of an owner's programs (assumed)", '10min'),
    recovery: {
      kind: 'group',
      doc: 'how long what fell is out of use (assumed)',
      fields: {
        notice: time('until a hang is noticed', '60s'),
        server: time("to start a server, or the node's shared state, again", '10s'),
        node: time('to boot a node', '3min'),
        building: time('to bring the state of the building together again', '5min'),
      },
    },
  },
} as const satisfies Field;

/** Throws `InputError` where the shares of the kinds do not add up to one. */
export function checkKinds(kinds: Readonly<Record<string, number>>): void {
  const sum = Object.values(kinds).reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) <= 1e-9) return;
  throw new InputError({
    where: 'faults.kinds',
    found: `the shares add up to ${Number((100 * sum).toPrecision(6))} %`,
    would: 'make them add up to 100 %',
  });
}
