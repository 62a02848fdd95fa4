/**
 * The published JSON Schema of experiment files, made from the fields, so that editors complete and check them.
 * Coarser than nowsim's own check: units by pattern, limits of quantities and parameters of a slot's choice are
 * checked in full by nowsim only.
 */
import { z } from 'zod';
import { KIT_FIELDS, KIT_MAPS } from './experiment.ts';
import type { ChoiceField, Field, QuantityKind, ScalarField, SlotField } from './fields.ts';
import { namesOf, slotKey } from './fields.ts';
import type { Study } from './study.ts';

const NUMBER = '[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?';
const UNITS: Readonly<Record<'time' | 'bytes' | 'rate' | 'share', string>> = {
  time: '(ns|us|µs|ms|s|min|h|d)',
  bytes: '([KMGT]iB|kB|MB|GB|B)',
  rate: '([kMG]?(b|B)|[KMG]iB)/s',
  share: '%',
};

/** JSON Schema (draft 2020-12) of the study's experiment files. */
export function experimentSchema(study: Study): unknown {
  const shape: Record<string, z.ZodType> = { $schema: z.string().optional() };
  for (const [key, field] of Object.entries(KIT_FIELDS)) shape[key] = schemaOf(field).optional();
  shape['measures'] = z
    .array(z.enum(Object.keys(study.measures) as [string, ...string[]]))
    .describe(KIT_FIELDS.measures.doc)
    .optional();
  shape['vary'] = z
    .record(z.string(), z.union([z.array(z.any()).min(1), z.string()]))
    .describe(KIT_MAPS.vary)
    .optional();
  shape['baseline'] = z.record(z.string(), z.any()).describe(KIT_MAPS.baseline).optional();
  Object.assign(shape, shapeOf(study.fields.fields));
  return z.toJSONSchema(z.strictObject(shape).describe(study.fields.doc), { io: 'input' });
}

function shapeOf(fields: Readonly<Record<string, Field>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, schemaOf(field).optional()]));
}

function schemaOf(field: Field): z.ZodType {
  const schema = bare(field);
  const start =
    'default' in field && field.default !== undefined ? ` (default ${String(field.default)})` : '';
  return schema.describe(`${field.doc}${start}`);
}

function bare(field: Field): z.ZodType {
  switch (field.kind) {
    case 'group': {
      const map = z.strictObject(shapeOf(field.fields));
      return field.words === undefined ? map : z.union([...words(field.words), map]);
    }
    case 'slot':
      return slot(field);
    case 'choice':
      return choice(field);
    default:
      return scalar(field);
  }
}

function words(list: readonly string[]): z.ZodType[] {
  return list.length === 0 ? [] : [z.enum(list as [string, ...string[]])];
}

function choice(field: ChoiceField): z.ZodType {
  const names = z.enum(namesOf(field) as [string, ...string[]]);
  return field.orPath === true ? z.union([names, z.string().regex(/[/\\]/)]) : names;
}

function slot(field: SlotField): z.ZodType {
  const names = z.enum(namesOf(field) as [string, ...string[]]);
  const maps = Object.entries(field.of).map(([name, { doc, fields }]) => {
    const named = z.literal(name);
    const key = name === field.default ? named.optional() : named;
    return z.strictObject({ [slotKey(field)]: key, ...shapeOf(fields) }).describe(doc);
  });
  return z.union([names, ...maps]);
}

function scalar(field: ScalarField): z.ZodType {
  const options = [...words(field.words ?? []), ...plain(field)];
  return options.length === 1 ? options[0]! : z.union(options);
}

function plain(field: ScalarField): z.ZodType[] {
  switch (field.kind) {
    case 'boolean':
      return [z.enum(['on', 'off']), z.boolean()];
    case 'text':
      return [z.string(), z.number()];
    case 'path':
      return [z.string()];
    case 'list':
      return [
        z.array(
          z.union(
            field.each === undefined
              ? [z.string(), z.number()]
              : field.each === 'text'
                ? [z.string()]
                : quantity(field.each, {}),
          ),
        ),
      ];
    default:
      return quantity(field.kind, field);
  }
}

function quantity(kind: QuantityKind, limits: Pick<ScalarField, 'min' | 'max' | 'above'>): z.ZodType[] {
  if (kind !== 'number' && kind !== 'integer' && kind !== 'share')
    return [z.string().regex(new RegExp(`^${NUMBER}${UNITS[kind]}$`))];
  let number = kind === 'integer' ? z.int() : z.number();
  if (limits.min !== undefined) number = number.min(limits.min);
  if (limits.above !== undefined) number = number.gt(limits.above);
  if (limits.max !== undefined) number = number.max(limits.max);
  return kind === 'share' ? [z.string().regex(new RegExp(`^${NUMBER}${UNITS.share}$`)), number] : [number];
}
