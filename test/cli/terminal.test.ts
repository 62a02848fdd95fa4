/** Numbers, tables and lines as they are printed for people. */
import { describe, expect, it } from 'vitest';
import { durationText } from '../../scripts/duration.ts';
import {
  columnWidth,
  commandText,
  estimateText,
  intervalText,
  ProgressLine,
  plainNumber,
  tableText,
  widthOf,
  wrapped,
} from '../../scripts/terminal.ts';

describe('a mean with its interval', () => {
  it.each([
    [123.456, 1.234, '123.5 ± 1.2'],
    [23_024.4, 4726.1, '23,024 ± 4,726'],
    [0.0287123, 0.0038123, '0.0287 ± 0.0038'],
    [-0.0001, 0.016, '0.000 ± 0.016'],
    [2.5e-5, 3.1e-6, '(2.50 ± 0.31)e-5'],
    [2.5e9, 1e8, '(2.50 ± 0.10)e9'],
    [0, 0, '0 ± 0'],
    [0.0537691234, 1e-17, '0.05377 ± 0'],
    [12_345.678, null, '12,346'],
    [0.123456, null, '0.1235'],
  ])('%d, %d is %s', (mean, half, text) => expect(estimateText(mean, half)).toBe(text));

  it('has a sign where it is a difference', () => {
    expect(estimateText(12.34, 0.5, true)).toBe('+12.34 ± 0.50');
    expect(estimateText(-12.34, 0.5, true)).toBe('-12.34 ± 0.50');
    expect(estimateText(0, 0, true)).toBe('0 ± 0');
  });
});

it.each([
  [{ mean: 123.456, ci95: 1.2, low: 122.41, high: 124.81 }, '123.5 [122.4, 124.8]'],
  [{ mean: 2.5e-5, ci95: 3.1e-6, low: 2.2e-5, high: 2.82e-5 }, '(2.50)e-5 [(2.20)e-5, (2.82)e-5]'],
  [{ mean: 3, ci95: 0, low: 3, high: 3 }, '3 ± 0'],
  [{ mean: 3, ci95: null, low: null, high: null }, '3'],
])('a bootstrap interval of %o is %s', (estimate, text) =>
  expect(intervalText('bootstrap', estimate)).toBe(text),
);

it.each([
  [2_266_000_000, '2.266e+9'],
  [1_163_311, '1,163,311'],
  [0.5965, '0.5965'],
  [0.00001234, '1.234e-5'],
  [0, '0'],
])('%d is %s in four digits', (value, text) => expect(plainNumber(value, 4)).toBe(text));

it.each([
  [1.23, '1.2 s'],
  [59.4, '59 s'],
  [59.7, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d s is %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

it('breaks a title that is wider than its cells, and lines numbers up on the right', () => {
  const columns = [{ title: 'policy' }, { title: 'bounded_slowdown_per_processor', align: 'right' as const }];
  const rows = [
    ['easy', '1.5'],
    ['conservative', '12.25'],
  ];
  expect(tableText(columns, rows)).toBe(
    [
      '                   bounded_',
      '              slowdown_per_',
      'policy            processor',
      'easy                    1.5',
      'conservative          12.25',
    ].join('\n'),
  );
  expect(columnWidth(columns[1]!.title, ['1.5', '12.25'])).toBe(13);
});

it.each([
  [true, 140, '80', 140],
  [true, 40, '', 60],
  [false, undefined, '80', 80],
  [false, undefined, '', 100],
  [false, undefined, 'wide', 100],
])('is as wide as the terminal, or as COLUMNS says where there is none', (isTTY, columns, told, width) => {
  const before = process.env['COLUMNS'];
  process.env['COLUMNS'] = told;
  try {
    expect(widthOf({ isTTY, columns } as unknown as NodeJS.WriteStream)).toBe(width);
  } finally {
    if (before === undefined) delete process.env['COLUMNS'];
    else process.env['COLUMNS'] = before;
  }
});

it('wraps at blanks, and leaves what has none', () => {
  expect(wrapped('note: one two three four', 12)).toBe('note: one\n  two three\n  four');
  expect(wrapped(`a ${'x'.repeat(30)} b`, 10)).toBe(`a\n  ${'x'.repeat(30)}\n  b`);
  for (const line of wrapped('word '.repeat(100).trim(), 40).split('\n'))
    expect(line.length).toBeLessThanOrEqual(40);
});

it('writes a command so that a shell takes it back', () => {
  expect(commandText(['npx', 'nowsim', '--set', 'a=b,c', "it's {x: 1}"])).toBe(
    "npx nowsim --set a=b,c 'it'\\''s {x: 1}'",
  );
});

describe('progress', () => {
  const written = (isTTY: boolean, quiet: boolean, terminal = 'xterm') => {
    let text = '';
    const before = process.env['TERM'];
    process.env['TERM'] = terminal;
    const line = new ProgressLine(quiet, {
      isTTY,
      columns: 80,
      write: (each: string) => {
        text += each;
      },
    } as unknown as NodeJS.WriteStream);
    line.stage('eight runs');
    line.updateBar(4, 8, ', about 10 s left', true);
    line.clear();
    if (before === undefined) delete process.env['TERM'];
    else process.env['TERM'] = before;
    return text;
  };

  it('is a bar that is rewritten and goes, on a terminal', () =>
    expect(written(true, false)).toBe(
      'eight runs\n\r\u001b[K[############------------] 4 of 8 runs, about 10 s left\r\u001b[K',
    ));

  it.each([
    ['elsewhere', false, false, 'xterm', 'eight runs\n'],
    ['on a terminal that cannot rewrite', true, false, 'dumb', 'eight runs\n'],
    ['where it is quiet', true, true, 'xterm', ''],
  ])('%s is what stays', (_where, isTTY, quiet, terminal, text) =>
    expect(written(isTTY, quiet, terminal)).toBe(text),
  );
});
