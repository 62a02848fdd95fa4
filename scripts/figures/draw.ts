/**
 * A picture without a browser: Plotly draws into jsdom, which the font's own metrics tell how large texts are; the
 * SVG becomes a PNG by resvg. Equal pictures are equal files: no clock, no chance, no font of the machine.
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
  return `${withoutStruts(svg)
    .replace(/url\((?:&quot;|['"])#([^)'"&]+)(?:&quot;|['"])\)/g, 'url(#$1)')
    .trim()}\n`;
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
