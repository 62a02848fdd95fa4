/**
 * The story of one job, told from the domain events of its run: when it came, why it waited (whose processors, which
 * jobs before it), what happened to it while it ran, and where its time went.
 *
 * What is free is what the master has been told is idle, less what jobs that run hold: the master's view, as the
 * batch queue sees it. Left out: why a policy preferred one waiting job to another where both would have fitted.
 */
import { durationText } from '../terminal.ts';

export interface LoggedEvent {
  readonly time_s: number;
  readonly what: string;
  readonly who: number;
  readonly value: number;
}

export interface ToldJob {
  /** Number in the log, user, processors; times on the run's own clock, NaN where it did not start or end. */
  readonly id: number;
  readonly user: number;
  readonly width: number;
  readonly submit_s: number;
  readonly start_s: number;
  readonly end_s: number;
  readonly estimate_s: number;
  readonly status: string;
}

export interface Told {
  readonly events: readonly LoggedEvent[];
  readonly jobs: readonly ToldJob[];
  readonly nodes: number;
  /** Whether nodes are offered by reports (owners), or all of them from the start. */
  readonly owned: boolean;
  readonly batch: string;
}

/** Waits shorter than this, s, are the message's that starts a job. */
const LEAST_S = 0.1;
const AGAIN = 'it was started again';

/** What is true while the job waits, and for how long. */
interface Stretch {
  readonly from_s: number;
  to_s: number;
  readonly reason: 'processors' | 'before';
  readonly free: number;
  readonly ahead: readonly number[];
}

const HAPPENS: Readonly<Record<string, string>> = {
  evict: 'the owner returned: the task there was called off',
  suspend: 'the task there was stopped',
  resume: 'the task there went on',
  arrive: 'a task arrived there',
  vacate: 'the task there began to be saved',
  crash: 'the node crashed with its task',
};
const OWN: Readonly<Record<string, (value: number) => string>> = {
  kill: (lost) => `it was stopped and sent back to the queue (${durationText(lost)} of node time lost)`,
  rollback: (lost) => `it went back to what was saved of it (${durationText(lost)} of node time lost)`,
  restart: (work) => `it went on, ${durationText(work)} of work saved`,
  checkpoint: (work) => `it was saved at ${durationText(work)} of work`,
  replay: (work) => `its lost tasks did ${durationText(work)} again`,
};

/** Lines of the story. `index`: the job by its place in the run. */
export function story(told: Told, index: number): string[] {
  const job = told.jobs[index]!;
  const at = (time_s: number) => clock(time_s);
  const lines = [
    `job ${job.id} of user ${job.user}: ${job.width} processor${job.width === 1 ? '' : 's'} of ${told.nodes}, ${durationText(job.estimate_s)} asked for`,
    `${at(job.submit_s)}  submitted`,
  ];
  if (job.status === 'rejected')
    return [...lines, `${at(job.submit_s)}  rejected: wider than the ${told.nodes} nodes`];
  const { stretches, happenings } = walk(told, index);
  lines.push(...waitLines(told, stretches, job));
  if (job.start_s >= 0) {
    const wait = job.start_s - job.submit_s;
    lines.push(`${at(job.start_s)}  started ${wait < LEAST_S ? 'at once' : `after ${durationText(wait)}`}`);
  }
  const most = 40;
  lines.push(...happenings.slice(0, most).map(({ time_s, text }) => `${at(time_s)}  ${text}`));
  if (happenings.length > most) lines.push(`           ... and ${happenings.length - most} more events`);
  if (job.status === 'finished') {
    const [response, run] = [job.end_s - job.submit_s, job.end_s - job.start_s];
    const last = happenings.some(({ text }) => text === AGAIN) ? 'last ' : '';
    lines.push(
      `${at(job.end_s)}  finished: ${durationText(response)} after it was submitted, ${durationText(run)} after its ${last}start`,
    );
  } else lines.push(`it had not ended when the run did (${job.status})`);
  return lines;
}

/** `0 d 09:14:05`. */
function clock(time_s: number): string {
  const whole = Math.floor(time_s);
  const part = (n: number) => String(n).padStart(2, '0');
  return `${String(Math.floor(whole / 86_400)).padStart(4)} d ${part(Math.floor(whole / 3600) % 24)}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}

function walk(
  told: Told,
  index: number,
): { stretches: Stretch[]; happenings: { time_s: number; text: string }[] } {
  const job = told.jobs[index]!;
  const idle = new Uint8Array(told.nodes).fill(told.owned ? 0 : 1);
  let offered = told.owned ? 0 : told.nodes;
  let used = 0;
  const waiting = new Set<number>();
  const running = new Set<number>();
  const stretches: Stretch[] = [];
  const happenings: { time_s: number; text: string }[] = [];
  let open: Stretch | undefined;
  const look = (time_s: number) => {
    if (open !== undefined) open.to_s = time_s;
    if (!waiting.has(index)) {
      open = undefined;
      return;
    }
    const free = Math.max(0, offered - used);
    const ahead = [...waiting].filter((other) => other < index);
    const reason = free < job.width ? 'processors' : 'before';
    if (open?.reason === reason && open.free === free && open.ahead.length === ahead.length) return;
    open = { from_s: time_s, to_s: time_s, reason, free, ahead };
    stretches.push(open);
  };
  for (const { time_s, what, who, value } of told.events) {
    if (what === 'submit') waiting.add(who);
    else if (what === 'reject') waiting.delete(who);
    else if (what === 'start') {
      waiting.delete(who);
      running.add(who);
      used += told.jobs[who]!.width;
    } else if (what === 'finish' || what === 'kill') {
      if (running.delete(who)) used -= told.jobs[who]!.width;
      if (what === 'kill') waiting.add(who);
    } else if (what === 'report' && idle[who] !== value) {
      idle[who] = value;
      offered += value === 1 ? 1 : -1;
    }
    if (open !== undefined || waiting.has(index)) look(time_s);
    if (OWN[what] !== undefined && who === index) happenings.push({ time_s, text: OWN[what](value) });
    if (HAPPENS[what] !== undefined && value === index) {
      happenings.push({ time_s, text: `node ${who}: ${HAPPENS[what]}` });
    }
    if (what === 'start' && who === index && happenings.length > 0) happenings.push({ time_s, text: AGAIN });
  }
  return { stretches, happenings };
}

function waitLines(told: Told, stretches: readonly Stretch[], job: ToldJob): string[] {
  const lines: string[] = [];
  const length = (reason: Stretch['reason']) =>
    stretches
      .filter((each) => each.reason === reason)
      .reduce((sum, each) => sum + each.to_s - each.from_s, 0);
  const short = stretches.filter((each) => each.reason === 'processors' && each.to_s > each.from_s);
  const most = short.reduce((largest, each) => Math.max(largest, each.free), 0);
  if (length('processors') >= LEAST_S) {
    lines.push(
      `             for ${durationText(length('processors'))} too few processors were free: it needs ${job.width}, at most ${most} were${told.owned ? ' (idle by what the master had been told, and not in use)' : ''}`,
    );
  }
  if (length('before') >= LEAST_S) {
    const before = new Set(
      stretches.filter((each) => each.reason === 'before').flatMap((each) => each.ahead),
    );
    const names = [...before].slice(0, 8).map((other) => told.jobs[other]!.id);
    lines.push(
      `             for ${durationText(length('before'))} enough were free, but ${told.batch} kept them${names.length === 0 ? '' : ` for jobs before it (${names.join(', ')}${before.size > names.length ? ', ...' : ''})`}`,
    );
  }
  return lines;
}
