/**
 * What each system call asks for: its class of service, what it does to descriptors and processes, which way it
 * moves bytes, and whether it may wait.
 *
 * The classes are those of the OS cost model too. A call on a descriptor is
 * classed again by what the descriptor is: reading a pipe is `ipc`, reading a socket `network-receive`.
 * A name that stands in no table is `other`, and counted as unknown. Multiplexed calls of old machines (socketcall,
 * ipc) are `other`: the trace does not say which call it is. A thread is priced as a process, since both are `clone`.
 *
 * Source: the manual pages of the calls (section 2); which class a call falls into is this project's decision.
 */
import { callNames, NUMBERINGS } from './numbers.ts';

/** The classes of service, in the order of the cost model's tables. */
export const CALL_CLASSES = [
  'null',
  'file-read',
  'file-write',
  'file-meta',
  'memory',
  'process',
  'ipc',
  'network-send',
  'network-receive',
  'time',
  'signal',
  'other',
] as const;
export type CallClass = (typeof CALL_CLASSES)[number];

/** Index of each class in `CALL_CLASSES`. */
export const CLASS = Object.fromEntries(CALL_CLASSES.map((name, i) => [name, i])) as Readonly<
  Record<CallClass, number>
>;

/** What a call does beside its service. */
export const ROLE = {
  none: 0,
  open: 1,
  openAt: 2,
  close: 3,
  duplicate: 4,
  pipe: 5,
  socket: 6,
  socketPair: 7,
  accept: 8,
  seek: 9,
  control: 10,
  fork: 11,
  exec: 12,
  onDescriptor: 13,
  atOffset: 14,
  /** The result is a descriptor of something local that is no file. */
  event: 15,
  map: 16,
} as const;

/** Which bytes the result counts: none, those that go into the system, those that come out of it. */
export const MOVES = { none: 0, in: 1, out: 2 } as const;

/**
 * Whether a call may wait: never, for what another traced process does (the order of the trace shows it), or for
 * something outside the trace (a clock, a user, another machine: the traced time is all that is known).
 */
export const WAITS = { never: 0, inside: 1, outside: 2 } as const;

/** What is known of a call by its name. */
export interface CallKind {
  readonly name: string;
  /** Index into `CALL_CLASSES`. */
  readonly service: number;
  readonly role: number;
  readonly moves: number;
  readonly waits: number;
  /** False for a name of no table. */
  readonly known: boolean;
}

const CLASSED: Readonly<Partial<Record<CallClass, string>>> = {
  null: `getpid getppid gettid getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32 getresuid
    getresgid getresuid32 getresgid32 getpgid getpgrp getsid getcpu umask sched_yield personality`,
  'file-read': 'read readv pread64 pread preadv preadv2 readahead sendfile sendfile64',
  'file-write': `write writev pwrite64 pwrite pwritev pwritev2 copy_file_range splice tee vmsplice fsync fdatasync
    sync syncfs sync_file_range msync`,
  'file-meta': `open openat openat2 open_by_handle_at creat close close_range stat fstat lstat stat64 fstat64 lstat64
    oldstat oldfstat oldlstat newfstatat fstatat64 statx access faccessat faccessat2 readlink readlinkat getdents
    getdents64 readdir getcwd chdir fchdir chroot pivot_root mkdir mkdirat rmdir unlink unlinkat rename renameat
    renameat2 link linkat symlink symlinkat mknod mknodat chmod fchmod fchmodat chown fchown lchown fchownat chown32
    fchown32 lchown32 utime utimes futimesat utimensat utimensat_time64 statfs fstatfs statfs64 fstatfs64 ustat
    truncate ftruncate truncate64 ftruncate64 fallocate name_to_handle_at setxattr lsetxattr fsetxattr getxattr
    lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr mount umount umount2`,
  memory: `mmap mmap2 old_mmap munmap mprotect mremap brk madvise process_madvise mincore mlock mlock2 munlock
    mlockall munlockall shmget shmat shmdt shmctl pkey_mprotect pkey_alloc pkey_free memfd_create memfd_secret
    remap_file_pages mbind set_mempolicy get_mempolicy migrate_pages move_pages`,
  process: 'fork vfork clone clone3 execve execveat exit exit_group _exit wait4 waitpid waitid',
  ipc: `futex futex_time64 futex_waitv semop semtimedop semtimedop_time64 msgsnd msgrcv mq_timedsend mq_timedreceive
    mq_timedsend_time64 mq_timedreceive_time64 process_vm_readv process_vm_writev`,
  'network-send': 'send sendto sendmsg sendmmsg connect',
  'network-receive': 'recv recvfrom recvmsg recvmmsg recvmmsg_time64 accept accept4',
  time: `time gettimeofday ftime times clock_gettime clock_gettime64 clock_getres clock_getres_time64 getrusage
    getitimer timer_gettime timer_gettime64 timerfd_gettime timerfd_gettime64 nanosleep clock_nanosleep
    clock_nanosleep_time64 stime settimeofday clock_settime clock_settime64 adjtimex clock_adjtime clock_adjtime64`,
  signal: `signal sigaction rt_sigaction sigprocmask rt_sigprocmask sigpending rt_sigpending sigsuspend
    rt_sigsuspend sigreturn rt_sigreturn sigaltstack sgetmask ssetmask rt_sigtimedwait rt_sigtimedwait_time64
    rt_sigqueueinfo rt_tgsigqueueinfo kill tkill tgkill pidfd_send_signal alarm setitimer timer_create timer_settime
    timer_settime64 timer_delete timer_getoverrun pause signalfd signalfd4`,
};

/** Names that traces use and the tables of numbers do not. */
const MORE_NAMES = 'send recv semop semtimedop accept pread pwrite old_mmap _exit';

const ROLES: readonly (readonly [number, string])[] = [
  [ROLE.open, 'open creat'],
  [ROLE.openAt, 'openat openat2'],
  [ROLE.close, 'close'],
  [ROLE.duplicate, 'dup dup2 dup3'],
  [ROLE.pipe, 'pipe pipe2'],
  [ROLE.socket, 'socket'],
  [ROLE.socketPair, 'socketpair'],
  [ROLE.accept, 'accept accept4'],
  [ROLE.seek, 'lseek'],
  [ROLE.control, 'fcntl fcntl64'],
  [ROLE.fork, 'fork vfork clone clone3'],
  [ROLE.exec, 'execve'],
  [ROLE.onDescriptor, 'read readv write writev send sendto sendmsg recv recvfrom recvmsg'],
  [ROLE.onDescriptor, 'getdents getdents64'],
  [ROLE.atOffset, 'pread64 pread pwrite64 pwrite preadv pwritev'],
  [ROLE.event, 'eventfd eventfd2 timerfd_create signalfd signalfd4 inotify_init inotify_init1'],
  [ROLE.map, 'mmap mmap2 old_mmap'],
];

const MOVES_IN = `write writev pwrite64 pwrite pwritev pwritev2 send sendto sendmsg copy_file_range splice
  vmsplice process_vm_writev`;
const MOVES_OUT = `read readv pread64 pread preadv preadv2 recv recvfrom recvmsg getdents getdents64 sendfile
  sendfile64 msgrcv mq_timedreceive process_vm_readv`;
const WAIT_INSIDE = `wait4 waitpid waitid vfork futex futex_time64 futex_waitv semop semtimedop semtimedop_time64
  msgsnd msgrcv mq_timedsend mq_timedreceive flock splice tee`;
const WAIT_OUTSIDE = `nanosleep clock_nanosleep clock_nanosleep_time64 select _newselect pselect6 pselect6_time64 poll
  ppoll ppoll_time64 epoll_wait epoll_pwait epoll_pwait2 epoll_wait_old pause sigsuspend rt_sigsuspend
  rt_sigtimedwait rt_sigtimedwait_time64 recv recvfrom recvmsg recvmmsg recvmmsg_time64 accept accept4 connect
  restart_syscall io_getevents io_pgetevents io_uring_enter fsync fdatasync sync syncfs sync_file_range msync`;

function words(text: string): string[] {
  return text.split(/\s+/);
}

const LISTED = [
  ...Object.values(CLASSED),
  ...ROLES.map(([, list]) => list),
  MOVES_IN,
  MOVES_OUT,
  WAIT_INSIDE,
  WAIT_OUTSIDE,
];

/** The classes of all known names. */
function kinds(): Map<string, CallKind> {
  const names = new Set(words(MORE_NAMES));
  for (const numbering of Object.keys(NUMBERINGS)) {
    for (const name of callNames(numbering).values()) names.add(name);
  }
  for (const name of LISTED.flatMap(words)) {
    if (!names.has(name)) throw new Error(`classes.ts lists ${name}, which no table of calls has`);
  }
  const service = new Map<string, number>();
  for (const [name, list] of Object.entries(CLASSED)) {
    for (const call of words(list)) service.set(call, CLASS[name as CallClass]);
  }
  const role = new Map(ROLES.flatMap(([r, list]) => words(list).map((call) => [call, r] as const)));
  const movesIn = new Set(words(MOVES_IN));
  const movesOut = new Set(words(MOVES_OUT));
  const inside = new Set(words(WAIT_INSIDE));
  const outside = new Set(words(WAIT_OUTSIDE));
  const all = new Map<string, CallKind>();
  for (const name of names) {
    all.set(name, {
      name,
      service: service.get(name) ?? CLASS.other,
      role: role.get(name) ?? ROLE.none,
      moves: movesIn.has(name) ? MOVES.in : movesOut.has(name) ? MOVES.out : MOVES.none,
      waits: inside.has(name) ? WAITS.inside : outside.has(name) ? WAITS.outside : WAITS.never,
      known: true,
    });
  }
  return all;
}

const KINDS = kinds();

/** What is known of a call; a name of no table is `other`, and not known. */
export function callKind(name: string): CallKind {
  return (
    KINDS.get(name) ?? {
      name,
      service: CLASS.other,
      role: ROLE.none,
      moves: MOVES.none,
      waits: WAITS.never,
      known: false,
    }
  );
}
