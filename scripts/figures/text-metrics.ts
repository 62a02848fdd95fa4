/**
 * What Plotly asks a browser and jsdom cannot answer: how large a text, a path or a group is when it is drawn.
 * Widths are the font's own; boxes are put together through the transforms of the elements around them.
 *
 * Left out: curved segments (their end points are taken), skewed elements, letter spacing.
 * Source: SVG 1.1, sections 7.6 (transforms) and 8.3 (path data); compared with Chromium by eye.
 */
import type { Face } from './fonts.ts';
import { STRUT } from './fonts.ts';

interface DrawnText {
  readonly nodeType: 3;
  readonly textContent: string;
}

/** As much of an element as is read here. */
export interface DrawnElement {
  readonly nodeType: 1;
  readonly localName: string;
  readonly namespaceURI: string | null;
  readonly parentElement: DrawnElement | null;
  readonly children: Iterable<DrawnElement>;
  readonly childNodes: Iterable<DrawnElement | DrawnText>;
  readonly classList: { contains(name: string): boolean };
  readonly style?: { getPropertyValue(name: string): string };
  getAttribute(name: string): string | null;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** a, b, c, d, e, f of an SVG matrix: x' = a x + c y + e, y' = b x + d y + f. */
type Matrix = readonly [number, number, number, number, number, number];

const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;
const numbersOf = (text: string): number[] => (text.match(NUMBER) ?? []).map(Number);

/** A style property of an element, inherited where it has none itself. */
function inherited(element: DrawnElement | null, property: string): string {
  for (let e = element; e !== null; e = e.parentElement) {
    const own = e.style?.getPropertyValue(property) || e.getAttribute(property);
    if (own) return own;
  }
  return '';
}

/** Font size in px; em and % count from the element around. */
function fontSize(element: DrawnElement | null): number {
  if (element === null) return 12;
  const own = element.style?.getPropertyValue('font-size') || element.getAttribute('font-size');
  if (!own) return fontSize(element.parentElement);
  const size = Number.parseFloat(own);
  if (own.endsWith('%')) return (size / 100) * fontSize(element.parentElement);
  return own.endsWith('em') ? size * fontSize(element.parentElement) : size;
}

function product(a: Matrix, b: Matrix): Matrix {
  return [
    a[0] * b[0] + a[2] * b[1],
    a[1] * b[0] + a[3] * b[1],
    a[0] * b[2] + a[2] * b[3],
    a[1] * b[2] + a[3] * b[3],
    a[0] * b[4] + a[2] * b[5] + a[4],
    a[1] * b[4] + a[3] * b[5] + a[5],
  ];
}

/** The `transform` attribute of an element as one matrix. */
function matrixOf(element: DrawnElement): Matrix {
  let all: Matrix = [1, 0, 0, 1, 0, 0];
  const text = element.getAttribute('transform') ?? '';
  for (const [, name, list = ''] of text.matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    all = product(all, single(name!, numbersOf(list)));
  }
  return all;
}

function single(name: string, of: readonly number[]): Matrix {
  const [first = 0, second] = of;
  if (name === 'translate') return [1, 0, 0, 1, first, second ?? 0];
  if (name === 'scale') return [first, 0, 0, second ?? first, 0, 0];
  if (name === 'matrix' && of.length === 6) return of as unknown as Matrix;
  if (name === 'rotate') {
    const angle = (first * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [x, y] = [second ?? 0, of[2] ?? 0];
    return product(product([1, 0, 0, 1, x, y], [cos, sin, -sin, cos, 0, 0]), [1, 0, 0, 1, -x, -y]);
  }
  throw new Error(`transform ${name} is not measured`);
}

const boxAt = (x: number, y: number, width: number, height: number): Box => ({
  left: x,
  top: y,
  right: x + width,
  bottom: y + height,
});

function union(a: Box | null, b: Box | null): Box | null {
  if (a === null) return b;
  if (b === null) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The box around a box seen through a matrix. */
function through(m: Matrix, box: Box | null): Box | null {
  if (box === null) return null;
  let around: Box | null = null;
  for (const x of [box.left, box.right]) {
    for (const y of [box.top, box.bottom]) {
      around = union(around, boxAt(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5], 0, 0));
    }
  }
  return around;
}

/** How many numbers a path command takes, and whether its last two are a point. */
const COMMANDS: Readonly<Record<string, number>> = { M: 2, L: 2, T: 2, H: 1, V: 1, S: 4, Q: 4, C: 6, A: 7 };

type Point = readonly [number, number];

/** The end points of a path's segments. */
function pathPoints(data: string): Point[] {
  const points: Point[] = [];
  let [x, y] = [0, 0];
  for (const [, command, list = ''] of data.matchAll(/([A-DF-Za-df-z])([^A-DF-Za-df-z]*)/g)) {
    const kind = command!.toUpperCase();
    const size = COMMANDS[kind];
    if (size === undefined) continue;
    const values = numbersOf(list);
    for (let i = 0; i + size <= values.length; i += size) {
      const [fromX, fromY] = command === kind ? [0, 0] : [x, y];
      if (kind === 'H') x = fromX + values[i]!;
      else if (kind === 'V') y = fromY + values[i]!;
      else [x, y] = [fromX + values[i + size - 2]!, fromY + values[i + size - 1]!];
      points.push([x, y]);
    }
  }
  return points;
}

/** How long a path is up to `most`, and where that length ends. */
function along(points: readonly Point[], most: number): { length: number; x: number; y: number } {
  let length = 0;
  let [x, y] = points[0] ?? [0, 0];
  for (const [nextX, nextY] of points.slice(1)) {
    const segment = Math.hypot(nextX - x, nextY - y);
    if (segment > 0 && length + segment >= most) {
      const part = (most - length) / segment;
      return { length: most, x: x + part * (nextX - x), y: y + part * (nextY - y) };
    }
    length += segment;
    [x, y] = [nextX, nextY];
  }
  return { length, x, y };
}

/** Answers for the elements of one window. */
export class TextMetrics {
  private readonly regular: Face;
  private readonly bold: Face;

  constructor(faces: { readonly regular: Face; readonly bold: Face }) {
    this.regular = faces.regular;
    this.bold = faces.bold;
  }

  /** Width of the text in an element, px. */
  textWidth(element: DrawnElement): number {
    let width = 0;
    for (const node of element.childNodes) {
      if (node.nodeType === 3) {
        const heavy = /bold|[6-9]00/.test(inherited(element, 'font-weight'));
        width += (heavy ? this.bold : this.regular).width(node.textContent, fontSize(element));
      } else if (node.nodeType === 1) width += this.textWidth(node);
    }
    return width;
  }

  /** The box of an element in its own coordinates; null where nothing is drawn. */
  box(element: DrawnElement): Box | null {
    const attribute = (name: string) => Number.parseFloat(element.getAttribute(name) ?? '') || 0;
    switch (element.localName) {
      case 'text':
        return this.textBox(element, attribute('x'), attribute('y'));
      case 'rect':
      case 'image':
        return boxAt(attribute('x'), attribute('y'), attribute('width'), attribute('height'));
      case 'circle': {
        const radius = attribute('r');
        return boxAt(attribute('cx') - radius, attribute('cy') - radius, 2 * radius, 2 * radius);
      }
      case 'path':
        return pathPoints(element.getAttribute('d') ?? '').reduce<Box | null>(
          (box, [x, y]) => union(box, boxAt(x, y, 0, 0)),
          null,
        );
      case 'defs':
      case 'clipPath':
      case 'style':
      case 'title':
        return null;
      default: {
        let all: Box | null = null;
        for (const child of element.children) all = union(all, through(matrixOf(child), this.box(child)));
        return all;
      }
    }
  }

  /** The box of an element as it stands in the picture. */
  placed(element: DrawnElement): Box | null {
    let box = this.box(element);
    for (let e: DrawnElement | null = element; e?.namespaceURI?.endsWith('svg'); e = e.parentElement) {
      box = through(matrixOf(e), box);
    }
    return box;
  }

  private textBox(element: DrawnElement, x: number, y: number): Box | null {
    const size = fontSize(element);
    const lines = [...element.children].filter((child) => child.classList.contains('line'));
    const width = Math.max(...(lines.length > 0 ? lines : [element]).map((line) => this.textWidth(line)));
    if (width === 0) return null;
    const anchor = inherited(element, 'text-anchor');
    const left = x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
    const shift = (line: DrawnElement | undefined) =>
      (Number.parseFloat(line?.getAttribute('dy') ?? '') || 0) * size;
    const [first, last] = [shift(lines[0]), shift(lines[lines.length - 1])];
    const { ascent, descent } = this.regular;
    return boxAt(left, y + first - ascent * size, width, (ascent + descent) * size + last - first);
  }
}

/** As much of jsdom's window as is patched. */
export interface DrawingWindow {
  readonly SVGElement: { readonly prototype: object };
  readonly URL: object;
}

/** Makes the SVG elements of a window answer how large they are. */
export function installTextMetrics(
  window: DrawingWindow,
  faces: { readonly regular: Face; readonly bold: Face },
): void {
  const metrics = new TextMetrics(faces);
  const rectangle = (box: Box | null) => {
    const { left, top, right, bottom } = box ?? boxAt(0, 0, 0, 0);
    return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
  };
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: DrawnElement) {
      return rectangle(metrics.box(this));
    },
    getBoundingClientRect(this: DrawnElement) {
      return rectangle(metrics.placed(this));
    },
    getComputedTextLength(this: DrawnElement) {
      return metrics.textWidth(this);
    },
    getTotalLength(this: DrawnElement) {
      return along(pathPoints(this.getAttribute('d') ?? ''), Number.POSITIVE_INFINITY).length;
    },
    getPointAtLength(this: DrawnElement, length: number) {
      return along(pathPoints(this.getAttribute('d') ?? ''), length);
    },
  });
  // Plotly makes one when it loads, for a worker that static pictures never start.
  Object.assign(window.URL, { createObjectURL: () => 'blob:none' });
}

/** A finished picture without what only Plotly's own layout needed. */
export function withoutStruts(svg: string): string {
  return svg.replaceAll(STRUT, '');
}
