/**
 * What a fault in the layer's own code takes down under a structure: which kinds of fault are told apart, where the
 * layer runs and what dies with it, and which kinds software stops at the call.
 *
 * All of it is by design of the structure, not measured: a statement of what shares an address space with the layer.
 * Left out: faults of the programs themselves, which every structure but the unprotected libraries keeps in the
 * program; faults of the hardware.
 */

/** Kinds of fault of the layer's code. */
export const FAULT_KINDS = ['stray-store', 'stray-jump', 'wrong-result', 'hang', 'leak'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What falls with a fault, from least to most. */
export const REACHES = ['call', 'process', 'node', 'building'] as const;
export type Reach = (typeof REACHES)[number];

/** The blast radius of a structure. */
export interface Blast {
  /**
   * Where the layer's code runs: in the kernel, with which the whole node falls; in a server that programs of the
   * node share, with which they fall; in each process that uses it, which falls alone.
   */
  readonly place: 'kernel' | 'server' | 'process';
  /**
   * What stops a stray store or jump before it leaves its module: nothing; checks of fault isolation, if the layer is
   * compiled with them; the layer's language; everything, in a structure that is a bound.
   */
  readonly checks: 'none' | 'fault-domains' | 'language' | 'perfect';
  /** One sentence of reasoning. */
  readonly why: string;
}

/** Kinds that checks of stores and jumps catch; nothing else is caught by them. */
const CHECKED: readonly FaultKind[] = ['stray-store', 'stray-jump'];

/**
 * Is a fault stopped at the call? `checked`: whether the layer's own code is compiled with fault isolation too, where
 * the structure has it (the proposal of 1994 trusts its library and leaves it unchecked).
 */
export function isCaught(kind: FaultKind, blast: Blast, checked: boolean): boolean {
  if (blast.checks === 'perfect') return true;
  if (blast.checks === 'none' || (blast.checks === 'fault-domains' && !checked)) return false;
  return CHECKED.includes(kind);
}

/** What a fault takes down on its own node. A wrong result spoils the work of the process that asked, anywhere. */
export function reachOf(kind: FaultKind, blast: Blast, checked: boolean): Exclude<Reach, 'building'> {
  if (isCaught(kind, blast, checked)) return 'call';
  return kind === 'wrong-result' || blast.place === 'process' ? 'process' : 'node';
}
