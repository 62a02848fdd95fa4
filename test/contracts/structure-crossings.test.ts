// Which boundaries each structure crosses, and how often: of a null service, of one that only the kernel can do (a
// mapping), of a call of a function that is not trusted, of an event handed to the application, of a page fault, of a
// lock, of a switch. Written down here from section 3 of the reference, apart from the structures' own files; prices are
// one nanosecond each.
import { expect, it } from 'vitest';
import { Prices, type Step } from '../../models/os/cost.ts';
import { PRICE_DEFAULTS, STRUCTURES, structureNamed } from '../../models/os/index.ts';
import { OPERATION_WORK, OPERATIONS } from '../../models/os/operations.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { type Machine, PRICE_NAMES, type PriceName } from '../../models/presets/machines.ts';

/** A machine whose every price but those `without` is a nanosecond and has its own name for a source. */
function unitMachine(without: readonly PriceName[]): Machine {
  const names = (Object.keys(PRICE_NAMES) as PriceName[]).filter((name) => !without.includes(name));
  const price = (fact: string) => ({ value: 1, unit: 'ns', fact, quality: 'measured' }) as const;
  return { ...loadMachine('r3000-40'), prices: Object.fromEntries(names.map((name) => [name, price(name)])) };
}
/** Prices that stand for a whole path where a machine has them. */
const WHOLE: readonly PriceName[] = ['trace-stop', 'l4-unix', 'mach-exception', 'mach-file-fault'];

/** `2 syscall + switch`: the crossings of a path, bodies and copies left out. */
function counts(steps: readonly Step[]): string {
  const by = new Map<string, number>();
  for (const { kind, fact, count } of steps) {
    if (kind !== 'body' && kind !== 'copy' && kind !== 'inflation') by.set(fact, (by.get(fact) ?? 0) + count);
  }
  return [...by].map(([name, n]) => (n === 1 ? name : `${n} ${name}`)).join(' + ');
}

const MACH_CALL = 'mach-reflect + mach-emulation + mach-stubs + mach-rpc';
const MACH_DIRECT = 'mach-stubs + mach-rpc';
const MACH_FAULT = '2 mach-syscall + mach-rpc';
const LRPC = 'lrpc-stubs + 2 lrpc-trap + 2 lrpc-switch + lrpc-kernel';
const TRACED = '3 syscall + 2 switch';
const META = '2 syscall + 2 switch';
const HOOKED = 'syscall + SLIC-base + call';
const EVENT = 'spin-syscall + spin-guard + spin-call';
const LIBRARY = [
  'fault-domain',
  'fault-domain + syscall',
  'fault-domain',
  'exception + fault-domain',
  'exception + fault-domain',
  '2 call',
  'switch',
];

/** Null service, mapping, call of an untrusted function, upcall, fault, lock, switch. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  'in-kernel': ['syscall', 'syscall', 'syscall', 'exception', 'syscall', 'syscall', 'switch'],
  'microkernel-mach': ['mach-reflect', MACH_CALL, MACH_DIRECT, MACH_FAULT, MACH_FAULT, 'mach-rpc', 'switch'],
  'microkernel-l4': [
    'l4-rpc',
    'l4-rpc + 43 tlb-miss + LRPC-TLB-n',
    'l4-rpc',
    'l4-rpc',
    'l4-rpc + 43 tlb-miss + LRPC-TLB-n',
    'l4-rpc',
    '0.5 l4-rpc',
  ],
  'microkernel-l4-tagged': ['l4-rpc', 'l4-rpc', 'l4-rpc', 'l4-rpc', 'l4-rpc', 'l4-rpc', '0.5 l4-rpc'],
  'multi-server': [
    'mach-reflect',
    'mach-reflect + mach-stubs + mach-rpc',
    MACH_DIRECT,
    MACH_FAULT,
    MACH_FAULT,
    'mach-rpc',
    'switch',
  ],
  lrpc: [LRPC, LRPC, LRPC, LRPC, LRPC, LRPC, 'switch'],
  'rpc-server': [...Array(6).fill('kernel-rpc'), '0.5 kernel-rpc'],
  'user-server': ['pipe', 'pipe + syscall', 'pipe', 'exception', 'exception + pipe', 'pipe', 'switch'],
  interposition: [
    'intercept',
    'intercept + pass-through',
    'intercept + pass-through',
    'exception',
    'exception',
    'pass-through',
    'switch',
  ],
  'in-kernel-interposition': [HOOKED, HOOKED, HOOKED, 'exception', 'syscall', 'syscall', 'switch'],
  tracer: [TRACED, TRACED, TRACED, 'exception + 2 syscall + 2 switch', 'exception', TRACED, 'switch'],
  'sfi-library': LIBRARY,
  'sfi-binary': LIBRARY,
  'extensible-kernel': [EVENT, EVENT, EVENT, 'spin-exception', 'spin-exception', 'spin-syscall', 'switch'],
  exokernel: [
    'call',
    'call + aegis-syscall + EXO-stlb',
    '2 aegis-switch',
    'aegis-exception',
    'aegis-exception',
    '2 call',
    'aegis-switch',
  ],
  apertos: [META, META, META, META, META, META, 'switch'],
  'pti-kernel': [
    'pti-syscall',
    'pti-syscall',
    'pti-syscall',
    'exception',
    'pti-syscall',
    'pti-syscall',
    'switch',
  ],
  gvisor: [
    'sandbox-kernel-call',
    'sandbox-kernel-call',
    'sandbox-kernel-call',
    'exception + sandbox-kernel-call',
    'sandbox-kernel-call',
    'sandbox-kernel-call',
    'switch',
  ],
  'seccomp-notify': [
    'call-notify + syscall',
    'call-notify + syscall',
    'call-notify + syscall',
    'exception + call-notify',
    'exception',
    'call-notify',
    'switch',
  ],
  lfi: LIBRARY,
  nacl: LIBRARY,
  webassembly: LIBRARY,
  free: ['', '', '', '', '', '', ''],
};

it('speaks of every structure', () => {
  expect(Object.keys(PATHS).sort()).toEqual(Object.keys(STRUCTURES).sort());
});

it.each(Object.entries(PATHS))('%s crosses what the reference says', (name, expected) => {
  const structure = structureNamed(name);
  const prices = new Prices(unitMachine(WHOLE), name, PRICE_DEFAULTS);
  expect([
    counts(structure.service('null', prices)),
    counts(structure.service('memory', prices)),
    counts(structure.service('untrusted-function', prices)),
    counts(structure.upcall(prices)),
    counts(structure.fault(prices)),
    counts(structure.lock(prices)),
    counts(structure.switch(prices)),
  ]).toEqual(expected);
});

it.each([
  ['tracer', 'trace-stop', 'trace-stop'],
  ['microkernel-l4', 'l4-unix', 'l4-rpc'],
  ['microkernel-mach', 'mach-reflect', 'mach-rpc'],
])('%s takes the price of a whole path where a machine has it', (name, null_, lock) => {
  const structure = structureNamed(name);
  const prices = new Prices(unitMachine([]), name, PRICE_DEFAULTS);
  expect([counts(structure.service('null', prices)), counts(structure.lock(prices))]).toEqual([null_, lock]);
});

it('an application enters the layer by the bare crossing, or by the way that its structure has for it', () => {
  const entries: Readonly<Record<string, string>> = {
    'microkernel-mach': MACH_CALL,
    'multi-server': 'mach-reflect + mach-stubs + mach-rpc',
    'microkernel-l4': 'l4-rpc + 43 tlb-miss + LRPC-TLB-n',
  };
  for (const [name, structure] of Object.entries(STRUCTURES)) {
    const prices = new Prices(unitMachine(WHOLE), name, PRICE_DEFAULTS);
    const entry = counts((structure.enter ?? structure.crossing)(prices));
    expect(entry, name).toBe(entries[name] ?? counts(structure.crossing(prices)));
  }
});

// What the layer's own operations ask of the system: the calls of a user-level implementation.
const WORK: Readonly<Record<string, string>> = {
  'sample-idleness': 'file-meta, other',
  stop: 'signal, switch',
  continue: 'signal, switch',
  spawn: '4 process',
  send: 'asked: network-send',
  receive: 'asked: network-receive',
  freeze: 'signal, switch, memory, 2 other',
  'transfer-page': 'memory, network-send',
  resume: 'memory, 2 other, signal, switch',
  'deliver-signal': 'upcall',
  'lock-shared': 'lock',
  'page-out': 'memory, file-write',
  'fault-disk': 'fault, file-read, memory',
  'fault-remote': 'fault, network-send, network-receive, memory',
  barrier: 'asked: network-send, network-receive, switch',
};

it.each(OPERATIONS)('the operation %s is made of what it says, and costs the sum of it', (op) => {
  const { asked, parts } = OPERATION_WORK[op];
  const told = parts.map((part) => {
    const name = part.kind === 'service' ? part.service : part.kind;
    return part.count === 1 ? name : `${part.count} ${name}`;
  });
  expect(`${asked ? 'asked: ' : ''}${told.join(', ')}`).toBe(WORK[op]);
  for (const name of ['microkernel-mach', 'sfi-library', 'user-server']) {
    const structure = structureNamed(name);
    const prices = new Prices(unitMachine(WHOLE), name, PRICE_DEFAULTS);
    const sum = (steps: readonly Step[]) => steps.reduce((total, s) => total + s.total_ns, 0);
    const expected = parts.map((part) => {
      const nothing = { in: 0, out: 0 };
      const steps =
        part.kind === 'service'
          ? structure.inside(part.service, prices, part.carries === undefined ? undefined : nothing)
          : structure[part.kind](prices);
      return part.count * sum(steps);
    });
    const entry = asked ? sum((structure.enter ?? structure.crossing)(prices)) : 0;
    const total = entry + expected.reduce((a, b) => a + b, 0);
    expect(sum(structure.operation(op, prices, 0)) / total, name).toBeCloseTo(1, 9);
  }
});
