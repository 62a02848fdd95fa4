/**
 * What an OS structure is: where functionality lives, and so which boundaries each service crosses.
 *
 * A structure's file gives its crossing (what a null service pays at the boundary), its service paths, and how it
 * hands an event to the application, takes a page fault, switches and locks; `defineStructure` builds GLUnix's
 * operations of those.
 */
import type { Family } from '../presets/machines.ts';
import type { Blast } from './blast.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { step } from './cost.ts';
import type { Operation } from './operations.ts';
import { OPERATION_WORK, times } from './operations.ts';
import type { ServiceClass } from './services.ts';
import type { OverheadLaw, SfiChecks } from './sfi.ts';

/** Overheads on the user time of every program linked with a library, by what is checked. */
export interface Tax extends Readonly<Record<SfiChecks, OverheadLaw>> {
  /** Families of processors on which they were measured; on others they are borrowed. */
  readonly measuredOn: readonly Family[];
}

/** What a structure's file gives. */
export interface StructureParts {
  readonly name: string;
  readonly title: string;
  readonly describes: string;
  readonly source: string;
  /** Left out: user time is not taxed. */
  readonly tax?: Tax;
  /**
   * It stands beside a stock kernel and only programs that ask for it pay for it; left out: it is the whole system,
   * and the owners' own programs run under it too.
   */
  readonly besideKernel?: true;
  /** What a fault of the layer's own code takes down: by design, not measured. */
  readonly blast: Blast;
  /** What one null service that cannot be avoided pays at the boundary: no stubs, no body. */
  crossing(prices: Prices): Step[];
  /** What an application pays to ask the layer for something, where that is more than the bare crossing. */
  enter?(prices: Prices): Step[];
  /** The path of one service that the layer itself does, on its own behalf or inside a call: no entry. */
  inside(service: ServiceClass, prices: Prices, bytes?: CallBytes): Step[];
  /** The path of one service that an application asks for. Bytes are the class's own unless given. */
  service(service: ServiceClass, prices: Prices, bytes?: CallBytes): Step[];
  /** An event (signal, exception) handed to a handler of the application. */
  upcall(prices: Prices): Step[];
  /** A page fault taken by whoever handles paging here. */
  fault(prices: Prices): Step[];
  /** A lock on state that programs of one node share. */
  lock(prices: Prices): Step[];
  /** The scheduler puts another process on the CPU. */
  switch(prices: Prices): Step[];
}

/** A structure, with GLUnix's operations. */
export interface OsStructure extends StructureParts {
  readonly taxesUserTime: boolean;
  /** CPU time of one operation that moves `bytes`. */
  operation(op: Operation, prices: Prices, bytes: number): Step[];
}

/** Completes a structure: operations composed of its own services, upcalls, faults, switches and locks. */
export function defineStructure(parts: StructureParts): OsStructure {
  return {
    ...parts,
    taxesUserTime: parts.tax !== undefined,
    operation(op, prices, bytes) {
      const work = OPERATION_WORK[op];
      const steps: Step[] = work.asked ? [...(parts.enter ?? parts.crossing)(prices)] : [];
      for (const part of work.parts) {
        if (part.kind === 'service') {
          const moved: CallBytes | undefined =
            part.carries === undefined
              ? undefined
              : { in: part.carries === 'in' ? bytes : 0, out: part.carries === 'out' ? bytes : 0 };
          for (const s of parts.inside(part.service, prices, moved)) {
            // The wait for a disk is simulated where the operation is carried out.
            if (s.kind !== 'device')
              steps.push(times({ ...s, what: `${part.service}: ${s.what}` }, part.count));
          }
        } else {
          for (const s of parts[part.kind](prices)) steps.push(times(s, part.count));
        }
      }
      return steps.map((s) => ({
        ...s,
        price_ns: s.price_ns * prices.options.operationPrice,
        total_ns: s.total_ns * prices.options.operationPrice,
      }));
    },
  };
}

// Ways of doing things that several structures share.

/** A switch between two processes by a monolithic kernel. */
export function kernelSwitch(prices: Prices): Step[] {
  return [step('process switch', 'scheduling', 1, prices.of('switch'))];
}

/** A handler of the application reached by the exception path of a monolithic kernel. */
export function kernelUpcall(prices: Prices): Step[] {
  return [step('exception dispatch by the kernel', 'trap', 1, prices.of('exception'))];
}

/** A fault taken by a monolithic kernel: a trap and no more. */
export function kernelFault(prices: Prices): Step[] {
  return [step('page-fault trap', 'trap', 1, prices.of('syscall'))];
}

/** A fault handed to a pager in user space, by the exception path of a monolithic kernel. */
export function userFault(prices: Prices): Step[] {
  return [step('page fault sent to user space', 'trap', 1, prices.of('exception'))];
}
