/** Help that teaches, mistyped commands, bad files: what a person sees, and that nothing is left behind. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KIT_FIELDS, KIT_MAPS } from '../../sim/experiment/experiment.ts';
import { filesIn, nowsim, start, workFolder } from './nowsim.ts';

const work = workFolder();
const cwd = work.path;
afterAll(work.remove);

const COMMANDS = [
  'start',
  'run',
  'rerun',
  'merge',
  'why',
  'best',
  'sensitivity',
  'analyse',
  'export',
  'artifact',
  'query',
  'report',
  'list',
  'init',
  'trace',
  'capture',
  'explain',
  'calibrate',
  'validate',
  'figure',
  'bench',
  'schema',
];

describe('help', () => {
  it('names every command and the exit codes', async () => {
    const { code, out } = await nowsim(cwd, '--help');
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}nowsim ${command}\\b`, 'm'));
    expect(out.replace(/\s+/g, ' ')).toContain('Exit codes: 0 ok, 1 failed, 2 bad input, 3 a check failed');
  });

  it.each(COMMANDS)('of %s has examples', async (command) => {
    const { code, out, err } = await nowsim(cwd, command, '--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`Examples:\n {2}nowsim ${command}`));
    // The standard output of a captured command is its own.
    if (command !== 'capture') expect(out).toContain('--json');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('mistyped', () => {
  it.each([
    [[], 'a command is missing'],
    [['rnu'], '"rnu" is not a command; did you mean "run"?'],
    [['mine.yaml'], 'did you mean "nowsim run mine.yaml"?'],
    [['run'], 'something is missing after "nowsim run"'],
    [
      ['run', 'headline', '--repliactions', '3'],
      'there is no option --repliactions; did you mean --replications?',
    ],
    [['run', 'headline', '--workrs=3'], 'there is no option --workrs; did you mean --workers?'],
    [
      ['run', 'headline', '--machine', 'r3000-25'],
      'no option --machine; did you mean --set cluster.machine=...?',
    ],
    [['run', 'headline', '--shard', '9/8'], 'there is no part 9 of 8; write --shard 1/8 to --shard 8/8'],
    [
      ['explain', 'file-read', '--os', 'in-kernle'],
      '--os: no OS structure is called "in-kernle"; did you mean "in-kernel"?',
    ],
    [
      ['explain', 'file-read', '--os', 'sfi'],
      '--os: no OS structure is called "sfi"; did you mean "sfi-library"?',
    ],
    [
      ['run', 'headline', '--vary', 'cluster.os=in-kernel,sfi'],
      '"sfi" is not known; did you mean "sfi-library"?',
    ],
    [
      ['run', 'headline', '--set', 'owners.law.attendance=50'],
      '50 is out of range; write 50%: it must be at most 100%',
    ],
    [
      ['run', 'headline', '--set', 'owners.law.attendance=150'],
      '150 is out of range; it must be at most 100%',
    ],
    [['schema', '--out', 'no/x.json'], '--out no/x.json: cannot be written (ENOENT)'],
    [['why', 'foo'], '"foo" is not the number of a job'],
    [
      ['run', 'headline', '--vary', 'policies.replacement=fifo,lru'],
      'policies.replacement: a building does not read it; leave it out; it is read by a process that pages (pages.trace',
    ],
    [
      ['run', 'idle-disks', '--set', 'cluster.nodes=2'],
      'cluster.nodes: a process that pages does not read it',
    ],
    [
      ['run', 'headline', '--set', 'owners.law=none', '--vary', 'policies.owner_return=kill,migrate'],
      'policies.owner_return: it counts only with owners; set owners.law or owners.trace, or leave it out',
    ],
    [['run', 'headline', '--set', 'memory.low_mark=95%'], '"95%" is out of range; it must be at most 90%'],
    [['run', 'headline', '--set', 'warmup=20d', '--set', 'horizon=10d'], 'warmup: 20d, while horizon is 10d'],
    [['run', 'headline', 'twice'], '"twice" is one argument too many'],
    [['run', 'headline', '--seed'], 'nothing stands after --seed'],
    [['run', 'headline', '--seed', 'x'], '"x" is not a whole number of at least 0'],
    [['run', 'headline', '--seed', '1', '--seed', '2'], '--seed: is given more than once'],
    [['run', 'headline', '--workers', '0'], '"0" is not a whole number of at least 1'],
    [['run', 'headlnie'], 'did you mean "headline"?'],
    [['list', 'nonsense'], 'there is no such heading; headings: cluster.machine'],
    [['validate', 'Z99'], 'there is no such case'],
    [['bench', 'engin'], '"engin" is none of the choices of what; did you mean "engine"?'],
    [['bench', '--rounds', 'x'], '"x" is not a whole number of at least 1'],
    [['bench', 'cluster', '--log', 'no.swf'], '--log no.swf: there is no such file'],
    [['report', 'nowhere'], 'nowhere: no such folder'],
    [['rerun', 'nowhere.json'], 'nowhere.json: there is no such file'],
  ])('%j is told what would do', async (args, message) => {
    const { code, out, err } = await nowsim(cwd, ...args);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toContain('    at ');
  });
});

describe('a bad file', () => {
  const FILES: Readonly<Record<string, string | Buffer>> = {
    'empty.yaml': '',
    'blank.yaml': ' \n\n',
    'binary.yaml': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]),
    'latin.yaml': Buffer.from([0x71, 0xe9, 0x3a, 0x20, 0x31]),
    'gzip.yaml': gzipSync('question: ?'),
    'junk.yaml': '}{ ] [ : : - -\n\t\t@@@ `',
    'list.json': '[1, 2]',
    'broken.json': '{"question": "x", "cluster": {"nodes": 4',
    'twice.yaml': 'cluster: {nodes: 4}\ncluster: {nodes: 5}',
    'long.yaml': `question: "${'x'.repeat(1e6)}"\nclutser: {}`,
    'units.yaml':
      'cluster: {nodes: 4}\npolicies: {idle: {name: quiet, after: 5 ms}}\njobs: {load: -0.5}\nowners: {busy_above: .nan}',
    'axis.yaml': 'vary: {cluster.nodes: []}',
    'quote.yaml': 'question: "abc\ncluster: {nodes: 4}\n',
    'indent.yaml': 'cluster:\n  nodes: 4\n os: free\n',
  };
  beforeAll(() => {
    mkdirSync(join(cwd, 'folder.yaml'));
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
  });

  it.each([
    ['missing.yaml', 'missing.yaml: there is no such file'],
    ['unit.yaml', 'did you mean "units.yaml"?'],
    ['folder.yaml', 'folder.yaml: is a directory'],
    ['empty.yaml', 'empty.yaml: is empty'],
    ['blank.yaml', 'blank.yaml: is empty'],
    ['binary.yaml', 'binary.yaml: is not text: byte 4 is 0'],
    ['latin.yaml', 'latin.yaml: is not text in UTF-8'],
    ['gzip.yaml', 'gzip.yaml: is not text'],
    ['junk.yaml', 'junk.yaml:1:1: cannot be read as YAML'],
    ['list.json', 'list.json:1:1: is not an experiment'],
    ['broken.json', 'broken.json:1:'],
    ['quote.yaml', 'a quote that was opened is not closed before this place'],
    ['indent.yaml', 'indent.yaml:3:1: this line does not begin in the column of those that it belongs to'],
    ['twice.yaml', 'twice.yaml:2:1: this key stands twice in its map; keep one of the two'],
    ['long.yaml', 'long.yaml:2:1: "clutser" is not a setting; did you mean "cluster"?'],
    [
      'units.yaml',
      [
        'units.yaml:2:39: policies.idle.after: "5 ms" has a blank before its unit; write 5ms',
        '    2 | policies: {idle: {name: quiet, after: 5 ms}}',
        '      |                                       ^^^^',
        'units.yaml:3:14: jobs.load: -0.5 is out of range; it must be above 0',
        '    3 | jobs: {load: -0.5}',
        '      |              ^^^^',
        'units.yaml:4:22: owners.busy_above: NaN cannot be computed with; write a share such as 10% or 0.1',
        '    4 | owners: {busy_above: .nan}',
        '      |                      ^^^^',
      ].join('\n'),
    ],
    ['axis.yaml', 'axis.yaml:1:8: the axis cluster.nodes has no values'],
  ])('%s is refused, and nothing is left behind', async (file, message) => {
    const before = filesIn(cwd);
    const { code, out, err } = await nowsim(cwd, 'run', file, '--jobs-out', 'jobs.csv');
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
    expect(err.length).toBeLessThan(3000);
    expect(filesIn(cwd)).toEqual(before);
  });

  it.each([
    [
      ['--set', 'cluster.node=4'],
      '--set cluster.node=4: "cluster.node" is not a setting; did you mean "cluster.nodes"?',
    ],
    [['--set', 'policies.batch=eazy'], 'policies.batch: "eazy" is not known; did you mean "easy"?'],
    [['--set', 'policies.batch=fcfs', '--set', 'policies.batch.depth=3'], '"fcfs" has no parameter "depth"'],
    [['--set', 'policies.idle=quiet', '--set', 'policies.idle.after=10mbs'], '"mbs" is not a unit of a time'],
    [['--set', 'jobs.trace=nowhere.swf'], 'nowhere.swf'],
    [['--vary', 'cluster.nodes='], 'the axis has no values'],
    [
      ['--jobs-out', 'no/such/folder/jobs.csv'],
      '--jobs-out no/such/folder/jobs.csv: there is no directory no/such/folder',
    ],
    [['--out', 'empty.yaml'], '--out empty.yaml: is a file'],
  ])('%j is refused, and nothing is left behind', async (flags, message) => {
    const before = filesIn(cwd);
    const { code, out, err } = await nowsim(cwd, 'run', 'headline', ...flags);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
    expect(filesIn(cwd)).toEqual(before);
  });
});

describe('the other commands', () => {
  it.each([['list', '--json'], ['list', 'policies', '--json'], ['explain', 'null', '--json'], ['schema']])(
    '%s %s prints JSON and nothing else',
    async (...args) => {
      const { code, out, err } = await nowsim(cwd, ...args);
      expect([code, err]).toEqual([0, '']);
      expect(Object.keys(JSON.parse(out) as object).length).toBeGreaterThan(0);
    },
  );

  it('list names policies with their parameters, settings with their defaults', async () => {
    const policies = await nowsim(cwd, 'list', 'policies');
    expect(policies.out).toMatch(/^policies\.idle\n {2}quiet\* +idle after a time/m);
    expect(policies.out).toMatch(/^ +after: 60s {2}/m);
    const settings = await nowsim(cwd, 'list', 'settings', '--json');
    const { settings: list } = JSON.parse(settings.out) as { settings: { name: string }[] };
    expect(list.map((each) => each.name)).toEqual(
      expect.arrayContaining(['cluster.nodes', 'policies.idle.after', 'jobs.trace']),
    );
    const all = await nowsim(cwd, 'list');
    for (const heading of ['measures', 'experiments', 'cluster.os', 'policies.batch'])
      expect(all.out).toMatch(new RegExp(`^${heading}$`, 'm'));
  });

  it('list ends quietly when its reader has seen enough', async () => {
    const { process: child, answer } = start(cwd, 'list', 'settings');
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect((await answer).err).toBe('');
  });

  it('init writes an experiment that runs as it stands, and never replaces one', async () => {
    const { code, out } = await nowsim(cwd, 'init', 'mine');
    expect([code, out]).toEqual([0, 'mine/experiment.yaml\n\nrun it: npx nowsim run mine/experiment.yaml\n']);
    const text = readFileSync(join(cwd, 'mine', 'experiment.yaml'), 'utf8');
    const [, schema] = /^# yaml-language-server: \$schema=(.*experiment\.schema\.json)$/m.exec(text)!;
    expect(existsSync(new URL(schema!, pathToFileURL(join(cwd, 'mine', 'experiment.yaml'))))).toBe(true);
    for (const key of [...Object.keys(KIT_FIELDS), ...Object.keys(KIT_MAPS)])
      expect(text).toMatch(new RegExp(`^${key}: `, 'm'));
    expect(text).not.toMatch(/\b(mser5|auto|all|cc68)\b.*; or .*\b\1\b/);
    expect(text).toMatch(/^ {2}nodes: 64 +# /m);
    const run = await nowsim(
      cwd,
      'run',
      'mine/experiment.yaml',
      '--replications',
      '1',
      '--set',
      'jobs.law.count=50',
      '--json',
      '--out',
      'mine/out',
    );
    expect(run.code).toBe(0);
    const again = await nowsim(cwd, 'init', 'mine');
    expect([again.code, again.out]).toEqual([2, '']);
    expect(again.err).toContain('is there already and is not replaced');
    expect(readFileSync(join(cwd, 'mine', 'experiment.yaml'), 'utf8')).toBe(text);
    const report = await nowsim(cwd, 'report', 'mine/out', '--json');
    expect(JSON.parse(report.out)).toEqual({ report: 'mine/out/report.html' });
  });

  it('schema is what is published beside the ready experiments', async () => {
    const published = new URL('../../scripts/experiments/experiment.schema.json', import.meta.url);
    const { out } = await nowsim(cwd, 'schema');
    // a comparison of the texts would print them whole
    const same = out === readFileSync(published, 'utf8');
    expect(same, 'make it anew: npx nowsim schema --out scripts/experiments/experiment.schema.json').toBe(
      true,
    );
  });
});
