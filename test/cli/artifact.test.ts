/** `nowsim artifact` and `run --crate`: claims that can be repeated, traces that are named, a crate whose parts exist. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageFolder, version } from '../../scripts/package.ts';
import { filesIn, nowsim, workFolder } from './nowsim.ts';

const work = workFolder();
const cwd = work.path;
afterAll(work.remove);
const read = (...path: string[]) => readFileSync(join(cwd, ...path), 'utf8');

const LOG = `; Computer: Some SP2
; Acknowledge: Who kept it
; MaxProcs: 4
1 0 -1 50 2 -1 -1 2 60 -1 1 3 1 -1 -1 -1 -1 -1
2 5 -1 30 4 -1 -1 4 30 -1 1 3 1 -1 -1 -1 -1 -1
`;
const EXPERIMENT = `question: Which is shorter?
replications: 3
cluster: {nodes: 4, os: free}
jobs: {trace: log.swf, shake: 3s}
policies: {idle: always}
vary: {policies.batch: [fcfs, easy]}
measures: [response_time_s]
`;

/** Sequential jobs on their own nodes: no coscheduling, no paging, and a decider only where the policy asks. */
const SHARED = `question: Who moves them?
replications: 2
precision: 1%
most_replications: 3
horizon: 60s
cluster: {nodes: 4, os: free}
jobs: {law: {name: poisson, service: {law: exponential, mean: 1s}, count: horizon}}
program: {mix: none}
policies: {batch: none, decider: gossip}
vary: {policies.sharing: [none, ask], cluster.nodes: [4, 8, 16], jobs.load: [0.4, 0.6]}
where: [cluster.nodes < 16]
baseline: {policies.sharing: none}
measures: [response_time_s, slowdown]
`;

beforeAll(async () => {
  writeFileSync(join(cwd, 'log.swf'), LOG);
  writeFileSync(join(cwd, 'which.yaml'), EXPERIMENT);
  const { code, err } = await nowsim(
    cwd,
    'run',
    'which.yaml',
    '--out',
    'out',
    '--crate',
    '--no-report',
    '--quiet',
  );
  expect([code, err]).toEqual([0, '']);
});

describe('artifact', () => {
  const artifact = join(cwd, 'out', 'artifact');
  const digest = () => (JSON.parse(read('out', 'summary.json')) as { digest: string }).digest;
  /** The commands of the claims, each once, as words after `nowsim`. */
  const commands = () =>
    [...new Set([...read('out', 'artifact', 'CLAIMS.md').matchAll(/`npx nowsim ([^`]+)`/g)])].map((match) =>
      match[1]!.split(' '),
    );

  it('holds claims, acknowledgements, checklist, licence and results', async () => {
    const { code } = await nowsim(cwd, 'artifact', 'out', '--author', 'Ada Example');
    expect(code).toBe(0);
    const claims = read('out', 'artifact', 'CLAIMS.md');
    expect(claims).toContain(
      `| all results | \`npx nowsim rerun manifest.json --out again\` | \`same: digest ${digest()}\`, exit code 0 |`,
    );
    expect(claims).toMatch(
      /\| lowest response_time_s at policies\.batch=\w+ \| `npx nowsim best again --measure response_time_s` \| [\d.]+ ± [\d.]+ s \| none; .* \| 1 s after the first \|/,
    );
    const acknowledged = read('out', 'artifact', 'ACKNOWLEDGEMENTS.md');
    expect(acknowledged).toContain('> Acknowledge: Who kept it');
    expect(acknowledged).toContain('## traces/log.swf');
    const checklist = read('out', 'artifact', 'STRESS-DES.md');
    expect(checklist).toMatch(
      /\| 4\.3 \| Estimation approach \| 3 replications, .*95 % interval \(Student\)/,
    );
    expect(checklist).toContain('| 3.2 | Pre-processing | records of traces/log.swf: read 2, kept 2 |');
    expect(read('out', 'artifact', 'LICENSE')).toContain('MIT License');
    expect(filesIn(join(cwd, 'out', 'artifact'))).not.toContain('log.swf');
  });

  it('looks for the trace beside itself, wherever it lies, and every command of its claims runs', async () => {
    const [rerun, ...others] = commands();
    expect(rerun).toEqual(['rerun', 'manifest.json', '--out', 'again']);
    const without = await nowsim(artifact, ...rerun!, '--quiet');
    expect(without.code).toBe(2);
    expect(without.err).toContain(join('traces', 'log.swf'));
    expect(without.err).toContain('put it there: ACKNOWLEDGEMENTS.md says which it is');
    copyFileSync(join(cwd, 'log.swf'), join(artifact, 'traces', 'log.swf'));
    const [told, place] = read('out', 'artifact', 'traces.sha256').trim().split('  ');
    expect(place).toBe('traces/log.swf');
    expect(told).toBe(createHash('sha256').update(LOG).digest('hex'));
    const { code, out } = await nowsim(artifact, ...rerun!, '--quiet');
    expect([code, out]).toEqual([0, `same: digest ${digest()}\n`]);
    expect(others.map(([command]) => command)).toEqual(['best', 'export']);
    for (const words of others) {
      const { code, out } = await nowsim(artifact, ...words);
      expect([code, words.join(' ')]).toEqual([0, words.join(' ')]);
      expect(out).toMatch(
        words[0] === 'best' ? /batch=easy +[\d.]+ ± [\d.]+ +(yes|no)/ : /\| easy \| [\d.]+ ± [\d.]+ \|/,
      );
    }
  });

  it('names its files, who ran it and what was read in its crate', () => {
    const { '@graph': graph } = JSON.parse(read('out', 'artifact', 'ro-crate-metadata.json')) as {
      '@graph': ({ '@id': string } & Record<string, unknown>)[];
    };
    const of = (id: string) => graph.find((entity) => entity['@id'] === id)!;
    const parts = (of('./')['hasPart'] as { '@id': string }[]).map((part) => part['@id']);
    expect(parts).toContain('CLAIMS.md');
    for (const part of parts) expect(existsSync(join(artifact, part)), part).toBe(true);
    expect(of('#run')).toMatchObject({
      agent: [{ '@id': '#author-1' }],
      object: [{ '@id': '#log.swf' }, { '@id': '#experiment' }],
      actionStatus: { '@id': 'http://schema.org/CompletedActionStatus' },
    });
    expect(of('#author-1')['name']).toBe('Ada Example');
    const own = new Set(graph.map((entity) => entity['@id']));
    const dangling = [...JSON.stringify(graph).matchAll(/\{"@id":"([^"]+)"\}/g)]
      .map((match) => match[1]!)
      .filter((id) => !own.has(id) && !id.startsWith('http'));
    expect(dangling).toEqual([]);
  });

  it('copies a sample of nowsim, and refuses the folder of the results', async () => {
    const trace = join(packageFolder, 'workloads', 'samples', 'lublin-500.swf');
    const run = ['run', 'dedicated', '--set', `jobs.trace=${trace}`, '--set', 'cluster.nodes=128'];
    expect((await nowsim(cwd, ...run, '--out', 'sample', '--no-report', '--quiet')).code).toBe(0);
    expect((await nowsim(cwd, 'artifact', 'sample')).code).toBe(0);
    expect(existsSync(join(cwd, 'sample', 'artifact', 'traces', 'lublin-500.swf'))).toBe(true);
    const { code } = await nowsim(join(cwd, 'sample', 'artifact'), 'rerun', 'manifest.json', '--quiet');
    expect(code).toBe(0);
    const same = await nowsim(cwd, 'artifact', 'sample', '--out', 'sample');
    expect([same.code, same.err]).toEqual([2, expect.stringContaining('is the folder of the results')]);
  });

  it('tells of a sweep what was run: values, rule of replications, settings that its runs read, time of all sessions', async () => {
    writeFileSync(join(cwd, 'shared.yaml'), SHARED);
    const run = ['run', 'shared.yaml', '--out', 'shared', '--no-report', '--quiet'];
    // the second session adds a load to the first's
    expect((await nowsim(cwd, ...run, '--vary', 'jobs.load=0.4')).code).toBe(0);
    expect((await nowsim(cwd, ...run)).code).toBe(0);
    // the third computes nothing
    expect((await nowsim(cwd, ...run)).code).toBe(0);
    expect((await nowsim(cwd, 'artifact', 'shared')).code).toBe(0);
    const checklist = read('shared', 'artifact', 'STRESS-DES.md');
    const item = (number: string) =>
      checklist
        .split('\n')
        .find((line) => line.startsWith(`| ${number} |`))!
        .split(' | ')[2]!;
    expect(item('1.3')).toBe(
      'varied: policies.sharing: none, ask; cluster.nodes: 4, 8; jobs.load: 0.4, 0.6; every combination, 8 points; 4 of 12 points are left out by where: cluster.nodes < 16 |',
    );
    expect(item('2.4')).toBe(
      'OS structure free; policies: batch none; sharing none, ask (varied); decider gossip |',
    );
    expect(item('2.5.3')).toContain('nodes 4, 8 (varied)');
    expect(item('4.3')).toMatch(
      /^sequential: .* at most 1 % of its mean, at most 3 replications; 3 were made, not reached at 8 of 8 points; mean ± /,
    );
    expect(item('5.4')).toMatch(/24 runs computed in 2 sessions, [\d.]+ s of them \|$/);
    const claims = read('shared', 'artifact', 'CLAIMS.md').split('\n');
    // best points and differences first, a line each; then a line a measure, not one a point
    const rows = claims.filter((line) => line.startsWith('| ') && !/^\| (claim|---|all)/.test(line));
    const values = rows.filter((line) => line.includes('as in summary.csv'));
    expect(values.map((line) => line.split(' ')[1])).toEqual(['response_time_s', 'slowdown']);
    expect(rows.filter((line) => line.startsWith('| lowest '))).toHaveLength(2);
    expect(rows.length).toBeLessThan(14);
  });

  it('of a folder without results is refused', async () => {
    const { code, err } = await nowsim(cwd, 'artifact', '.');
    expect(code).toBe(2);
    expect(err).toContain('holds no manifest.json');
    expect(existsSync(join(cwd, 'artifact'))).toBe(false);
  });
});

describe('the crate', () => {
  it('names the run, the program and files that are there', () => {
    const crate = JSON.parse(read('out', 'ro-crate-metadata.json')) as {
      '@graph': Record<string, unknown>[];
    };
    const byId = new Map(crate['@graph'].map((entity) => [entity['@id'], entity]));
    const run = byId.get('#run') as {
      '@type': string;
      result: { '@id': string }[];
      object: { '@id': string }[];
    };
    expect(run['@type']).toBe('CreateAction');
    expect(run.result.length).toBeGreaterThan(2);
    for (const { '@id': id } of run.result) {
      expect(existsSync(join(cwd, 'out', id)), id).toBe(true);
      expect(byId.has(id), id).toBe(true);
    }
    expect(run.object).toEqual([{ '@id': '#log.swf' }, { '@id': '#experiment' }]);
    expect(byId.get('#log.swf')).toMatchObject({
      '@type': 'CreativeWork',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });
});

it('CITATION.cff has what version 1.2.0 of the format requires', () => {
  const citation = parse(readFileSync(join(packageFolder, 'CITATION.cff'), 'utf8')) as Record<
    string,
    unknown
  >;
  expect(citation['cff-version']).toBe('1.2.0');
  for (const key of ['message', 'title']) expect(citation[key], key).toEqual(expect.stringMatching(/\S/));
  expect(citation['authors']).toEqual([
    expect.objectContaining({ name: expect.stringMatching(/\S/) as string }),
  ]);
  expect(citation['version']).toBe(version);
});
