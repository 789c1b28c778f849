/* The prox of float32 weights as ProxSolver.solve computes it, bit for bit: sort, pool adjacent violators,
 * place (prox.ts, _pav.ts). To be built without contraction of products and sums. Weights are distributed
 * by the first bits of what their keys, integers of the same order, differ in. Where a weight gets is its
 * slot. Slots of neighbouring digits make a bucket, which is sorted in the cache and pooled as it is there.
 * The results go to the slots, and from them, as weights are distributed once more, to where these came
 * from. So nothing is read or written at random places in memory but within a bucket. Equal weights get
 * equal results: their order does not matter. */
#include <math.h>
#include <stdint.h>
#include <string.h>

/* A weight in the upper half, as an integer of the same order, and its slot. */
typedef int64_t Pair;

static inline int32_t key_of(float weight) {
  int32_t bits;
  memcpy(&bits, &weight, sizeof bits);
  return bits ^ ((bits >> 31) & INT32_MAX);
}
static inline float weight_of_key(int32_t key) {
  float weight;
  key ^= (key >> 31) & INT32_MAX;
  memcpy(&weight, &key, sizeof weight);
  return weight;
}
static inline Pair pair_of(float weight, uint32_t slot) {
  return (Pair)((uint64_t)(uint32_t)key_of(weight) << 32 | slot);
}
static inline double weight_of(Pair pair) { return weight_of_key((int32_t)(pair >> 32)); }
static inline uint32_t slot_of(Pair pair) { return (uint32_t)pair; }

#define DIGITS 32768    /* that weights are distributed by, at most */
#define PER_DIGIT 16    /* weights, on average, where there are few */
#define BUCKET 1024     /* weights of a bucket, at least */
#define CELLS 65536     /* of a bucket, at most */
#define SOME (1 << 17)  /* weights of a bucket that cells are tried for */
#define FEW 24          /* weights that insertion sorts fastest */
#define MOVES 8         /* of insertion per weight, beyond which another sort is faster */
#define RADIX 11        /* bits of a radix sort's digit */
#define BLOCK 512       /* particles whose places are computed in one go */
#define SMALL 4         /* clusters of so many are placed as they form: their slots are in the cache */

typedef struct {
  uint16_t *digit_of;   /* of each weight */
  float *slots;         /* the weights by digit, then the results */
  Pair *pairs;          /* sorted */
  Pair *spare;          /* for the radix sort */
  int32_t *firsts, *masses;
  double *positions;    /* of clusters of two or more, as in _finder.ts */
  uint32_t starts[DIGITS], next[DIGITS];
  uint32_t counts[CELLS];
  uint16_t cell_of[SOME];
} Memory;

static size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* Bytes of memory for d weights. */
int64_t prox_bytes(int32_t d) {
  size_t n = d;
  return 64 + aligned(sizeof(Memory)) + aligned(2 * n) + aligned(4 * n) + 2 * aligned(8 * n) +
         2 * aligned(4 * (n / 2)) + aligned(8 * (n / 2));
}

static Memory *memory_in(char *at, int64_t n) {
  at = (char *)aligned((size_t)at);
  Memory *memory = (Memory *)at;
  at += aligned(sizeof(Memory));
#define TAKE(field, bytes) memory->field = (void *)at, at += aligned(bytes)
  TAKE(digit_of, 2 * n);
  TAKE(slots, 4 * n);
  TAKE(pairs, 8 * n);
  TAKE(spare, 8 * n);
  TAKE(firsts, 4 * (n / 2));
  TAKE(masses, 4 * (n / 2));
  TAKE(positions, 8 * (n / 2));
  return memory;
}

typedef struct {
  int32_t low, high;
} Keys;

static Keys keys_of(const float *x, int64_t n) {
  int32_t low = INT32_MAX, high = INT32_MIN;
  for (int64_t i = 0; i < n; i++) {
    int32_t key = key_of(x[i]);
    low = key < low ? key : low;
    high = key > high ? key : high;
  }
  return (Keys){low, high};
}

/* Turns how many have each digit into where each digit starts. */
static void add_up(uint32_t *counts, int64_t digits) {
  uint32_t sum = 0;
  for (int64_t digit = 0; digit < digits; digit++) {
    uint32_t count = counts[digit];
    counts[digit] = sum;
    sum += count;
  }
}

/* Where each digit starts. */
static void starts_of(const uint16_t *digit_of, int64_t n, uint32_t *starts, int64_t digits) {
  memset(starts, 0, digits * sizeof *starts);
  for (int64_t i = 0; i < n; i++) starts[digit_of[i]]++;
  add_up(starts, digits);
}

/* The first from 2 to most that is not below least. */
static int64_t power_of_two(int64_t least, int64_t most) {
  int64_t count = 2;
  while (count < least && count < most) count *= 2;
  return count;
}

/* Sorts by insertion; 0 if that takes too many moves. */
static int insert(Pair *pairs, int64_t n) {
  int64_t moves = MOVES * n;
  for (int64_t k = 1; k < n; k++) {
    Pair pair = pairs[k];
    if (pairs[k - 1] <= pair) continue;
    int64_t at = k;
    do {
      pairs[at] = pairs[at - 1];
      at--;
    } while (at > 0 && pairs[at - 1] > pair);
    pairs[at] = pair;
    if ((moves -= k - at) < 0) return 0;
  }
  return 1;
}

/* Orders neighbours two by two. */
static void exchange(Pair *pairs, int64_t n) {
  for (int64_t k = 0; k + 1 < n; k += 2) {
    Pair left = pairs[k], right = pairs[k + 1];
    pairs[k] = left < right ? left : right;
    pairs[k + 1] = left < right ? right : left;
  }
}

static void radix_pass(const Pair *from, int64_t n, int shift, uint32_t *starts, Pair *to) {
  memset(starts, 0, sizeof *starts << RADIX);
#define DIGIT_OF(pair) (((uint64_t)(pair) ^ (uint64_t)1 << 63) >> shift & ((1 << RADIX) - 1))
  for (int64_t k = 0; k < n; k++) starts[DIGIT_OF(from[k])]++;
  add_up(starts, 1 << RADIX);
  for (int64_t k = 0; k < n; k++) to[starts[DIGIT_OF(from[k])]++] = from[k];
}

/* Has the cache fetch the slots from ... to - 1 and their pairs. */
static void fetch(const Memory *memory, int64_t from, int64_t to) {
  for (int64_t k = from; k < to; k += 64 / sizeof(Pair)) __builtin_prefetch(memory->pairs + k, 1);
  for (int64_t k = from; k < to; k += 64 / sizeof(float)) __builtin_prefetch(memory->slots + k);
}

/* Sorts by cells of equal width between two weights, then by insertion; 0 if cells are too wide for that. */
static int sort_by_cells(Memory *memory, int64_t first, int64_t n, float lowest, float highest) {
  const float *x = memory->slots + first;
  Pair *pairs = memory->pairs + first;
  uint16_t *cell_of = memory->cell_of;
  int64_t count = power_of_two(n / 2, CELLS);
  float per_cell = (float)(count - 1) / (highest - lowest);
  if (n > SOME || !(highest - lowest < INFINITY && per_cell < INFINITY)) return 0;
  // Rounding leaves cells in order.
  for (int64_t i = 0; i < n; i++) cell_of[i] = (uint16_t)(int32_t)((x[i] - lowest) * per_cell);
  starts_of(cell_of, n, memory->counts, count);
  for (int64_t i = 0; i < n; i++) pairs[memory->counts[cell_of[i]]++] = pair_of(x[i], first + i);
  for (int pass = 0; pass < 2; pass++) {
    exchange(pairs, n);
    exchange(pairs + 1, n - 1);
  }
  return insert(pairs, n);
}

/* Sorts the bucket whose slots are first ... first + n - 1. */
static void sort_bucket(Memory *memory, int64_t first, int64_t n) {
  const float *x = memory->slots + first;
  Pair *pairs = memory->pairs + first, *spare = memory->spare;
  if (n > FEW) {
    Keys keys = keys_of(x, n);
    float lowest = weight_of_key(keys.low), highest = weight_of_key(keys.high);
    if (lowest < highest && sort_by_cells(memory, first, n, lowest, highest)) return;
    Pair *to = lowest < highest ? spare : pairs;
    for (int64_t i = 0; i < n; i++) to[i] = pair_of(x[i], first + i);
    if (lowest == highest) return;
  } else {
    for (int64_t i = 0; i < n; i++) spare[i] = pairs[i] = pair_of(x[i], first + i);
    if (insert(pairs, n)) return;
  }
  radix_pass(spare, n, 32, memory->counts, pairs);
  radix_pass(pairs, n, 32 + RADIX, memory->counts, spare);
  radix_pass(spare, n, 32 + 2 * RADIX, memory->counts, pairs);
}

/* Clusters of the sorted particles so far. */
typedef struct {
  int64_t d, found, end; /* end: the first particle after the last cluster */
  double pace, left;     /* left: where the last particle or cluster is */
} Pool;

/* z_k = x_k + alpha (d - 1 - 2k)/(d - 1) */
static inline double target(const Pool *pool, const Pair *pairs, int64_t k) {
  return weight_of(pairs[k]) + pool->pace * (double)(pool->d - 1 - 2 * k);
}

/* Pools particles from ... to - 1, at most BLOCK, with those before them; places them unless they are in a
 * large cluster. */
static void pool_block(Memory *memory, Pool *state, int64_t from, int64_t to) {
  Pool pool = *state;
  const Pair *pairs = memory->pairs;
  float *slots = memory->slots;
  double z[BLOCK];
  for (int64_t k = from; k < to; k++) z[k - from] = target(&pool, pairs, k);
  for (int64_t k = from; k < to; k++) {
    double position = z[k - from];
    if (pool.left < position) {
      slots[slot_of(pairs[k])] = (float)position;
      pool.left = position;
      continue;
    }
    int64_t first = k;
    while (first > 0) {
      int joins = pool.found > 0 && pool.end == first;
      double left = joins ? memory->positions[pool.found - 1] : target(&pool, pairs, first - 1);
      if (left < position) break;
      int64_t mass = 1;
      if (joins) {
        mass = memory->masses[--pool.found];
        if (pool.found > 0) pool.end = memory->firsts[pool.found - 1] + memory->masses[pool.found - 1];
      }
      first -= mass;
      position += (left - position) * ((double)mass / (double)(k + 1 - first));
    }
    memory->firsts[pool.found] = (int32_t)first;
    memory->masses[pool.found] = (int32_t)(k + 1 - first);
    memory->positions[pool.found++] = position;
    pool.end = k + 1;
    pool.left = position;
    if (pool.end - first <= SMALL) {
      for (; first < pool.end; first++) slots[slot_of(pairs[first])] = (float)position;
    }
  }
  *state = pool;
}

/* The same for any number. */
static void pool_particles(Memory *memory, Pool *pool, int64_t from, int64_t to) {
  for (int64_t end; from < to; from = end) {
    end = to - from < BLOCK ? to : from + BLOCK;
    pool_block(memory, pool, from, end);
  }
}

/* Places the clusters that are not yet. */
static void place_large(Memory *memory, int64_t found) {
  for (int64_t c = 0; c < found; c++) {
    if (memory->masses[c] <= SMALL) continue;
    float position = (float)memory->positions[c];
    const Pair *pairs = memory->pairs + memory->firsts[c];
    for (int64_t k = 0; k < memory->masses[c]; k++) memory->slots[slot_of(pairs[k])] = position;
  }
}

/* Mean of particles first ... end - 1, exact where they are equal. */
static double mean_of(const Pair *pairs, int64_t first, int64_t end) {
  double start = weight_of(pairs[first]), sum = 0;
  for (int64_t k = first; k < end; k++) sum += weight_of(pairs[k]) - start;
  return start + sum / (double)(end - first);
}

/* Places all particles, after the soft threshold by l1 and with a share of the move only. */
static void place_all(Memory *memory, const Pool *pool, double l1, double share) {
  const Pair *pairs = memory->pairs;
  for (int64_t k = 0, c = 0; k < pool->d;) {
    int joins = c < pool->found && memory->firsts[c] == k;
    double p = joins ? memory->positions[c] : target(pool, pairs, k);
    int64_t end = joins ? k + memory->masses[c++] : k + 1;
    double value = p > l1 ? p - l1 : p < -l1 ? p + l1 : 0;
    double mean = share != 1 && fabs(p) >= l1 ? mean_of(pairs, k, end) : value;
    float position = (float)(mean + share * (value - mean));
    for (; k < end; k++) memory->slots[slot_of(pairs[k])] = position;
  }
}

/* Where the slots end of the bucket that starts with a digit's; moves to the digit after it. */
static int64_t end_of_bucket(const Memory *memory, int64_t first, int64_t *digit, int64_t digits) {
  int64_t end = first;
  // A digit's slots end where the next one of its weights would go.
  while (*digit < digits && end - first < BUCKET) end = memory->next[(*digit)++];
  return end;
}

/* An alpha at which all are surely one cluster, see prox.ts. */
static double latest_alpha(double least, double most, int64_t d) {
  double size = fmax((double)(d - 1) / 2 * (most - least), fmax(fabs(least), fabs(most)));
  return d > 1 && size > 0 ? 1024 * size : INFINITY;
}

/* The prox of d weights; result may be the weights. Returns 0, or 1 and does nothing if one is not finite. */
int32_t prox_solve(const float *weights, float *result, int32_t d, double alpha, double l1, double share,
                   char *bytes) {
  if (d == 0) return 0;
  Keys keys = keys_of(weights, d);
  double least = weight_of_key(keys.low), most = weight_of_key(keys.high);
  if (!(most - least < INFINITY)) return 1;

  Memory *memory = memory_in(bytes, d);
  uint16_t *digit_of = memory->digit_of;
  uint32_t *starts = memory->starts, *next = memory->next;
  int64_t digits = power_of_two(d / PER_DIGIT, DIGITS);
  uint32_t range = (uint32_t)keys.high - (uint32_t)keys.low;
  int shift = 0;
  while (range >> shift >= digits) shift++;
  digits = (range >> shift) + 1;
  for (int64_t i = 0; i < d; i++) {
    digit_of[i] = (uint16_t)(((uint32_t)key_of(weights[i]) - (uint32_t)keys.low) >> shift);
  }
  starts_of(digit_of, d, starts, digits);
  memcpy(next, starts, digits * sizeof *next);
  for (int64_t i = 0; i < d; i++) {
    float *slot = memory->slots + next[digit_of[i]]++;
    *slot = weights[i];
    __builtin_prefetch(slot + 64 / sizeof *slot, 1);
  }

  double latest = latest_alpha(least, most, d), used = alpha < latest ? alpha : latest;
  Pool pool = {.d = d, .pace = d == 1 ? 0 : used / (double)(d - 1), .left = -INFINITY};
  int64_t digit = 0, first = 0, end = end_of_bucket(memory, 0, &digit, digits);
  while (first < d) {
    int64_t end_of_next = end_of_bucket(memory, end, &digit, digits);
    fetch(memory, end, end_of_next);
    sort_bucket(memory, first, end - first);
    pool_particles(memory, &pool, first, end);
    first = end;
    end = end_of_next;
  }
  if (alpha <= latest && l1 == 0 && share == 1) place_large(memory, pool.found);
  else {
    // Far beyond the last collision all are at their mean, of which alpha must take no digits.
    if (alpha > latest) memory->positions[0] = mean_of(memory->pairs, 0, d);
    place_all(memory, &pool, l1, share);
  }
  for (int64_t i = 0; i < d; i++) result[i] = memory->slots[starts[digit_of[i]]++];
  return 0;
}
