/*
 * The programs that calibrate times, once as WebAssembly (built ahead, see kernels.ts) and once as native code by the
 * user's own compiler. Both must give the same results.
 *
 * Left out: floating point beyond one matrix product, system calls, threads. Kernels of a few milliseconds: their
 * ratios tell a range, not the mean of a workload.
 *
 * Under WebAssembly the kernels and the crossings are exported; natively main times the kernels, and the kernel's own
 * prices by the methods of lmbench, and writes one line a reading: name, round, nanoseconds (of one operation, or of
 * one run of a kernel), result.
 */
typedef unsigned int u32;
typedef unsigned char u8;
typedef unsigned long long u64;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name), noinline))
#else
#define EXPORT(name) __attribute__((noinline))
#endif

enum { BYTES = 1 << 20, WORDS = 1 << 16, SORTED = 1 << 15, SIDE = 192, TABLE = 1 << 12 };
static u8 source[BYTES], target[BYTES + (BYTES >> 1)];
static u32 ring[WORDS], unsorted[SORTED], sorted[SORTED], seen[TABLE];
static float left[SIDE * SIDE], right[SIDE * SIDE], product[SIDE * SIDE];

static u32 state;
static u32 next(void) { return state = state * 1664525u + 1013904223u; }

/* Fills the inputs: half of the bytes repeat what came before; the ring is one cycle through all words. */
EXPORT("init") void init(void) {
  state = 7;
  for (u32 i = 0; i < BYTES; i++) source[i] = (next() >> 24) & ((i >> 10) & 1 ? 0x0f : 0xff);
  for (u32 i = BYTES / 4; i < BYTES / 2; i++) source[i] = source[i - 3000];
  for (u32 i = 0; i < WORDS; i++) ring[i] = i;
  for (u32 i = WORDS - 1; i > 0; i--) {
    u32 j = (u32)(((u64)next() * i) >> 32), kept = ring[i];
    ring[i] = ring[j];
    ring[j] = kept;
  }
  for (u32 i = 0; i < SORTED; i++) unsorted[i] = next();
  for (u32 i = 0; i < SIDE * SIDE; i++) {
    left[i] = (float)(next() >> 20) * 0.01f;
    right[i] = (float)(next() >> 20) * 0.01f;
  }
}

/* Every byte read, changed, written, added up. */
EXPORT("bytes") u32 bytes(void) {
  u32 sum = 0;
  for (u32 round = 0; round < 4; round++)
    for (u32 i = 0; i < BYTES; i++) {
      target[i] = source[i] ^ (u8)sum;
      sum += target[i];
    }
  return sum;
}

/* An LZ77 compressor's search for matches, by a hash of four bytes. */
EXPORT("match") u32 match(void) {
  u32 out = 0, sum = 0;
  for (u32 i = 0; i < TABLE; i++) seen[i] = 0;
  for (u32 i = 0; i + 8 < BYTES;) {
    u32 word = source[i] | source[i + 1] << 8 | source[i + 2] << 16 | (u32)source[i + 3] << 24;
    u32 slot = (word * 2654435761u) >> 20, from = seen[slot];
    seen[slot] = i;
    if (from != 0 && source[from] == source[i] && source[from + 1] == source[i + 1] &&
        source[from + 2] == source[i + 2] && source[from + 3] == source[i + 3]) {
      u32 length = 4;
      while (i + length < BYTES && source[from + length] == source[i + length] && length < 255) length++;
      target[out++] = 255;
      target[out++] = (u8)length;
      target[out++] = (u8)(i - from);
      i += length;
    } else {
      sum += target[out++] = source[i++];
    }
  }
  return out ^ sum;
}

static void quicksort(u32 *words, int low, int high) {
  while (low < high) {
    u32 pivot = words[(low + high) >> 1];
    int i = low, j = high;
    while (i <= j) {
      while (words[i] < pivot) i++;
      while (words[j] > pivot) j--;
      if (i <= j) {
        u32 kept = words[i];
        words[i++] = words[j];
        words[j--] = kept;
      }
    }
    if (j - low < high - i) {
      quicksort(words, low, j);
      low = i;
    } else {
      quicksort(words, i, high);
      high = j;
    }
  }
}

EXPORT("sort") u32 sort(void) {
  for (u32 i = 0; i < SORTED; i++) sorted[i] = unsorted[i];
  quicksort(sorted, 0, SORTED - 1);
  return sorted[SORTED / 3];
}

/* Product of two matrices of single precision. */
EXPORT("matmul") u32 matmul(void) {
  for (u32 i = 0; i < SIDE * SIDE; i++) product[i] = 0;
  for (u32 i = 0; i < SIDE; i++)
    for (u32 k = 0; k < SIDE; k++) {
      float factor = left[i * SIDE + k];
      for (u32 j = 0; j < SIDE; j++) product[i * SIDE + j] += factor * right[k * SIDE + j];
    }
  return (u32)product[77];
}

/* Each load's address is the word loaded before. */
EXPORT("chase") u32 chase(void) {
  u32 at = 0;
  for (u32 i = 0; i < 400000; i++) at = ring[at];
  return at;
}

typedef u32 (*operation)(u32);
static u32 plus(u32 x) { return x + 1; }
static u32 mixed(u32 x) { return x ^ 3; }
static u32 times(u32 x) { return x * 5; }
static u32 minus(u32 x) { return x - 7; }
static operation table[4] = {plus, mixed, times, minus};

/* Calls through a table of functions. */
EXPORT("indirect") u32 indirect(void) {
  u32 x = 1;
  for (u32 i = 0; i < 1000000; i++) x = table[(x >> 3) & 3](x);
  return x;
}

/* Direct calls that are not inlined: a call, one addition, a return. */
static volatile u32 step = 1;
static __attribute__((noinline)) u32 callee(u32 x) {
  __asm__ volatile("");
  return x + step;
}
EXPORT("calls") u32 calls(u32 times) {
  u32 x = 0;
  for (u32 i = 0; i < times; i++) x = callee(x);
  return x;
}
#ifdef __wasm__

__attribute__((import_module("host"), import_name("service"))) u32 service(u32);
EXPORT("nothing") u32 nothing(u32 x) { return x + 1; }
/* Out of the sandbox and back, `times` times. */
EXPORT("leave") u32 leave(u32 times) {
  u32 x = 0;
  for (u32 i = 0; i < times; i++) x = service(x);
  return x;
}
void *memcpy(void *to, const void *from, unsigned long count) {
  u8 *a = to;
  const u8 *b = from;
  while (count--) *a++ = *b++;
  return to;
}
void *memset(void *to, int value, unsigned long count) {
  u8 *a = to;
  while (count--) *a++ = (u8)value;
  return to;
}

#else

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#define NULL_CALL() syscall(SYS_getppid)
#else
#define NULL_CALL() getppid()
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static int rounds;

/* Rounds of `times` operations each: nanoseconds of one operation. */
#define READING(name, times, operation)                                                      \
  for (int round = 0; round < rounds; round++) {                                             \
    double start = now();                                                                    \
    for (int i = 0; i < (times); i++) { operation; }                                         \
    printf("%s %d %.3f 0\n", name, round, (now() - start) / (times));                        \
  }
#define KERNEL(name)                                                                         \
  for (int round = 0; round < rounds; round++) {                                             \
    double start = now();                                                                    \
    u32 result = name();                                                                     \
    printf("%s %d %.0f %u\n", #name, round, now() - start, result);                          \
  }

static void handler(int signal) { (void)signal; }
static void must(int ok, const char *what) {
  if (!ok) {
    perror(what);
    exit(1);
  }
}
static void put(int to) {
  u8 token = 0;
  must(write(to, &token, 1) == 1, "write");
}
static void get(int from) {
  u8 token;
  must(read(from, &token, 1) == 1, "read");
}

/* kernels ROUNDS [prices]: the kernels, or what the kernel charges (started on one CPU). */
int main(int count, char **words) {
  rounds = count > 1 ? atoi(words[1]) : 1;
  if (count < 3) {
    init();
    KERNEL(bytes)
    KERNEL(match)
    KERNEL(sort)
    KERNEL(matmul)
    KERNEL(chase)
    KERNEL(indirect)
    return 0;
  }
  READING("million-calls", 1, calls(1000000))
  READING("syscall", 20000, NULL_CALL())
  int null = open("/dev/null", O_WRONLY), zero = open("/dev/zero", O_RDONLY);
  must(null >= 0 && zero >= 0, "open");
  READING("write", 20000, put(null))
  READING("read", 20000, get(zero))
  struct stat status;
  READING("stat", 5000, must(stat("/dev", &status) == 0, "stat"))
  signal(SIGUSR1, handler);
  pid_t self = getpid();
  READING("signal", 5000, kill(self, SIGUSR1))
  signal(SIGUSR1, SIG_IGN);
  READING("ignored", 5000, kill(self, SIGUSR1))
  int there[2], back[2];
  must(pipe(there) == 0 && pipe(back) == 0, "pipe");
  READING("pipe-alone", 5000, put(there[1]); get(there[0]))
  fflush(stdout);
  pid_t echo = fork();
  must(echo >= 0, "fork");
  if (echo == 0) {
    u8 token;
    close(there[1]);
    while (read(there[0], &token, 1) == 1) put(back[1]);
    _exit(0);
  }
  READING("pipe", 2000, put(there[1]); get(back[0]))
  close(there[1]);
  waitpid(echo, 0, 0);
  fflush(stdout);
  READING("process", 10, {
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
      execl("/bin/sh", "sh", "-c", ":", (char *)0);
      _exit(1);
    }
    waitpid(child, 0, 0);
  })
  return 0;
}

#endif
