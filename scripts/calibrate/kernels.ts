/**
 * The kernels of kernels.c as a WebAssembly module, built ahead so that calibrate needs no compiler.
 *
 * Built in scripts/calibrate with Debian clang 14.0.6 and LLD 14.0.6, no SIMD:
 *
 *   clang --target=wasm32 -O2 -nostdlib -fno-builtin -Wl,--no-entry -Wl,--strip-all -o kernels.wasm kernels.c
 *   base64 kernels.wasm
 *
 * Left out: the module holds no data segment with the inputs; `init` makes them.
 */
import { join } from 'node:path';
import { packageFolder } from '../package.ts';

// the part of the global that is used here: the types of node leave it to those of browsers
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, (x: number) => number>>>>,
  ): Promise<{ readonly instance: { readonly exports: object } }>;
};

/** Where the text of the kernels lies, for a native compiler. */
export const kernelSource = join(packageFolder, 'scripts', 'calibrate', 'kernels.c');

/** SHA-256 of the text that the module was built from. */
export const KERNEL_SOURCE_SHA256 = '09dfb07c9b6592d0afd13775b04c7e95ddc739f8432873568e42429aae814e7c';

/** The kernels, in the order of tables. */
export const KERNELS = {
  bytes: 'every byte read, changed, written',
  match: 'search for matches (LZ77)',
  sort: 'quicksort of words',
  matmul: 'matrix product, single precision',
  chase: 'dependent loads over 256 KiB',
  indirect: 'calls through a table',
} as const;
export type Kernel = keyof typeof KERNELS;
export const KERNEL_NAMES = Object.keys(KERNELS) as readonly Kernel[];

const MODULE = [
  'AGFzbQEAAAABEgRgAX8Bf2AAAGAAAX9gAn9/AAIQAQRob3N0B3NlcnZpY2UAAAMREAECAgIDAgICAAAAAAAAAAAEBQFwAQUFBQMBACEG',
  'CQF/AUGgiIABCwdeCwZtZW1vcnkCAARpbml0AAEFYnl0ZXMAAgVtYXRjaAADBHNvcnQABAZtYXRtdWwABgVjaGFzZQAHCGluZGlyZWN0',
  'AAgFY2FsbHMACQdub3RoaW5nAAsFbGVhdmUADAkKAQBBAQsEDQ4PEAqTFhD/BQMEfwF+AX9BByEAQQAhAQNAIAFBoIiAgABqIABBjczl',
  'AGxB3+a74wNqIgJBGHZBD0H/ASABQYAIcRsiA3E6AAAgAUGhiICAAGogAkGNzOUAbEHf5rvjA2oiAEEYdiADcToAACABQQJqIgFBgIDA',
  'AEcNAAtBACEBA0AgAUGgiJCAAGogAUHo8I+AAGotAAA6AAAgAUGhiJCAAGogAUHp8I+AAGotAAA6AAAgAUGiiJCAAGogAUHq8I+AAGot',
  'AAA6AAAgAUGjiJCAAGogAUHr8I+AAGotAAA6AAAgAUEEaiIBQYCAEEcNAAtBACEBQbCIwIAAIQIDQCACQQxqIAFBB2o2AgAgAkEIaiAB',
  'QQZqNgIAIAJBBGogAUEFajYCACACIAFBBGo2AgAgAkF8aiABQQNqNgIAIAJBeGogAUECajYCACACQXRqIAFBAWo2AgAgAkFwaiABNgIA',
  'IAJBIGohAiABQQhqIgFBgIAERw0AC0GciNCAACEBQv7/AyEEA0AgASgCACEDIAEgBEIBfCAAQY3M5QBsQd/mu+MDaiICrX5CIIinQQJ0',
  'QaCIwIAAaiIAKAIANgIAIAAgAzYCAAJAIARCAFINAEGAgHghAQNAIAFBoIjYgABqIAJBjczlAGxB3+a74wNqIgI2AgAgAUGkiNiAAGog',
  'AkGNzOUAbEHf5rvjA2oiAjYCACABQaiI2IAAaiACQY3M5QBsQd/mu+MDaiICNgIAIAFBrIjYgABqIAJBjczlAGxB3+a74wNqIgI2AgAg',
  'AUEQaiIBDQALQYCAdyEBA0AgAUGgiOGAAGogAkGNzOUAbEHf5rvjA2oiAkEUdrNDCtcjPJQ4AgAgAUGgiOqAAGogAkGNzOUAbEHf5rvj',
  'A2oiAkEUdrNDCtcjPJQ4AgAgAUEEaiIBDQALDwsgAUF8aiIDKAIAIQUgAyAEIAJBjczlAGxB3+a74wNqIgCtfkIgiKdBAnRBoIjAgABq',
  'IgIoAgA2AgAgAiAFNgIAIARCfnwhBCABQXhqIQEMAAsLugMBAn9BACEAQYCAQCEBA0AgACABQaCIwIAAai0AACAAc0H/AXFqIgAgACAB',
  'QaGIwIAAai0AAHNB/wFxaiIAIAAgAUGiiMCAAGotAABzQf8BcWoiACAAIAFBo4jAgABqLQAAc0H/AXFqIQAgAUEEaiIBDQALQYCAQCEB',
  'A0AgACABQaCIwIAAai0AACAAc0H/AXFqIgAgACABQaGIwIAAai0AAHNB/wFxaiIAIAAgAUGiiMCAAGotAABzQf8BcWoiACAAIAFBo4jA',
  'gABqLQAAc0H/AXFqIQAgAUEEaiIBDQALQYCAQCEBA0AgACABQaCIwIAAai0AACAAc0H/AXFqIgAgACABQaGIwIAAai0AAHNB/wFxaiIA',
  'IAAgAUGiiMCAAGotAABzQf8BcWoiACAAIAFBo4jAgABqLQAAc0H/AXFqIQAgAUEEaiIBDQALQYCAQCEBA0AgACABQaCIwIAAai0AACAA',
  'c0H/AXFqIgAgACABQaGIwIAAai0AAHNB/wFxaiIAIAAgAUGiiMCAAGotAABzQf8BcWoiACAAIAFBo4jAgABqLQAAc0H/AXFqIQAgAUEE',
  'aiIBDQALIAALxAMBCX9BACEAA0AgAEG4iOqAAGpCADcDACAAQbCI6oAAakIANwMAIABBqIjqgABqQgA3AwAgAEGgiOqAAGpCADcDACAA',
  'QSBqIgBBgIABRw0AC0EAIQFBACECQQAhAANAIABBoYiAgABqLQAAIgNBCHQgAEGgiICAAGotAAAiBHIgAEGiiICAAGotAAAiBUEQdHIg',
  'AEGjiICAAGotAAAiBkEYdHJBsfPd8XlsQRJ2Qfz/AHFBoIjqgABqIgcoAgAhCCAHIAA2AgACQAJAIAhFDQAgCEGgiICAAGotAAAgBEcN',
  'ACAIQaGIgIAAai0AACADRw0AIAhBooiAgABqLQAAIAVHDQAgCEGjiICAAGotAAAgBkH/AXFHDQACQCAAQQRqIgdB//8/Sw0AIAhBpIiA',
  'gABqIQdBACEIAkADQCAHIAhqLQAAIAAgCGoiBEGkiICAAGotAABHDQEgCEEEakH/AU8NASAAIAhBAWoiCGpB/P8/Rw0AC0GAgMAAIQcg',
  'AUECaiEBDAMLIARBBGohBwsgAUECaiEBDAELIABBAWohByACIARqIQILIAFBAWohASAHIQAgB0EIakGAgMAASQ0ACyABIAJzC44BAQF/',
  'QQAhAANAIABBoIjrgABqIABBoIjQgABqKAIANgIAIABBpIjrgABqIABBpIjQgABqKAIANgIAIABBqIjrgABqIABBqIjQgABqKAIANgIA',
  'IABBrIjrgABqIABBrIjQgABqKAIANgIAIABBEGoiAEGAgAhHDQALQQBB//8BEIWAgIAAQQAoAsjd7YAAC5MCAQp/AkAgACABTg0AA0Ag',
  'ACECIAEhAwJAIAAgAUoNACAAIAFqQQF0QXxxQaCI64AAaigCACEEIAEhAyAAIQIDQCACQQJ0QZyI64AAaiEFIAIhBgNAIAZBAWohBiAF',
  'QQRqIgUoAgAiByAESQ0ACyAGQX9qIQIgA0ECdEGgiOuAAGohCCADIQkDQCAJQX9qIQkgCCgCACEKIAhBfGoiCyEIIAogBEsNAAsCQCAC',
  'IAlBAWoiA0oNACAFIAo2AgAgC0EEaiAHNgIAIAYhAiAJIQMLIAIgA0wNAAsLAkACQCADIABrIAEgAmtODQAgACADEIWAgIAAIAIhAAwB',
  'CyACIAEQhYCAgAAgAyEBCyAAIAFIDQALCwu5AgMGfwF9An9BACEAA0AgAEHAiPOAAGpBADYCACAAQbiI84AAakIANwIAIABBsIjzgABq',
  'QgA3AgAgAEGoiPOAAGpCADcCACAAQaCI84AAakIANwIAIABBJGoiAEGAgAlHDQALQQAhAUGgiPOAACECA0AgAUHAAWwhA0GgiOGAACEE',
  'QQAhBQNAIAUgA2pBAnRBoIjYgABqKgIAIQZBACEAA0AgAiAAaiIHIAYgBCAAaiIIKgIAlCAHKgIAkjgCACAHQQRqIgcgBiAIQQRqKgIA',
  'lCAHKgIAkjgCACAAQQhqIgBBgAZHDQALIARBgAZqIQQgBUEBaiIFQcABRw0ACyACQYAGaiECIAFBAWoiAUHAAUcNAAsCQEEAKgLUivOA',
  'ACIGQwAAgE9dIAZDAAAAAGBxRQ0AIAapDwtBAAuIAQECf0EAIQBBgLUYIQEDQCAAQQJ0QaCIwIAAaigCAEECdEGgiMCAAGooAgBBAnRB',
  'oIjAgABqKAIAQQJ0QaCIwIAAaigCAEECdEGgiMCAAGooAgBBAnRBoIjAgABqKAIAQQJ0QaCIwIAAaigCAEECdEGgiMCAAGooAgAhACAB',
  'QXhqIgENAAsgAAuKAQECf0HAhD0hAEEBIQEDQCABIAFBAXZBDHFBgIiAgABqKAIAEYCAgIAAACIBIAFBAXZBDHFBgIiAgABqKAIAEYCA',
  'gIAAACIBIAFBAXZBDHFBgIiAgABqKAIAEYCAgIAAACIBIAFBAXZBDHFBgIiAgABqKAIAEYCAgIAAACEBIABBfGoiAA0ACyABCzABAX8C',
  'QAJAIAANAEEAIQEMAQtBACEBA0AgARCKgICAACEBIABBf2oiAA0ACwsgAQsOAEEAKAKQiICAACAAagsHACAAQQFqCzABAX8CQAJAIAAN',
  'AEEAIQEMAQtBACEBA0AgARCAgICAACEBIABBf2oiAA0ACwsgAQsHACAAQQFqCwcAIABBA3MLBwAgAEEFbAsHACAAQXlqCwshAgBBgAgL',
  'EAEAAAACAAAAAwAAAAQAAAAAQZAICwQBAAAA',
].join('');

/** What the module exports. */
export type KernelExports = Readonly<Record<Kernel, () => number>> & {
  /** Fills the inputs. */
  init(): void;
  /** Does nothing: into the sandbox and back. */
  nothing(x: number): number;
  /** Out of the sandbox and back, `times` times. */
  leave(times: number): number;
  /** Direct calls inside. */
  calls(times: number): number;
};

/** A fresh instance; `service` is what it calls outside. */
export async function kernelModule(service: (x: number) => number): Promise<KernelExports> {
  const { instance } = await WebAssembly.instantiate(Buffer.from(MODULE, 'base64'), { host: { service } });
  return instance.exports as unknown as KernelExports;
}
