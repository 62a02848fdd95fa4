/**
 * Takes names and contents out of a strace log, so that it can be shown: each component of a path becomes a hash (the
 * same one everywhere), every other string its length. Calls, numbers, times and flags stay as they are, and so do
 * `.`, `..`, the folders `/dev`, `/proc` and `/sys`, and the cut mark after a string.
 *
 * The hash is salted by the caller, so that names cannot be found by trying. Left out: user and process numbers.
 */
import { createHash } from 'node:crypto';

/** Calls whose strings are paths; of `execve` the first only. */
const PATHS =
  /^(?:\[pid +\d+\] +|\d+ +)?(?:[\d.:]+ +)?(?:open|openat|openat2|creat|stat|lstat|newfstatat|fstatat64|stat64|lstat64|statx|access|faccessat|faccessat2|readlink|readlinkat|unlink|unlinkat|mkdir|mkdirat|rmdir|rename|renameat|renameat2|link|linkat|symlink|symlinkat|chmod|fchmodat|chown|lchown|fchownat|chdir|getcwd|truncate|utimensat|utime|utimes|statfs|mknod|mknodat|getxattr|lgetxattr|setxattr|listxattr|llistxattr|execve|inotify_add_watch)\(/;
const STRING = /"((?:[^"\\]|\\.)*)"/g;

/** One line of a strace log without names and contents. */
export function anonymised(line: string, salt: string): string {
  const paths = PATHS.test(line);
  const first = /\bexecve\(/.test(line);
  let seen = 0;
  return line.replace(STRING, (_, text: string) => {
    seen++;
    return paths && (!first || seen === 1) ? `"${hashedPath(text, salt)}"` : `"${lengthOf(text)}"`;
  });
}

/** Folders of what is no file on a disk: readers must know them, and they say nothing. */
const KEPT = new Set(['', '.', '..']);
const SYSTEM = /^\/(?:dev|proc|sys)(?=\/|$)/;

function hashedPath(path: string, salt: string): string {
  const kept = SYSTEM.exec(path)?.[0] ?? '';
  const rest = path
    .slice(kept.length)
    .split('/')
    .map((part) => (KEPT.has(part) ? part : hashed(part, salt)))
    .join('/');
  return kept + rest;
}

function hashed(part: string, salt: string): string {
  return createHash('sha256').update(`${salt}/${part}`).digest('base64url').slice(0, 6);
}

/** Bytes that an escaped string stands for. */
function lengthOf(text: string): number {
  return text.replace(/\\(?:[0-7]{1,3}|x[0-9a-f]{2}|.)/g, '.').length;
}
