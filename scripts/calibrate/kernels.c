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

enum { BYTES = 1 << 20, WORDS = 1 << 16, SORTED = 1 << 15, SIDE = 192, TABLE = 1 << 12, HASHED = BYTES >> 2 };
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

static const u32 constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
#define ROTATED(x, by) ((x) >> (by) | (x) << (32 - (by)))
static void hash_block(u32 *sum, const u8 *from) {
  u32 words[64];
  for (u32 i = 0; i < 16; i++)
    words[i] = (u32)from[4 * i] << 24 | from[4 * i + 1] << 16 | from[4 * i + 2] << 8 | from[4 * i + 3];
  for (u32 i = 16; i < 64; i++) {
    u32 x = words[i - 15], y = words[i - 2];
    words[i] = words[i - 16] + (ROTATED(x, 7) ^ ROTATED(x, 18) ^ x >> 3) + words[i - 7] +
               (ROTATED(y, 17) ^ ROTATED(y, 19) ^ y >> 10);
  }
  u32 a = sum[0], b = sum[1], c = sum[2], d = sum[3], e = sum[4], f = sum[5], g = sum[6], h = sum[7];
  for (u32 i = 0; i < 64; i++) {
    u32 first = h + (ROTATED(e, 6) ^ ROTATED(e, 11) ^ ROTATED(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + words[i];
    u32 second = (ROTATED(a, 2) ^ ROTATED(a, 13) ^ ROTATED(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
  }
  sum[0] += a, sum[1] += b, sum[2] += c, sum[3] += d, sum[4] += e, sum[5] += f, sum[6] += g, sum[7] += h;
}

/* SHA-256 of the first HASHED bytes; the first word of the sum. */
EXPORT("sha256") u32 sha256(void) {
  u32 sum[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  u8 padding[64] = {0x80};
  padding[60] = (u8)((HASHED * 8u) >> 24);
  padding[61] = (u8)((HASHED * 8u) >> 16);
  for (u32 i = 0; i < HASHED; i += 64) hash_block(sum, source + i);
  hash_block(sum, padding);
  return sum[0];
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
    KERNEL(sha256)
    KERNEL(matmul)
    KERNEL(chase)
    KERNEL(indirect)
    return 0;
  }
  READING("million-calls", 1, calls(1000000))
  READING("syscall", 10000, NULL_CALL())
  int null = open("/dev/null", O_WRONLY), zero = open("/dev/zero", O_RDONLY);
  must(null >= 0 && zero >= 0, "open");
  READING("write", 10000, put(null))
  READING("read", 10000, get(zero))
  struct stat status;
  READING("stat", 5000, must(stat("/dev", &status) == 0, "stat"))
  signal(SIGUSR1, handler);
  pid_t self = getpid();
  READING("signal", 1000, kill(self, SIGUSR1))
  signal(SIGUSR1, SIG_IGN);
  READING("ignored", 2000, kill(self, SIGUSR1))
  int there[2], back[2];
  must(pipe(there) == 0 && pipe(back) == 0, "pipe");
  READING("pipe-alone", 2000, put(there[1]); get(there[0]))
  fflush(stdout);
  pid_t echo = fork();
  must(echo >= 0, "fork");
  if (echo == 0) {
    u8 token;
    close(there[1]);
    while (read(there[0], &token, 1) == 1) put(back[1]);
    _exit(0);
  }
  READING("pipe", 250, put(there[1]); get(back[0]))
  close(there[1]);
  waitpid(echo, 0, 0);
  fflush(stdout);
  READING("process", 2, {
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
