/**
 * The command that the report shows for a point: typed into a shell, it makes that very point again. Whatever the
 * design, the axes and the way in which the sweep was asked for, its runs have the addresses of the sweep's.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { experimentPath } from '../../scripts/commands/run.ts';
import { repeatCommands } from '../../scripts/report/repeat-command.ts';
import { writeReport } from '../../scripts/report/report.ts';
import { study } from '../../scripts/study.ts';
import { cellsOf } from '../../sim/experiment/cells.ts';
import { readDocument } from '../../sim/experiment/document.ts';
import { type Experiment, settleExperiment } from '../../sim/experiment/experiment.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { manifestOf } from '../../sim/experiment/manifest.ts';
import { runExperiment } from '../../sim/experiment/runner.ts';
import { nowsim } from './nowsim.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nowsim-repeat-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The words of a command as a shell splits them. */
function wordsOf(command: string): string[] {
  const script = `f() { for word; do printf '%s\\0' "$word"; done; }; f ${command}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

/** The experiment that `npx nowsim run ...` settles. */
function settled(words: readonly string[]): Promise<Experiment> {
  expect(words.slice(0, 3)).toEqual(['npx', 'nowsim', 'run']);
  const many = { type: 'string', multiple: true } as const;
  const one = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: words.slice(3),
    options: {
      set: many,
      vary: many,
      seed: one,
      replications: one,
      interval: one,
      out: one,
      quiet: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const path = experimentPath(positionals[0]!);
  const { seed, replications, interval } = values;
  return settleExperiment(study, readDocument(path, path), {
    set: values.set ?? [],
    vary: values.vary ?? [],
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(replications === undefined ? {} : { replications: Number(replications) }),
    ...(interval === undefined ? {} : { interval }),
  });
}

const addresses = ({ points, seed, replications }: Experiment) =>
  points.map(({ scenario }) => [cellsOf('v', scenario, seed)(0), replications]);

const FILES = {
  'own.yaml': 'policies: {idle: {name: quiet, after: 90s}}\n',
  'sampled.yaml':
    'design: latin-hypercube\ndesign_points: 5\nvary: {cluster.nodes: 16..64 +8, policies.idle.after: [0s, 1min, 5min]}\n',
};

describe('the command of every point settles to that point', () => {
  test.each([
    [
      'all combinations of two axes and a flag',
      'owners --vary policies.idle.after=0s,5min --vary owners.busy_above=5%,20% --seed 7',
    ],
    ['axes of the file', 'headline --set jobs.load=0.7 --replications 3 --quiet --out elsewhere'],
    ['paths that a file gives relative to itself', 'traces --interval bootstrap'],
    [
      'policies with parameters',
      'headline --vary policies.idle=quiet,{name: quiet, after: 5min},sprite --vary cluster.os=in-kernel',
    ],
    [
      'one axis at a time, with a policy as its file has it',
      'own.yaml --set design=one-at-a-time --vary policies.idle=quiet,sprite --vary policies.batch=fcfs,easy',
    ],
    ['a design that stands in the file', 'sampled.yaml'],
    [
      'a Latin hypercube',
      'headline --set design=latin-hypercube --set design_points=6 --vary cluster.nodes=16..64+8 --vary jobs.load=0.2..0.8+0.1',
    ],
    [
      'Morris',
      'headline --set design=morris --set design_points=1 --vary cluster.nodes=16..64+8 --vary program.image=1MiB,8MiB',
    ],
  ])('%s', async (_, line) => {
    // Blanks inside braces belong to one word.
    const words = line.match(/(?:\{[^}]*\}|\S)+/g)!;
    const [file] = words;
    if (file! in FILES) {
      words[0] = join(root, file!);
      writeFileSync(words[0], FILES[file as keyof typeof FILES]);
    }
    const sweep = await settled(['npx', 'nowsim', 'run', ...words]);
    const manifest = manifestOf('v', sweep, 'd', { command: ['nowsim', 'run', ...words] });
    const commands = repeatCommands(manifest, sweep.points);
    const wanted = addresses(sweep);
    expect(commands).toHaveLength(wanted.length);
    for (const [k, command] of commands.entries()) {
      const again = wordsOf(command);
      expect(again.at(-1)).toMatch(new RegExp(`-point-${k}$`));
      expect(addresses(await settled(again)), command).toEqual([wanted[k]]);
    }
  });

  test('nowsim start is a run of the headline', async () => {
    const sweep = await settled(['npx', 'nowsim', 'run', 'headline']);
    const manifest = manifestOf('v', sweep, 'd', { command: ['nowsim', 'start', '--quiet'] });
    const command = repeatCommands(manifest, sweep.points)[3]!;
    expect(addresses(await settled(wordsOf(command)))).toEqual([addresses(sweep)[3]]);
  });

  test('a file that is not known: the manifest is run again, this point alone', () => {
    const points = [{ params: {} }, { params: {} }];
    for (const command of [['nowsim', 'merge', 'shards'], ['nowsim', 'rerun', 'manifest.json'], undefined]) {
      const manifest: Plain = { name: 'mine', experiment: {}, ...(command === undefined ? {} : { command }) };
      expect(repeatCommands(manifest, points)[1]).toBe('npx nowsim rerun manifest.json --point 1');
    }
  });
});

test('a repeated point comes to the digest that the page tells, by run and by rerun', async () => {
  const file = join(root, 'small.yaml');
  writeFileSync(
    file,
    'question: q\ncluster: {nodes: 8}\nhorizon: 1d\nvary: {policies.idle.after: [10s, 1min]}\nreplications: 2\n',
  );
  const out = join(root, 'small');
  const about = () => ({ command: ['nowsim', 'run', file, '--out', out] });
  await runExperiment(study, file, { out, about });
  const page = readFileSync(await writeReport(out), 'utf8');
  const data = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]!);
  const { command, runs } = data.points[1];
  const words = wordsOf(command);
  const ran = await nowsim(root, ...words.slice(2), '--quiet');
  expect(ran.err).toBe('');
  expect(ran.out).toContain(`digest ${runs.digest}`);
  const again = await nowsim(root, 'rerun', out, '--point', '1', '--quiet');
  expect(again.out).toBe(`same: digest ${runs.digest}\n`);
  const none = await nowsim(root, 'rerun', out, '--point', '2');
  expect(none.code).toBe(2);
  expect(none.err).toContain('give at most --point 1');
  rmSync(join(out, 'rows.jsonl'));
  const bare = await nowsim(root, 'rerun', join(out, 'manifest.json'), '--point', '1');
  expect(bare.code).toBe(2);
  expect(bare.err).toContain('0 runs of point 1, 2 by the manifest');
});
