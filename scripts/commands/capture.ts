/**
 * `nowsim capture`: makes a trace on this host. Of a command, by strace with the flags that a replay needs; or, with
 * `--owner`, of the person at this host: when the last input came, and the load.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, tmpdir, type } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { InputError } from '../../sim/problem.ts';
import { parseTime } from '../../sim/units.ts';
import { anonymised } from '../../workloads/services/anonymise.ts';

interface CaptureArguments {
  readonly command?: readonly (string | number)[];
  readonly out?: string;
  readonly anonymise: boolean;
  readonly owner: boolean;
  readonly for: string;
  readonly every: string;
}

/** Children too, times to the microsecond, how long each call took; strings are cut where they tell nothing more. */
const FLAGS = ['-f', '-ttt', '-T', '-s', '32'];

export const command = 'capture [command..]';
export const describe = 'Make a trace on this host: system calls of a command, or (--owner) input and load';

export function builder(yargs: Argv): Argv {
  return yargs
    .usage('$0 capture [options] -- COMMAND...\n\nRuns a command under strace and writes a trace to replay.')
    .positional('command', { array: true, describe: 'the command and its arguments, after --' })
    .option('out', { type: 'string', describe: 'file to write; .gz packs it (default: trace.strace.gz)' })
    .option('anonymise', {
      type: 'boolean',
      default: false,
      describe: 'replace the parts of paths by hashes and other strings by their length',
    })
    .option('owner', {
      type: 'boolean',
      default: false,
      describe: 'sample input and load of this host instead',
    })
    .option('for', { type: 'string', default: '60s', describe: '--owner: how long' })
    .option('every', { type: 'string', default: '2s', describe: '--owner: time between samples' })
    .example('$0 capture --out make.strace.gz -- make -j2', 'the calls of a build')
    .example('$0 capture --anonymise -- git clone REPOSITORY', 'a trace that can be shown')
    .example('$0 capture --owner --for 8h --every 2s --out me.txt', 'a working day of this host');
}

/** Writes the trace; the command's own output goes where it always goes. Throws `InputError`. */
export async function handler(given: ArgumentsCamelCase<CaptureArguments>): Promise<void> {
  // Depending on what stands before it, "--" leaves the command among the unnamed arguments.
  const words = [...(given.command ?? []), ...given._.slice(1)].map(String);
  const written = given.owner ? await captureOwner(given) : await captureCommand(words, given);
  process.stderr.write(`${written}\n`);
}

async function captureCommand(words: readonly string[], given: CaptureArguments): Promise<string> {
  if (words.length === 0) {
    throw new InputError({
      where: 'nowsim capture',
      found: 'there is no command to run',
      would: 'write it after two dashes: nowsim capture --out make.strace.gz -- make',
    });
  }
  const version = straceVersion();
  const out = given.out ?? 'trace.strace.gz';
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-capture-'));
  try {
    const raw = join(folder, 'raw');
    const code = await run('strace', [...FLAGS, '-o', raw, ...words]);
    const lines = readFileSync(raw, 'latin1').split('\n');
    const program = basename(words[0]!);
    const header = [
      `program: ${given.anonymise ? program : words.join(' ')}`,
      `machine: ${arch()}, ${cpus().length} processors`,
      `kernel: ${type()} ${release().split('-')[0]}`,
      `strace: ${version} ${FLAGS.join(' ')}`,
      `date: ${new Date().toISOString().slice(0, 10)}`,
      ...(given.anonymise ? ['anonymised: parts of paths are hashes, other strings their lengths'] : []),
    ].map((line) => `# ${line}`);
    const salt = randomBytes(16).toString('hex');
    const body = given.anonymise ? lines.map((line) => anonymised(line, salt)) : lines;
    write(out, `${header.join('\n')}\n${body.join('\n')}`);
    return `${out}: ${lines.length - 1} lines of strace${code === 0 ? '' : `; the command ended with code ${code}`}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program with this one's terminal; gives its exit code. */
function run(program: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', resolve);
  });
}

function straceVersion(): string {
  const found = spawnSync('strace', ['-V'], { encoding: 'utf8' });
  const version = /version (\S+)/.exec(found.stdout ?? '')?.[1];
  if (version !== undefined) return version;
  throw new InputError({
    where: 'nowsim capture',
    found: 'strace was not found on this host',
    would:
      'install it (Debian and Ubuntu: apt install strace; Fedora: dnf install strace; Alpine: apk add strace), ' +
      'or run it where it is (strace -f -ttt -T -o FILE COMMAND) and bring the file here; it exists on Linux only',
  });
}

function write(out: string, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  try {
    writeFileSync(out, out.endsWith('.gz') ? gzipSync(bytes, { level: 9 }) : bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError({
      where: `--out ${out}`,
      found: `cannot be written (${code})`,
      would: 'name another file',
    });
  }
}

/** One record an input that was seen, and one a change of the load (jobs ready to run, mean of a minute). */
async function captureOwner(given: CaptureArguments): Promise<string> {
  const out = given.out ?? 'owner.txt';
  const until = Date.now() / 1e3 + parseTime(given.for) / 1e9;
  const every_s = parseTime(given.every) / 1e9;
  if (!(every_s > 0)) {
    throw new InputError({
      where: '--every',
      found: `${given.every} is no time between samples`,
      would: 'write 2s',
    });
  }
  const begin = Math.floor(Date.now() / 1e3);
  const records = [`me ${begin} load ${loadavg()[0]}`];
  let input = lastInput();
  let load = loadavg()[0]!;
  let inputs = 0;
  for (let now = begin; now < until; ) {
    await sleep(Math.min(every_s, Math.max(0, until - now)) * 1e3);
    now = Date.now() / 1e3;
    const seen = lastInput();
    if (seen > input && seen >= begin) {
      records.push(`me ${seen.toFixed(3)} input`);
      inputs++;
      input = seen;
    }
    if (loadavg()[0] !== load) {
      load = loadavg()[0]!;
      records.push(`me ${now.toFixed(3)} load ${load}`);
    }
  }
  const span = Math.max(1, Math.ceil(Date.now() / 1e3 - begin));
  const header = [
    'input and load of one host, sampled by nowsim capture --owner',
    `sampled every ${given.every}; input: the last use of any terminal`,
    `offset_s ${begin}`,
    `span_s ${span}`,
    'node time kind value',
  ].map((line) => `# ${line}`);
  write(out, `${[...header, ...records].join('\n')}\n`);
  return `${out}: ${inputs} inputs and ${records.length - inputs} values of the load in ${span} s`;
}

/** When a terminal of this host was last typed at, s; 0 where there is none. */
function lastInput(): number {
  let latest = 0;
  for (const folder of ['/dev/pts', '/dev']) {
    let names: readonly string[];
    try {
      names = readdirSync(folder);
    } catch {
      continue;
    }
    for (const name of names) {
      if (folder === '/dev/pts' ? !/^\d+$/.test(name) : !/^tty\d+$/.test(name)) continue;
      latest = Math.max(
        latest,
        (statSync(join(folder, name), { throwIfNoEntry: false })?.atimeMs ?? 0) / 1e3,
      );
    }
  }
  return latest;
}
