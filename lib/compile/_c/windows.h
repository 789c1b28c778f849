/*
 * What windows see in images with their channels last, times filters: a product of matrices whose rows lie in
 * the images, so that nothing is copied but images that need a border.
 *
 * A part of the programs that use it, where all sizes are constants: the compiler writes loops for them.
 */
#include <string.h>

/* Places side by side, and rows of a filter's gradient: two vectors of sums each, that registers can hold. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define RF_PLACES 8
#define RF_ROWS 12
#else
#define RF_PLACES 4
#define RF_ROWS 5
#endif
/* Floats of images at a time, such that they stay in the cache. */
#define RF_CHUNK 8192

typedef float rf_lanes __attribute__((vector_size(RF_VB)));
typedef float rf_ulanes __attribute__((vector_size(RF_VB), aligned(4), may_alias));
typedef int rf_ilanes __attribute__((vector_size(RF_VB)));
typedef i64 rf_plane __attribute__((vector_size(RF_VB)));
typedef i64 rf_pair __attribute__((aligned(4), may_alias));

/* Images; element (b, h, w, c) lies at b sb + h sh + w sw + c. */
typedef struct { long batch, height, width, channels, sb, sh, sw; } RfImages;
typedef struct { long kh, kw, strideh, stridew, dilationh, dilationw, top, left; } RfWindow;

/* Numbers that windows see: `across` runs of `length` in each of `down` rows; the steps lead to the next. */
typedef struct { long down, across, length, steph, stepw; } RfRuns;

RF_INLINE RfRuns rf_runs(long kh, long kw, long steph, long stepw, long channels) {
  /* What lies side by side is one run. */
  if (stepw == channels) return (RfRuns){kh, 1, kw * channels, steph, 0};
  return (RfRuns){kh, kw, channels, steph, stepw};
}

RF_INLINE long rf_chunk(long batch, long size) {
  long count = RF_CHUNK / size;
  return count < 1 ? 1 : count > batch ? batch : count;
}

/* Copies images with a border of zeros: `top` and `left` of it, height x width in all. */
RF_INLINE void rf_border(long count, RfImages g, const float *x, long top, long left, long height, long width,
                         float *to) {
  const long c = g.channels;
  if (left > width) left = width;
  for (long n = 0; n < count; n++)
    for (long p = 0; p < height; p++, to += width * c) {
      const long row = p - top, end = left + g.width < width ? left + g.width : width;
      if (row < 0 || row >= g.height) {
        memset(to, 0, width * c * sizeof(float));
        continue;
      }
      const float *from = x + n * g.sb + row * g.sh;
      memset(to, 0, left * c * sizeof(float));
      if (g.sw == c) memcpy(to + left * c, from, (end - left) * c * sizeof(float));
      else for (long q = left; q < end; q++) memcpy(to + q * c, from + (q - left) * g.sw, c * sizeof(float));
      memset(to + end * c, 0, (width - end) * c * sizeof(float));
    }
}

/* One number in all lanes, or a pair of them, again and again. */
RF_INLINE rf_lanes rf_spread(const float *x, int group) {
  if (group == 1) return *x - (rf_lanes){0};
  return (rf_lanes)(*(const rf_pair *)x - (rf_plane){0});
}

/* The sums of neighbouring lanes, those of a before those of b. */
RF_INLINE rf_lanes rf_join(rf_lanes a, rf_lanes b) {
#if defined(__clang__)
  rf_lanes y;
  for (int i = 0; i < RF_VL / 2; i++) y[i] = a[2 * i] + a[2 * i + 1], y[RF_VL / 2 + i] = b[2 * i] + b[2 * i + 1];
  return y;
#else
  rf_ilanes even, odd;
  static const int places[32] = {0,  2,  4,  6,  8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  memcpy(&even, places, sizeof even);
  odd = even + 1;
  return __builtin_shuffle(a, b, even) + __builtin_shuffle(a, b, odd);
#endif
}

/* What windows at RF_PLACES places see, times a filter of nv vectors for each group of inputs. */
RF_INLINE void rf_windows(const int nv, const int group, const RfRuns runs, const float *const *from,
                          const float *filter, rf_lanes sums[RF_PLACES][2]) {
  rf_lanes more[RF_PLACES];
  RF_UNROLL for (int r = 0; r < RF_PLACES; r++) {
    more[r] = (rf_lanes){0};
    RF_UNROLL for (int v = 0; v < nv; v++) sums[r][v] = (rf_lanes){0};
  }
  for (long i = 0; i < runs.down; i++)
    for (long j = 0; j < runs.across; j++) {
      const float *at[RF_PLACES];
      RF_UNROLL for (int r = 0; r < RF_PLACES; r++) at[r] = from[r] + i * runs.steph + j * runs.stepw;
      long e = 0;
      if (nv == 1) /* two chains each, to hide latency */
        for (; e + 2 * group <= runs.length; e += 2 * group, filter += 2 * RF_VL) {
          const rf_lanes f0 = *(const rf_ulanes *)filter, f1 = *(const rf_ulanes *)(filter + RF_VL);
          RF_UNROLL for (int r = 0; r < RF_PLACES; r++) {
            sums[r][0] += rf_spread(at[r] + e, group) * f0;
            more[r] += rf_spread(at[r] + e + group, group) * f1;
          }
        }
      for (; e < runs.length; e += group, filter += nv * RF_VL) {
        rf_lanes f[2];
        RF_UNROLL for (int v = 0; v < nv; v++) f[v] = *(const rf_ulanes *)(filter + v * RF_VL);
        RF_UNROLL for (int r = 0; r < RF_PLACES; r++) {
          const rf_lanes x = rf_spread(at[r] + e, group);
          RF_UNROLL for (int v = 0; v < nv; v++) sums[r][v] += x * f[v];
        }
      }
    }
  if (nv == 1) RF_UNROLL for (int r = 0; r < RF_PLACES; r++) sums[r][0] += more[r];
}

/* Places of the result: those of a target of which a source's windows are seen. */
typedef struct { long images, height, width, sb, sh, sw, tb, th, tw; } RfPlaces;

/* The results of `outputs` channels at all places; bias may be null. */
RF_INLINE void rf_at_places(const int nv, const int group, const RfRuns runs, const RfPlaces g,
                            const float *source, const float *filter, long outputs, const float *bias,
                            float *target) {
  long n = 0, p = 0, q = 0, left = g.images * g.height * g.width;
  for (; left > 0; left -= RF_PLACES) {
    const float *from[RF_PLACES];
    float *to[RF_PLACES];
    RF_UNROLL for (int r = 0; r < RF_PLACES; r++) {
      from[r] = source + n * g.sb + p * g.sh + q * g.sw;
      to[r] = target + n * g.tb + p * g.th + q * g.tw;
      if (r + 1 >= left) continue; /* the last again */
      if (++q == g.width) {
        q = 0;
        if (++p == g.height) p = 0, n++;
      }
    }
    rf_lanes sums[RF_PLACES][2];
    rf_windows(nv, group, runs, from, filter, sums);
    const long count = left < RF_PLACES ? left : RF_PLACES;
    if (group == 2) RF_UNROLL for (int r = 0; r < RF_PLACES; r += 2) {
      float y[RF_VL] __attribute__((aligned(64)));
      *(rf_lanes *)y = rf_join(sums[r][0], sums[r + 1][0]);
      RF_UNROLL for (int k = 0; k < 2; k++)
        if (r + k < count) {
          if (bias) for (long o = 0; o < outputs; o++) to[r + k][o] = y[k * RF_VL / 2 + o] + bias[o];
          else memcpy(to[r + k], y + k * RF_VL / 2, outputs * sizeof(float));
        }
    }
    else RF_UNROLL for (int r = 0; r < RF_PLACES; r++) {
      if (r >= count) break;
      RF_UNROLL for (int v = 0; v < nv; v++) {
        const long width = outputs - v * RF_VL;
        if (width >= RF_VL) {
          rf_lanes y = sums[r][v];
          if (bias) y += *(const rf_ulanes *)(bias + v * RF_VL);
          *(rf_ulanes *)(to[r] + v * RF_VL) = y;
          continue;
        }
        float y[RF_VL] __attribute__((aligned(64)));
        *(rf_lanes *)y = sums[r][v];
        if (bias) for (long o = 0; o < width; o++) y[o] += bias[v * RF_VL + o];
        memcpy(to[r] + v * RF_VL, y, width * sizeof(float));
      }
    }
  }
}

