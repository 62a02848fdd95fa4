/**
 * A picture without a browser: Plotly draws into jsdom, which the font's own metrics tell how large texts are; the
 * SVG becomes a PNG by resvg and a PDF by pdfkit. Equal pictures are equal files: no clock, no chance, no font of the machine.
 *
 * Left out: heat maps and other traces that need a canvas.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FONT_FAMILY, FONT_FILES, loadFaces } from './fonts.ts';
import { type DrawingWindow, installTextMetrics, withoutStruts } from './text-metrics.ts';

const require = createRequire(import.meta.url);

/** What Plotly draws: traces and a layout with its size in px (96 to the inch). */
export interface Picture {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>> & { readonly width: number; readonly height: number };
}

interface Plotly {
  toImage(figure: object, options: object): Promise<string>;
}
interface Window extends DrawingWindow {
  Math: { random: () => number };
  eval(code: string): void;
  readonly Plotly: Plotly;
}
// jsdom's own declarations would bring a browser's globals into every file of the project.
interface Jsdom {
  readonly JSDOM: new (page: string, options: object) => { readonly window: Window };
  readonly VirtualConsole: new () => object;
}

/** Loads Plotly into a window of its own. Loading takes about 2 s; one window draws many pictures, one after another. */
export function openDrawing(): (picture: Picture) => Promise<string> {
  const { JSDOM, VirtualConsole } = require('jsdom') as Jsdom;
  const { window } = new JSDOM('<!doctype html><body></body>', {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
  });
  installTextMetrics(window, loadFaces());
  // Plotly draws the ids of clip paths by chance.
  let state = 1;
  window.Math.random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  window.eval(readFileSync(require.resolve('plotly.js-dist'), 'utf8'));
  return async ({ data, layout }) => {
    state = 1;
    const { width, height } = layout;
    const font = { family: FONT_FAMILY, ...(layout['font'] as object | undefined) };
    const figure = { data, layout: { ...layout, font }, config: { staticPlot: true } };
    const url = await window.Plotly.toImage(figure, { format: 'svg', width, height });
    return plainSvg(decodeURIComponent(url.slice(url.indexOf(',') + 1)));
  };
}

/** Plotly's SVG as renderers other than browsers read it. */
export function plainSvg(svg: string): string {
  const plain = withoutStruts(svg).replace(/url\((?:&quot;|['"])#([^)'"&]+)(?:&quot;|['"])\)/g, 'url(#$1)');
  return `${withGrounds(plain).trim()}\n`;
}

/** The pattern's own colour beneath every shape that is filled with one: the seams of its tiles would be white lines. */
function withGrounds(svg: string): string {
  const patterns = svg.matchAll(/<pattern id="([^"]+)"[^>]*><rect [^>]*fill="([^"]+)"/g);
  const grounds = new Map([...patterns].map(([, id, colour]) => [id!, colour!]));
  return svg.replace(/<path [^>]*fill: url\(#([^)]+)\)[^>]*\/>/g, (path, id: string) => {
    const colour = grounds.get(id);
    return colour === undefined ? path : path.replace(`url(#${id})`, colour) + path;
  });
}

/** A PNG of an SVG at `zoom` pixels to the px. */
export async function pngOf(svg: string, zoom: number): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  return new Resvg(svg, {
    background: '#ffffff',
    fitTo: { mode: 'zoom', value: zoom },
    font: { loadSystemFonts: false, fontFiles: [...FONT_FILES], defaultFontFamily: 'Arimo' },
  })
    .render()
    .asPng();
}

/** A PDF of an SVG of `width` x `height` px (96 to the inch): vectors, the font embedded as far as it is used. */
export async function pdfOf(svg: string, width: number, height: number): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit');
  const draw = require('svg-to-pdfkit') as (
    document: object,
    svg: string,
    x: number,
    y: number,
    options: object,
  ) => void;
  const points = { width: 0.75 * width, height: 0.75 * height };
  const document = new PDFDocument({
    size: [points.width, points.height],
    margin: 0,
    info: { CreationDate: new Date(0), ModDate: new Date(0) },
  });
  const pieces: Uint8Array[] = [];
  document.on('data', (piece: Uint8Array) => pieces.push(piece));
  const whole = new Promise<void>((resolve) => document.on('end', resolve));
  // A line strut of Plotly has no glyph and would be drawn as a box; pdfkit takes no dash of length nought.
  const readable = svg
    .replaceAll('\u200b', '')
    .replace(
      /(stroke-dasharray: )([^;"]+)/g,
      (_all, name: string, dashes: string) =>
        `${name}${dashes.replace(/(^|[\s,])0(?:\.0*)?(px)?(?=[\s,]|$)/g, '$10.001$2')}`,
    );
  draw(document, readable, 0, 0, {
    ...points,
    assumePt: false,
    fontCallback: (_family: string, bold: boolean) => FONT_FILES[bold ? 1 : 0],
  });
  document.end();
  await whole;
  return Buffer.concat(pieces);
}
