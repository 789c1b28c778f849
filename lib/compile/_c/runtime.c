/* What compiled programs call: matrix products (gemm.h, before this), and what moves, sorts or pools elements. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

size_t rf_address(const void *data) { return (size_t)data; }

/* Memory for a program's tensors, in large pages where the system gives them: matrices touch many at once. */
#define LARGE_PAGE (2L << 20)
size_t rf_allocate(long bytes) {
  long whole = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
  void *memory = aligned_alloc(LARGE_PAGE, whole);
#ifdef MADV_HUGEPAGE
  if (memory) madvise(memory, whole, MADV_HUGEPAGE);
#endif
  return (size_t)memory;
}

void rf_free(size_t memory) { free((void *)memory); }

long rf_scratch_bytes(void) { return (long)(RF_GEMM_SCRATCH * sizeof(float)); }

void rf_product(long m, long n, long k, const float *a, long ras, long cas, const float *b, long rbs, long cbs,
                float *c, long ldc, RfExtra extra, float *scratch) {
  if (extra.alpha == 0) extra.alpha = 1;
  rf_gemm(m, n, k, a, ras, cas, b, rbs, cbs, c, ldc, extra, scratch);
}

void rf_softmax(long outer, long n, long inner, const float *x, float *y) {
  for (long o = 0; o < outer; o++) {
    for (long i = 0; i < inner; i++) {
      const float *from = x + o * n * inner + i;
      float *to = y + o * n * inner + i;
      float most = from[0], sum = 0;
      for (long j = 1; j < n; j++) if (from[j * inner] > most) most = from[j * inner];
      for (long j = 0; j < n; j++) sum += to[j * inner] = expf(from[j * inner] - most);
      for (long j = 0; j < n; j++) to[j * inner] /= sum;
    }
  }
}

#define CUMSUM(name, type)                                                                                     \
  void name(long outer, long n, long inner, const type *x, type *y, int exclusive, int reverse) {              \
    for (long o = 0; o < outer; o++) {                                                                         \
      for (long i = 0; i < inner; i++) {                                                                       \
        type sum = 0;                                                                                          \
        for (long j = 0; j < n; j++) {                                                                         \
          long at = (o * n + (reverse ? n - 1 - j : j)) * inner + i;                                           \
          type own = x[at];                                                                                    \
          y[at] = exclusive ? sum : sum + own;                                                                 \
          sum += own;                                                                                          \
        }                                                                                                      \
      }                                                                                                        \
    }                                                                                                          \
  }
CUMSUM(rf_cumsum_f, float)
CUMSUM(rf_cumsum_i, int)

/* The first of the extremes. */
#define ARG(name, type, better)                                                                                \
  void name(long outer, long n, long inner, const type *x, i64 *y) {                                           \
    for (long o = 0; o < outer; o++) {                                                                         \
      for (long i = 0; i < inner; i++) {                                                                       \
        const type *from = x + o * n * inner + i;                                                              \
        long best = 0;                                                                                         \
        for (long j = 1; j < n; j++) if (from[j * inner] better from[best * inner]) best = j;                  \
        y[o * inner + i] = best;                                                                               \
      }                                                                                                        \
    }                                                                                                          \
  }
ARG(rf_argmax_f, float, >)
ARG(rf_argmax_i, int, >)
ARG(rf_argmin_f, float, <)
ARG(rf_argmin_i, int, <)

/* Gathers return whether an index was out of range. */
#define GATHER(name, type)                                                                                     \
  int name(long outer, long n, long bytes, long count, const void *x, const type *indices, void *y) {          \
    for (long j = 0; j < count; j++) if (indices[j] < -n || indices[j] >= n) return 1;                         \
    char *to = y;                                                                                              \
    for (long o = 0; o < outer; o++) {                                                                         \
      const char *from = (const char *)x + o * n * bytes;                                                      \
      for (long j = 0; j < count; j++, to += bytes) {                                                          \
        long at = indices[j] < 0 ? indices[j] + n : indices[j];                                                \
        if (bytes == 4) *(int *)to = *(const int *)(from + at * 4);                                            \
        else memcpy(to, from + at * bytes, bytes);                                                             \
      }                                                                                                        \
    }                                                                                                          \
    return 0;                                                                                                  \
  }
GATHER(rf_gather_i, int)
GATHER(rf_gather_l, i64)

#define GATHER_ELEMENTS(name, type)                                                                            \
  int name(long rows, long n, long count, long bytes, const void *x, const type *indices, void *y) {           \
    for (long r = 0; r < rows; r++) {                                                                          \
      for (long j = 0; j < count; j++) {                                                                       \
        long at = indices[r * count + j];                                                                      \
        if (at < -n || at >= n) return 1;                                                                      \
        if (at < 0) at += n;                                                                                   \
        memcpy((char *)y + (r * count + j) * bytes, (const char *)x + (r * n + at) * bytes, bytes);            \
      }                                                                                                        \
    }                                                                                                          \
    return 0;                                                                                                  \
  }
GATHER_ELEMENTS(rf_gather_elements_i, int)
GATHER_ELEMENTS(rf_gather_elements_l, i64)

/* Place of a tuple of indices, or -1. */
static long place_of(const i64 *index, long depth, const long *lengths) {
  long at = 0;
  for (long d = 0; d < depth; d++) {
    i64 own = index[d] < 0 ? index[d] + lengths[d] : index[d];
    if (own < 0 || own >= lengths[d]) return -1;
    at = at * lengths[d] + own;
  }
  return at;
}

int rf_gather_nd(long batch, long rows, long depth, const long *lengths, long bytes, const void *x,
                 const i64 *indices, void *y) {
  long size = bytes;
  for (long d = 0; d < depth; d++) size *= lengths[d];
  for (long b = 0; b < batch; b++) {
    for (long r = 0; r < rows; r++) {
      long at = place_of(indices + (b * rows + r) * depth, depth, lengths);
      if (at < 0) return 1;
      memcpy((char *)y + (b * rows + r) * bytes, (const char *)x + b * size + at * bytes, bytes);
    }
  }
  return 0;
}

int rf_scatter(long rows, long depth, const long *lengths, long bytes, long total, const void *onto,
               const i64 *indices, const void *updates, void *y) {
  if (y != onto) memcpy(y, onto, total);
  for (long r = 0; r < rows; r++) {
    long at = place_of(indices + r * depth, depth, lengths);
    if (at < 0) return 1;
    memcpy((char *)y + at * bytes, (const char *)updates + r * bytes, bytes);
  }
  return 0;
}

#define SCATTER_ADD(name, type)                                                                                \
  int name(long rows, long depth, const long *lengths, long inner, long total, const type *onto,               \
           const i64 *indices, const type *updates, type *y) {                                                 \
    if (y != onto) memcpy(y, onto, total);                                                                     \
    for (long r = 0; r < rows; r++) {                                                                          \
      long at = place_of(indices + r * depth, depth, lengths);                                                 \
      if (at < 0) return 1;                                                                                    \
      type *restrict to = y + at * inner;                                                                      \
      const type *restrict from = updates + r * inner;                                                         \
      _Pragma("omp simd")                                                                                      \
      for (long i = 0; i < inner; i++) to[i] += from[i];                                                       \
    }                                                                                                          \
    return 0;                                                                                                  \
  }
SCATTER_ADD(rf_scatter_add_f, float)
SCATTER_ADD(rf_scatter_add_i, int)

/* Integers in the order of floats; both zeros are one. */
static i64 rank_f(float x) {
  int bits = (int)rf_bits(x + 0.0f);
  return bits ^ (bits >> 31 & 0x7fffffff);
}
static i64 rank_i(int x) { return x; }

/*
 * Few of a row that is not long are found one after the other, without a branch: each is the largest number below
 * the one before, of numbers that hold a rank and, in their lower half, how far from the end they are. (8 of 128:
 * a third of what a heap takes.)
 */
#define FEW_RANKS 16
#define MOST_RANKS 1024
static void largest(long n, long k, const i64 *ranks, i64 *indices) {
  for (i64 j = 0, last = INT64_MAX; j < k; j++) {
    i64 most = INT64_MIN;
#pragma omp simd reduction(max : most)
    for (long i = 0; i < n; i++) {
      i64 rank = ranks[i] < last ? ranks[i] : INT64_MIN;
      most = rank > most ? rank : most;
    }
    last = most;
    indices[j] = n - 1 - (most & 0xffffffff);
  }
}

/* The k largest of each row, the largest first, of equals the first: a heap with the least of the kept on top. */
#define TOPK(name, type, rank)                                                                                 \
  static int name##_after(type a, i64 i, type b, i64 j) { return a < b || (a == b && i > j); }                 \
  static void name##_sink(long k, type *values, i64 *indices, long at) {                                       \
    for (;;) {                                                                                                 \
      long child = 2 * at + 1;                                                                                 \
      if (child >= k) return;                                                                                  \
      if (child + 1 < k && name##_after(values[child + 1], indices[child + 1], values[child], indices[child])) \
        child++;                                                                                               \
      if (!name##_after(values[child], indices[child], values[at], indices[at])) return;                       \
      type value = values[at]; values[at] = values[child]; values[child] = value;                              \
      i64 index = indices[at]; indices[at] = indices[child]; indices[child] = index;                           \
      at = child;                                                                                              \
    }                                                                                                          \
  }                                                                                                            \
  void name(long rows, long n, long k, const type *x, type *values, i64 *indices) {                            \
    for (long r = 0; r < rows; r++, x += n, values += k, indices += k) {                                       \
      if (k <= FEW_RANKS && n <= MOST_RANKS) {                                                                 \
        i64 ranks[MOST_RANKS];                                                                                 \
        _Pragma("omp simd")                                                                                    \
        for (long i = 0; i < n; i++) ranks[i] = (i64)((uint64_t)rank(x[i]) << 32) | (n - 1 - i);               \
        largest(n, k, ranks, indices);                                                                         \
        for (long i = 0; i < k; i++) values[i] = x[indices[i]];                                                \
        continue;                                                                                              \
      }                                                                                                        \
      for (long i = 0; i < k; i++) values[i] = x[i], indices[i] = i;                                           \
      for (long i = k / 2 - 1; i >= 0; i--) name##_sink(k, values, indices, i);                                \
      for (long i = k; i < n; i++) {                                                                           \
        if (!name##_after(values[0], indices[0], x[i], i)) continue;                                           \
        values[0] = x[i], indices[0] = i;                                                                      \
        name##_sink(k, values, indices, 0);                                                                    \
      }                                                                                                        \
      for (long left = k - 1; left > 0; left--) {                                                              \
        type value = values[0]; values[0] = values[left]; values[left] = value;                                \
        i64 index = indices[0]; indices[0] = indices[left]; indices[left] = index;                             \
        name##_sink(left, values, indices, 0);                                                                 \
      }                                                                                                        \
    }                                                                                                          \
  }
TOPK(rf_topk_f, float, rank_f)
TOPK(rf_topk_i, int, rank_i)

/* Windows are {height, width, strides, dilations, zeros above and left}. */

/* Places of a row at which offset `at` of a window lies in an image that is so wide: from *first to *end. */
static void places_inside(long width, long ow, long stride, long at, long *first, long *end) {
  *first = at < 0 ? (-at + stride - 1) / stride : 0;
  *end = width - 1 - at < 0 ? 0 : (width - 1 - at) / stride + 1;
  if (*end > ow) *end = ow;
  if (*first > *end) *first = *end;
}

static void columns_of(long channels, long height, long width, long oh, long ow, const long *w, const float *x,
                       float *columns) {
  for (long c = 0; c < channels; c++)
    for (long i = 0; i < w[0]; i++)
      for (long j = 0; j < w[1]; j++) {
        long first, end, at = j * w[5] - w[7];
        places_inside(width, ow, w[3], at, &first, &end);
        for (long p = 0; p < oh; p++, columns += ow) {
          long row = p * w[2] + i * w[4] - w[6];
          int inside = row >= 0 && row < height;
          const float *from = x + (c * height + row) * width + at;
          for (long q = 0; q < ow; q++) columns[q] = 0;
          if (!inside) continue;
          if (w[3] == 1) memcpy(columns + first, from + first, (end - first) * sizeof(float));
          else for (long q = first; q < end; q++) columns[q] = from[q * w[3]];
        }
      }
}

void rf_conv(long batch, long groups, long inputs, long outputs, long height, long width, long oh, long ow,
             const long *w, const float *x, const float *filter, const float *bias, float *y, float *columns,
             float *scratch) {
  long size = inputs * w[0] * w[1], places = oh * ow;
  for (long b = 0; b < batch; b++)
    for (long g = 0; g < groups; g++) {
      columns_of(inputs, height, width, oh, ow, w, x + (b * groups + g) * inputs * height * width, columns);
      RfExtra extra = {.s = bias ? bias + g * outputs : 0, .rs = 1, .cs = 0, .alpha = 1};
      rf_gemm(outputs, places, size, filter + g * outputs * size, size, 1, columns, places, 1,
              y + (b * groups + g) * outputs * places, places, extra, scratch);
    }
}

void rf_conv_back(long batch, long groups, long inputs, long outputs, long height, long width, long oh, long ow,
                  const long *w, const float *dy, const float *filter, float *dx, float *columns, float *scratch) {
  long size = inputs * w[0] * w[1], places = oh * ow;
  memset(dx, 0, batch * groups * inputs * height * width * sizeof(float));
  for (long b = 0; b < batch; b++)
    for (long g = 0; g < groups; g++) {
      RfExtra extra = {.alpha = 1};
      rf_gemm(size, places, outputs, filter + g * outputs * size, 1, size, dy + (b * groups + g) * outputs * places,
              places, 1, columns, places, extra, scratch);
      const float *from = columns;
      float *to = dx + (b * groups + g) * inputs * height * width;
      for (long c = 0; c < inputs; c++)
        for (long i = 0; i < w[0]; i++)
          for (long j = 0; j < w[1]; j++) {
            long first, end, at = j * w[5] - w[7];
            places_inside(width, ow, w[3], at, &first, &end);
            for (long p = 0; p < oh; p++, from += ow) {
              long row = p * w[2] + i * w[4] - w[6];
              if (row < 0 || row >= height) continue;
              float *restrict sums = to + (c * height + row) * width + at;
              if (w[3] == 1) for (long q = first; q < end; q++) sums[q] += from[q];
              else for (long q = first; q < end; q++) sums[q * w[3]] += from[q];
            }
          }
    }
}

/* Maxima, and the places of the first of each (of all elements; `places` may be 0). */
void rf_max_pool(long images, long height, long width, long oh, long ow, const long *w, const float *x,
                 float *values, i64 *places) {
  for (long n = 0; n < images; n++)
    for (long p = 0; p < oh; p++)
      for (long q = 0; q < ow; q++) {
        long best = -1;
        for (long i = 0; i < w[0]; i++)
          for (long j = 0; j < w[1]; j++) {
            long row = p * w[2] + i * w[4] - w[6], column = q * w[3] + j * w[5] - w[7];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            long at = (n * height + row) * width + column;
            if (best < 0 || x[at] > x[best]) best = at;
          }
        *values++ = x[best];
        if (places) *places++ = best;
      }
}

/* Means over what of a window lies in the image. */
void rf_average_pool(long images, long height, long width, long oh, long ow, const long *w, const float *x,
                     float *y) {
  for (long n = 0; n < images; n++)
    for (long p = 0; p < oh; p++)
      for (long q = 0; q < ow; q++) {
        float sum = 0;
        long count = 0;
        for (long i = 0; i < w[0]; i++)
          for (long j = 0; j < w[1]; j++) {
            long row = p * w[2] + i * w[4] - w[6], column = q * w[3] + j * w[5] - w[7];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            sum += x[(n * height + row) * width + column];
            count++;
          }
        *y++ = sum / count;
      }
}

/* The two places between which a resized axis reads, and their shares; two equal ones where it is just one. */
typedef struct { long first, second; float first_share, second_share; } Source;

static Source source_of(long i, long length, long resized, int mode) {
  double ratio = mode == 2 ? (resized > 1 ? (double)(length - 1) / (resized - 1) : 0) : (double)length / resized;
  /* Not fused with the subtraction, which would move places that lie on an element off it. */
  volatile double scaled = ratio * (mode != 1 || ratio == 1 ? i : i + 0.5);
  double place = mode != 1 || ratio == 1 ? scaled : scaled - 0.5;
  place = place < 0 ? 0 : place > length - 1 ? length - 1 : place;
  long first = (long)place, second = first + 1 < length ? first + 1 : first;
  if (first == second) return (Source){first, second, 0.5f, 0.5f};
  return (Source){first, second, (float)(second - place), (float)(place - first)};
}

/* mode: asymmetric, half-pixel, or aligned corners */
void rf_resize(long images, long height, long width, long oh, long ow, int mode, const float *x, float *y) {
  if (height == oh && width == ow) {
    memcpy(y, x, images * height * width * sizeof(float));
    return;
  }
  for (long n = 0; n < images; n++, x += height * width)
    for (long p = 0; p < oh; p++) {
      Source v = source_of(p, height, oh, mode);
      for (long q = 0; q < ow; q++) {
        Source h = source_of(q, width, ow, mode);
        const float *upper = x + v.first * width, *lower = x + v.second * width;
        *y++ = v.first_share * (h.first_share * upper[h.first] + h.second_share * upper[h.second]) +
               v.second_share * (h.first_share * lower[h.first] + h.second_share * lower[h.second]);
      }
    }
}
