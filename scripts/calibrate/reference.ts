/**
 * The reference table `models/presets/wasm-reference.csv`: ratios and crossings of one machine, with provenance. Printed
 * beside a host's own numbers, and used for the native baseline where there is no compiler.
 *
 * Left out: its spread; the kernels have the same work as those of kernels.c, but other sizes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { packageFolder } from '../package.ts';

/** One row of the table. */
export interface ReferenceRow {
  readonly id: string;
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  readonly provenance: string;
}

/** The rows by what follows `WASM-REF-` in their id. */
export function referenceTable(): ReadonlyMap<string, ReferenceRow> {
  const text = readFileSync(join(packageFolder, 'models', 'presets', 'wasm-reference.csv'), 'utf8');
  const rows = parse(text, { columns: true }) as Record<keyof ReferenceRow, string>[];
  return new Map(rows.map((row) => [row.id.replace('WASM-REF-', ''), { ...row, value: Number(row.value) }]));
}

/** Programs whose WebAssembly was compared with gcc, without SIMD: one number for each program. */
export function gccRatios(table: ReadonlyMap<string, ReferenceRow>): ReferenceRow[] {
  return [...table].filter(([key]) => key.endsWith('-gcc') && !key.includes('simd')).map(([, row]) => row);
}
