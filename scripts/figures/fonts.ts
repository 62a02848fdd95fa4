/**
 * The font of the pictures: Arimo, whose widths are those of Arial and Helvetica, so that a picture looks the same
 * where a reader has only those. Reads advance widths from the font file itself.
 *
 * Left out: kerning and ligatures (resvg and browsers set some pairs a fraction of a pixel closer).
 * Source: the OpenType specification, tables head, hhea, hmtx and cmap (format 4).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Files of the two faces, regular and bold. */
export const FONT_FILES: readonly [string, string] = [
  require.resolve('@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf'),
  require.resolve('@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf'),
];

/** The family as a style sheet names it, with what stands in where Arimo is not installed. */
export const FONT_FAMILY = "Arimo, 'Liberation Sans', Arial, Helvetica, sans-serif";

/** One face: how far each character moves the pen. */
export class Face {
  /** Above and below the base line, in em. */
  readonly ascent: number;
  readonly descent: number;
  private readonly advances = new Map<number, number>();

  constructor(file: string) {
    const font = readFileSync(file);
    const tables = new Map<string, number>();
    for (let i = 0; i < font.readUInt16BE(4); i++) {
      const entry = 12 + 16 * i;
      tables.set(font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8));
    }
    const table = (name: string): number => {
      const at = tables.get(name);
      if (at === undefined) throw new Error(`${file}: no table ${name}`);
      return at;
    };
    const em = font.readUInt16BE(table('head') + 18);
    const hhea = table('hhea');
    this.ascent = font.readInt16BE(hhea + 4) / em;
    this.descent = -font.readInt16BE(hhea + 6) / em;
    const widths = font.readUInt16BE(hhea + 34);
    const hmtx = table('hmtx');
    for (const [character, glyph] of glyphs(font, table('cmap'))) {
      this.advances.set(character, font.readUInt16BE(hmtx + 4 * Math.min(glyph, widths - 1)) / em);
    }
  }

  /** Width of a text at a size, in the unit of the size. Throws where the font has no such character. */
  width(text: string, size: number): number {
    let em = 0;
    for (const character of text) {
      if (character === STRUT) continue;
      const advance = this.advances.get(character.codePointAt(0)!);
      if (advance === undefined) throw new Error(`"${text}": the font of the pictures has no "${character}"`);
      em += advance;
    }
    return em * size;
  }
}

/** Plotly's line strut, which has no width and is taken out of the finished picture. */
export const STRUT = '\u200b';

/** Characters and their glyphs, from the Unicode table of the basic plane. */
function* glyphs(font: Buffer, cmap: number): Iterable<[number, number]> {
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const platform = font.readUInt16BE(cmap + 4 + 8 * i);
    const start = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    if (platform !== 3 || font.readUInt16BE(start) !== 4) continue;
    const double = font.readUInt16BE(start + 6);
    const [ends, starts] = [start + 14, start + 16 + double];
    for (let segment = 0; segment < double; segment += 2) {
      const first = font.readUInt16BE(starts + segment);
      const delta = font.readUInt16BE(starts + double + segment);
      const place = starts + 2 * double + segment;
      const offset = font.readUInt16BE(place);
      for (let c = first; c <= font.readUInt16BE(ends + segment) && c < 0xffff; c++) {
        const listed = offset === 0 ? c : font.readUInt16BE(place + offset + 2 * (c - first));
        if (listed !== 0) yield [c, (listed + delta) & 0xffff];
      }
    }
    return;
  }
  throw new Error('the font has no Unicode table');
}

let faces: { readonly regular: Face; readonly bold: Face } | undefined;

/** Both faces, read once. */
export function loadFaces(): { readonly regular: Face; readonly bold: Face } {
  faces ??= { regular: new Face(FONT_FILES[0]), bold: new Face(FONT_FILES[1]) };
  return faces;
}
