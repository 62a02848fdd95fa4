/**
 * `nowsim capture`: makes a trace on this host. Of a command, by strace with the flags that a replay needs; or, with
 * `--owner`, of the person at this host: when the last input came, and the load.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { arch, cpus, loadavg, release, tmpdir, type } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { checkLeaf, type ScalarField } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { anonymised } from '../../workloads/services/anonymise.ts';
import { readLines } from '../../workloads/text.ts';
import { hostClock } from '../calibrate/host.ts';

interface CaptureArguments {
  readonly command?: readonly (string | number)[];
  readonly out?: string;
  readonly anonymise: boolean;
  readonly force: boolean;
  readonly owner: boolean;
  readonly for: string;
  readonly every: string;
}

const FOR: ScalarField = { kind: 'time', doc: '--owner: how long', default: '60s', above: 0 };
const EVERY: ScalarField = { kind: 'time', doc: '--owner: time between samples', default: '2s', above: 0 };

/** Bytes of text that are packed at a time. */
const PIECE = 1 << 20;

/** Children too, times to the microsecond, how long each call took; strings are cut where they tell nothing more. */
const FLAGS = ['-f', '-ttt', '-T', '-s', '32'];

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
    .option('force', { type: 'boolean', default: false, describe: 'overwrite the file' })
    .option('owner', {
      type: 'boolean',
      default: false,
      describe: 'sample input and load of this host instead',
    })
    .option('for', { type: 'string', default: String(FOR.default), describe: FOR.doc })
    .option('every', { type: 'string', default: String(EVERY.default), describe: EVERY.doc })
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
  // Before the command runs: a file that cannot be made is told at once.
  const text = new Writer(out, given.force);
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-capture-'));
  const clean = () => {
    text.leave();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const raw = join(folder, 'raw');
    const ended = await run(raw, words);
    if (hasRun(raw)) {
      return await untilSignal(clean, async () => {
        const lines = await packed(raw, text, headerOf(words, version, given.anonymise), given.anonymise);
        return `${out}: ${lines} lines of strace${ended === '' ? '' : `; the command ended with ${ended}`}`;
      });
    }
    throw new InputError({
      where: 'nowsim capture',
      found: `strace could not run ${words[0]}: it says why above`,
      would:
        'give a command that runs here; tracing must be allowed (in a container: the capability SYS_PTRACE)',
    });
  } finally {
    clean();
  }
}

/** Whether the command came to run: a trace of nothing but an `execve` that failed is none of it. */
function hasRun(raw: string): boolean {
  const size = statSync(raw, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  if (size > PIECE) return true;
  const lines = readFileSync(raw, 'latin1').trimEnd().split('\n');
  return !lines.every((line) => /^\d+ +[\d.]+ (?:execve\(.* = -1 |\+\+\+ )/.test(line));
}

function headerOf(words: readonly string[], version: string, anonymise: boolean): string[] {
  const clock = hostClock();
  return [
    `program: ${anonymise ? basename(words[0]!) : words.join(' ')}`,
    `machine: ${arch()}, ${cpus().length} processors, ${cpus()[0]?.model.trim() || 'of unknown kind'}`,
    ...(clock === undefined ? [] : [`clock: ${Math.round(clock)} MHz`]),
    `kernel: ${type()} ${release().split('-')[0]}`,
    `strace: ${version} ${FLAGS.join(' ')}`,
    `date: ${new Date().toISOString().slice(0, 10)}`,
    ...(anonymise ? ['anonymised: parts of paths are hashes, other strings their lengths'] : []),
  ].map((line) => `# ${line}`);
}

/** Brings the raw trace into its file behind the header; gives its lines. */
async function packed(
  raw: string,
  text: Writer,
  header: readonly string[],
  anonymise: boolean,
): Promise<number> {
  const salt = randomBytes(16).toString('hex');
  for (const line of header) text.line(line);
  const { lines } = await readLines(
    raw,
    (bytes, start, end) => {
      const line = bytes.toString('latin1', start, end);
      text.line(anonymise ? anonymised(line, salt) : line);
    },
    Number.POSITIVE_INFINITY,
  );
  text.end();
  return lines;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof SIGNALS;

/** Lets `heard` be told of a signal while `work` goes on. */
async function listening<T>(heard: (signal: Signal) => void, work: () => Promise<T>): Promise<T> {
  const signals = Object.keys(SIGNALS) as Signal[];
  for (const signal of signals) process.on(signal, heard);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, heard);
  }
}

/** A signal while `work` goes on cleans up and ends this program. */
function untilSignal<T>(clean: () => void, work: () => Promise<T>): Promise<T> {
  return listening((signal) => {
    clean();
    process.exit(SIGNALS[signal]);
  }, work);
}

/**
 * Runs a command under strace with this program's terminal, its trace into `raw`; gives how it ended where it did not
 * end well. A signal goes to the command, and what it had traced by then is kept: strace waits for it, and keeps
 * signals off itself. An interrupt typed at a terminal reaches the command without this program's help.
 */
async function run(raw: string, words: readonly string[]): Promise<string> {
  const pass = (signal: Signal) => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    try {
      process.kill(firstProcess(raw), signal);
    } catch {
      // It has not begun, or has just ended.
    }
  };
  return listening(
    pass,
    () =>
      new Promise((resolve, reject) => {
        const child = spawn('strace', [...FLAGS, '-o', raw, ...words], { stdio: 'inherit' });
        child.on('error', reject);
        child.on('close', (code, signal) =>
          resolve(signal !== null ? signal : code === 0 ? '' : `code ${code}`),
        );
      }),
  );
}

/** The process that the trace begins with: the command itself. Throws where there is none yet. */
function firstProcess(raw: string): number {
  const head = Buffer.alloc(16);
  const file = openSync(raw, 'r');
  try {
    readSync(file, head);
  } finally {
    closeSync(file);
  }
  return Number(/^\d+(?= )/.exec(head.toString('latin1'))![0]);
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

/**
 * A text file, packed if its name ends in .gz: in pieces, which a gzip may have many of. It has its name when it is
 * whole.
 */
class Writer {
  private readonly out: string;
  private readonly part: string;
  private readonly file: number;
  private piece = '';

  /** Throws `InputError` where the file cannot be made, or is there and not to be overwritten. */
  constructor(out: string, force: boolean) {
    this.out = out;
    this.part = `${out}.part`;
    const there = statSync(out, { throwIfNoEntry: false });
    if (there !== undefined && !(force && there.isFile())) {
      throw new InputError({
        where: `--out ${out}`,
        found: there.isFile() ? 'this file is there already' : 'this is no file',
        would: there.isFile() ? 'give another --out, or --force to overwrite it' : 'give another --out',
      });
    }
    try {
      this.file = openSync(this.part, 'w');
    } catch (error) {
      throw new InputError({
        where: `--out ${out}`,
        found: `cannot be written (${(error as NodeJS.ErrnoException).code})`,
        would: 'name another file',
      });
    }
  }

  line(text: string): void {
    this.piece += `${text}\n`;
    if (this.piece.length >= PIECE) this.flush();
  }

  end(): void {
    this.flush();
    closeSync(this.file);
    renameSync(this.part, this.out);
  }

  /** Takes away what was not ended. */
  leave(): void {
    rmSync(this.part, { force: true });
  }

  private flush(): void {
    const bytes = Buffer.from(this.piece, 'latin1');
    writeFileSync(this.file, this.out.endsWith('.gz') ? gzipSync(bytes, { level: 9 }) : bytes);
    this.piece = '';
  }
}

/** Nanoseconds of an option as a person types it. Throws `InputError`. */
function timeOf(flag: string, field: ScalarField, text: string): number {
  const checked = checkLeaf(field, text);
  if ('read' in checked) return checked.read as number;
  throw new InputError({ where: flag, ...checked });
}

/**
 * One record an input that was seen, and one a change of the load (jobs ready to run, mean of a minute). A signal ends
 * the sampling, and what was seen by then is written.
 */
async function captureOwner(given: CaptureArguments): Promise<string> {
  const out = given.out ?? 'owner.txt';
  const every_s = timeOf('--every', EVERY, given.every) / 1e9;
  const for_s = timeOf('--for', FOR, given.for) / 1e9;
  const text = new Writer(out, given.force);
  try {
    const stop = new AbortController();
    const begin = Math.floor(Date.now() / 1e3);
    const records = await listening(
      () => stop.abort(),
      () => samples(begin, for_s, every_s, stop.signal),
    );
    const inputs = records.filter((record) => record.endsWith(' input')).length;
    const span = Math.max(1, Math.ceil(Date.now() / 1e3 - begin));
    const header = [
      'input and load of one host, sampled by nowsim capture --owner',
      `sampled every ${given.every}; input: the last use of any terminal, interrupts of keyboard and mouse`,
      `offset_s ${begin}`,
      `span_s ${span}`,
      'node time kind value',
    ].map((line) => `# ${line}`);
    for (const line of [...header, ...records]) text.line(line);
    text.end();
    return `${out}: ${inputs} inputs and ${records.length - inputs} values of the load in ${span} s`;
  } finally {
    text.leave();
  }
}

/** The records of `for_s` seconds from `begin` on, or until `stop`. */
async function samples(begin: number, for_s: number, every_s: number, stop: AbortSignal): Promise<string[]> {
  const until = Date.now() / 1e3 + for_s;
  const records = [`me ${begin} load ${loadavg()[0]}`];
  let input = lastInput();
  let interrupts = inputInterrupts();
  let load = loadavg()[0]!;
  for (let now = begin; now < until && !stop.aborted; ) {
    const next = Math.min(every_s, Math.max(0, until - now)) * 1e3;
    await sleep(next, undefined, { signal: stop }).catch(() => undefined);
    now = Date.now() / 1e3;
    const counted = inputInterrupts();
    // What came without a terminal came between two samples.
    const seen = counted > interrupts ? now : lastInput();
    interrupts = counted;
    if (seen > input && seen >= begin) {
      records.push(`me ${seen.toFixed(3)} input`);
      input = seen;
    }
    if (loadavg()[0] !== load) {
      load = loadavg()[0]!;
      records.push(`me ${now.toFixed(3)} load ${load}`);
    }
  }
  return records;
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

/** Interrupts of keyboards, mice and touch pads so far, where the system counts them apart (PS/2, I2C). */
function inputInterrupts(): number {
  let text: string;
  try {
    text = readFileSync('/proc/interrupts', 'latin1');
  } catch {
    return 0;
  }
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!/i8042|keyboard|mouse|touchpad|i2c.hid|hid.over.i2c/i.test(line)) continue;
    const counts = /^\s*\w+:((?:\s+\d+)+)\s/.exec(line)?.[1] ?? '';
    for (const each of counts.trim().split(/\s+/)) sum += Number(each);
  }
  return sum;
}
