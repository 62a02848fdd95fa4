/**
 * One writer a results folder. The lock is a file that names its process; one that was killed leaves it behind,
 * so a lock whose process is gone is taken over.
 */
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../problem.ts';

/** Takes the lock of a folder and returns what gives it back. Throws `InputError` where another process holds it. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, '.lock');
  const mine = `${process.pid} ${startOf(process.pid)} ${hostname()}\n`;
  const aside = join(folder, `.lock-${process.pid}.tmp`);
  writeFileSync(aside, mine);
  try {
    // a link appears whole or not at all, and never replaces
    while (!linked(aside, path)) takeAway(path, folder, `${aside}.dead`);
  } finally {
    rmSync(aside, { force: true });
  }
  return () => {
    if (readQuietly(path) === mine) rmSync(path, { force: true });
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if (existsSync(to)) return false;
  }
  // a file system without hard links
  try {
    writeFileSync(to, readFileSync(from), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead process's lock; throws where it is alive. What was moved is looked at again, since another may have been faster. */
function takeAway(path: string, folder: string, aside: string): void {
  const holder = readQuietly(path);
  if (holder !== '' && isHeld(holder)) throw held(holder, folder, path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readQuietly(aside);
  if (moved !== holder && isHeld(moved)) {
    linked(aside, path);
    rmSync(aside, { force: true });
    throw held(moved, folder, path);
  }
  rmSync(aside, { force: true });
}

function held(holder: string, folder: string, path: string): InputError {
  const [pid, , host] = holder.trim().split(' ');
  return new InputError({
    where: folder,
    found: `another run is writing this folder (process ${pid} on ${host})`,
    would: `wait for it, or give another folder by --out; if there is no such process, delete ${path}`,
  });
}

/** A lock of another machine cannot be checked and counts as held. */
function isHeld(holder: string): boolean {
  const [pid, start, host] = holder.trim().split(' ');
  if (pid === undefined || start === undefined || host === undefined) return false;
  if (host !== hostname()) return true;
  const id = Number(pid);
  if (id === process.pid && start !== startOf(process.pid)) return false;
  try {
    process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return start === startOf(id);
}

/** When a process started, by the kernel's count, where the system tells; a number given again to a new process shows by it. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
