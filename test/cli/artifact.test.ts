/** `nowsim artifact` and `run --crate`: claims that can be repeated, traces that are named, a crate whose parts exist. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  it('holds claims, acknowledgements, checklist, licence and results', async () => {
    const { code } = await nowsim(cwd, 'artifact', 'out');
    expect(code).toBe(0);
    const { digest } = JSON.parse(read('out', 'summary.json')) as { digest: string };
    expect(read('out', 'artifact', 'CLAIMS.md')).toContain(
      `| all results | \`npx nowsim rerun manifest.json\` | digest \`${digest}\``,
    );
    expect(read('out', 'artifact', 'ACKNOWLEDGEMENTS.md')).toContain('> Acknowledge: Who kept it');
    expect(read('out', 'artifact', 'STRESS-DES.md')).toMatch(
      /\| 4\.3 \| Estimation approach \| 3 replications/,
    );
    expect(read('out', 'artifact', 'LICENSE')).toContain('MIT License');
    expect(filesIn(join(cwd, 'out', 'artifact'))).not.toContain('log.swf');
  });

  it('is repeated by the command that its claims name', async () => {
    const { code, out } = await nowsim(join(cwd, 'out', 'artifact'), 'rerun', 'manifest.json', '--quiet');
    expect([code, out]).toEqual([
      0,
      `same: digest ${(JSON.parse(read('out', 'summary.json')) as { digest: string }).digest}\n`,
    ]);
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
    expect(run.object).toEqual([{ '@id': '#trace-log.swf' }]);
    expect(byId.get('#trace-log.swf')).toMatchObject({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });
});
