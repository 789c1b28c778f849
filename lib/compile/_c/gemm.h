/*
 * Single-threaded float matrix product: C = act(alpha A B + S); RfExtra, vectors' widths and macros
 * are in prelude.h, before this.
 *
 * Written with the vector extensions of GCC and clang; the width follows the machine compiled for.
 * Longer than other files, as its parts have nothing to do but for one another: packing, tiles, and the ways
 * for few rows and few columns.
 * Compile with -O2 or -O3 and, where -std=c11 turns it off, -ffp-contract=fast.
 */
#ifndef RF_GEMM_H
#define RF_GEMM_H
#include <string.h>

/* A tile is RF_MR rows by two vectors: as many sums as the registers hold beside the operands. */
#if defined(__AVX512F__)
#define RF_MR 14
#elif defined(__AVX__)
#define RF_MR 6
#elif defined(__aarch64__)
#define RF_MR 8
#else
#define RF_MR 4
#endif
#define RF_NR (2 * RF_VL)
#define RF_KC 256                        /* depth of a block: rows of A (MR x KC) stay in L1 */
#define RF_MT 16                         /* tiles of rows that are packed together where A is transposed */
#if defined(__AVX512F__)
#define RF_PACK_B 131072                 /* floats of a packed block of B: stays in L2, of 1 MB or more */
#else
#define RF_PACK_B 49152                  /* L2 of 512 KB, or less */
#endif
#define RF_PACK_A (RF_MT * RF_MR * RF_KC + 64)
#define RF_GEMM_SCRATCH (RF_PACK_B + RF_PACK_A)

typedef float rf_vec __attribute__((vector_size(RF_VB)));
typedef int rf_ivec __attribute__((vector_size(RF_VB)));
typedef float rf_uvec __attribute__((vector_size(RF_VB), aligned(4), may_alias));
typedef float rf_v4 __attribute__((vector_size(16)));
typedef int rf_i4 __attribute__((vector_size(16)));
typedef float rf_u4 __attribute__((vector_size(16), aligned(4), may_alias));
#if defined(__clang__)
#define RF_MIX(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d)
#else
#define RF_MIX(x, y, a, b, c, d) __builtin_shuffle(x, y, (rf_i4){a, b, c, d})
#endif

/* One of the strides of C is 1: cstr of a product as called, rstr of its transposed. */
typedef struct {
  long m, n, k;
  const float *a;
  long ras, cas;
  const float *b;
  long rbs, cbs;
  float *c;
  long rstr, cstr;
  RfExtra e;
} RfProduct;

/*
 * A tile of C; its k is the depth of the block, b a panel with row stride ldb. Of a tile that is wider
 * than one vector and narrower than two, the second vector lies over the first (both store the same).
 */
typedef struct {
  const float *a;
  long ras, cas;
  const float *b;
  long ldb, next, k;
  float *to; /* where what is read of B is packed, or null */
  float *c;
  long rstr, cstr, width;
  RfExtra e;
} RfTile;

/* Turn a block of 4 x 4 around. */
RF_INLINE void rf_turn4(const float *src, long ss, float *dst, long ds) {
  rf_v4 r0 = *(const rf_u4 *)src, r1 = *(const rf_u4 *)(src + ss);
  rf_v4 r2 = *(const rf_u4 *)(src + 2 * ss), r3 = *(const rf_u4 *)(src + 3 * ss);
  rf_v4 t0 = RF_MIX(r0, r1, 0, 4, 1, 5), t1 = RF_MIX(r2, r3, 0, 4, 1, 5);
  rf_v4 t2 = RF_MIX(r0, r1, 2, 6, 3, 7), t3 = RF_MIX(r2, r3, 2, 6, 3, 7);
  *(rf_u4 *)dst = RF_MIX(t0, t1, 0, 1, 4, 5);
  *(rf_u4 *)(dst + ds) = RF_MIX(t0, t1, 2, 3, 6, 7);
  *(rf_u4 *)(dst + 2 * ds) = RF_MIX(t2, t3, 0, 1, 4, 5);
  *(rf_u4 *)(dst + 3 * ds) = RF_MIX(t2, t3, 2, 3, 6, 7);
}

#if RF_VL >= 8
typedef float rf_v8 __attribute__((vector_size(32)));
typedef int rf_i8 __attribute__((vector_size(32)));
typedef float rf_u8 __attribute__((vector_size(32), aligned(4), may_alias));
#if defined(__clang__)
#define RF_MIX8(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define RF_MIX8(x, y, ...) __builtin_shuffle(x, y, (rf_i8){__VA_ARGS__})
#endif
/* Turn a block of 8 x 8 around: pairs of rows, then of pairs, then of halves. */
RF_INLINE void rf_turn8(const float *src, long ss, float *dst, long ds) {
  rf_v8 r[8], p[8];
  RF_UNROLL for (int i = 0; i < 8; i++) r[i] = *(const rf_u8 *)(src + i * ss);
  RF_UNROLL for (int i = 0; i < 8; i += 2) {
    p[i] = RF_MIX8(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    p[i + 1] = RF_MIX8(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  RF_UNROLL for (int i = 0; i < 8; i += 4)
    RF_UNROLL for (int h = 0; h < 2; h++) {
      r[i + 2 * h] = RF_MIX8(p[i + h], p[i + 2 + h], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + 2 * h + 1] = RF_MIX8(p[i + h], p[i + 2 + h], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  RF_UNROLL for (int i = 0; i < 4; i++) {
    *(rf_u8 *)(dst + i * ds) = RF_MIX8(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(rf_u8 *)(dst + (i + 4) * ds) = RF_MIX8(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}
#endif

/* Copy a few floats: shorter than the call of memcpy for what is less than a panel. */
RF_INLINE void rf_copy(float *dst, const float *src, long n) {
  long j = 0;
  for (; j + 4 <= n; j += 4) *(rf_u4 *)(dst + j) = *(const rf_u4 *)(src + j);
  for (; j < n; j++) dst[j] = src[j];
}

RF_INLINE float rf_last(float y, const float *s, const RfExtra *e) {
  y *= e->alpha;
  if (s) y += *s;
  return e->relu && !(y > 0) ? 0 : y;
}

/* Finish one vector of sums; s is null, or one value (cs = 0) or a vector (cs = 1). */
RF_INLINE rf_vec rf_end(rf_vec y, const float *s, long cs, const RfExtra *e) {
  y *= e->alpha;
  if (s) {
    if (cs) y += *(const rf_uvec *)s;
    else y += *s;
  }
  return e->relu ? (rf_vec)((rf_ivec)y & (y > 0)) : y;
}
RF_INLINE rf_v4 rf_end4(rf_v4 y, const float *s, long cs, const RfExtra *e) {
  y *= e->alpha;
  if (s) {
    if (cs) y += *(const rf_u4 *)s;
    else y += *s;
  }
  return e->relu ? (rf_v4)((rf_i4)y & (y > 0)) : y;
}

/*
 * Finish n sums that lie side by side in y and in c; cs is the stride of s in that direction.
 * The last vector lies over the one before, and is read first: s may be c.
 */
RF_INLINE void rf_finish(float *c, const float *y, long n, const float *s, long cs, const RfExtra *e) {
  if (n < 4 || (s && cs != 0 && cs != 1)) {
    for (long j = 0; j < n; j++) c[j] = rf_last(y[j], s ? s + j * cs : 0, e);
  } else if (n < RF_VL) {
    const long z = n - 4;
    rf_v4 last = rf_end4(*(const rf_u4 *)(y + z), s ? s + z * cs : 0, cs, e);
    for (long j = 0; j < z; j += 4)
      *(rf_u4 *)(c + j) = rf_end4(*(const rf_u4 *)(y + j), s ? s + j * cs : 0, cs, e);
    *(rf_u4 *)(c + z) = last;
  } else {
    const long z = n - RF_VL;
    rf_vec last = rf_end(*(const rf_uvec *)(y + z), s ? s + z * cs : 0, cs, e);
    for (long j = 0; j < z; j += RF_VL)
      *(rf_uvec *)(c + j) = rf_end(*(const rf_uvec *)(y + j), s ? s + j * cs : 0, cs, e);
    *(rf_uvec *)(c + z) = last;
  }
}

/* Store a tile that is narrower than its vectors or goes to C transposed. */
static __attribute__((noinline)) void rf_edge(const RfTile *t, int m, const float *y) {
  const RfExtra *e = &t->e;
  if (t->cstr == 1) {
    for (int i = 0; i < m; i++)
      rf_finish(t->c + i * t->rstr, y + i * RF_NR, t->width, e->s ? e->s + i * e->rs : 0, e->cs, e);
    return;
  }
  float turned[RF_NR * 16];
  for (int j = 0; j < t->width; j += 4)
    for (int i = 0; i < m; i += 4) rf_turn4(y + i * RF_NR + j, RF_NR, turned + j * 16 + i, 16);
  for (int j = 0; j < t->width; j++)
    rf_finish(t->c + j * t->cstr, turned + j * 16, m, e->s ? e->s + j * e->cs : 0, e->rs, e);
}

/*
 * The tile of m rows and nv vectors; a packed A has the m values of one depth side by side. Packing what it
 * reads of B costs a store that the tile has time for.
 */
RF_INLINE void rf_micro(const int m, const int nv, const int packed, const int packing, const RfTile *t) {
  const int deep = m * nv <= 2 ? 4 : m * nv <= 4 ? 2 : 1; /* few sums: more chains to hide latency */
  const float *a = t->a, *b = t->b;
  float *to = t->to;
  const long ras = packed ? 1 : t->ras, cas = packed ? m : t->cas;
  const long ldb = packed && !packing ? nv * RF_VL : t->ldb;
  const long next = packed || packing ? RF_VL : t->next; /* from the first vector of B to the second */
  rf_vec acc[RF_MR][2], more[3][4][2];
  RF_UNROLL for (int i = 0; i < m; i++)
    RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] = (rf_vec){0};
  long p = t->k;
  if (m * nv >= 16 && p >= 64 && t->cstr == 1) {
    RF_UNROLL for (int i = 0; i < m; i++) {
      __builtin_prefetch(t->c + i * t->rstr, 1);
      if (nv * RF_VL > 16) __builtin_prefetch(t->c + i * t->rstr + 16, 1);
    }
  }
  if (deep > 1) {
    RF_UNROLL for (int d = 0; d < deep - 1; d++)
      RF_UNROLL for (int i = 0; i < m; i++)
        RF_UNROLL for (int v = 0; v < nv; v++) more[d][i][v] = (rf_vec){0};
    for (; p >= deep; p -= deep) {
      RF_UNROLL for (int d = 0; d < deep; d++)
        RF_UNROLL for (int i = 0; i < m; i++)
          RF_UNROLL for (int v = 0; v < nv; v++) {
            rf_vec x = a[i * ras + d * cas] * *(const rf_uvec *)(b + d * ldb + v * next);
            if (d) more[d - 1][i][v] += x;
            else acc[i][v] += x;
          }
      a += deep * cas, b += deep * ldb;
    }
    RF_UNROLL for (int d = 0; d < deep - 1; d++)
      RF_UNROLL for (int i = 0; i < m; i++)
        RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] += more[d][i][v];
  }
  /*
   * A pointer for every four rows, and the same three distances from each: fewer registers than a
   * distance for every row. The empty asm keeps the compiler from deriving them from one another.
   */
  const float *ap[(RF_MR + 3) / 4];
  RF_UNROLL for (int i = 0; i < m && !packed; i += 4) {
    ap[i / 4] = a + i * ras;
    __asm__("" : "+r"(ap[i / 4]));
  }
  for (; p > 0; p--) {
    rf_vec bv[2];
    RF_UNROLL for (int v = 0; v < nv; v++) bv[v] = *(const rf_uvec *)(b + v * next);
    if (packed || packing) /* a wide B, which is in L2 or beyond */
      RF_UNROLL for (int v = 0; v < nv; v++) __builtin_prefetch(b + 8 * ldb + v * next);
    if (packing) {
      RF_UNROLL for (int v = 0; v < nv; v++) *(rf_uvec *)(to + v * RF_VL) = bv[v];
      to += nv * RF_VL;
    }
    RF_UNROLL for (int i = 0; i < m; i++) {
      float x = packed ? a[i] : ap[i / 4][i % 4 * ras];
      RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] += x * bv[v];
    }
    if (packed) a += m;
    RF_UNROLL for (int i = 0; i < m && !packed; i += 4) ap[i / 4] += cas;
    b += ldb;
  }
  const float *s = t->e.s;
  const long rs = t->e.rs, cs = t->e.cs, second = t->width - RF_VL;
  if (t->width < RF_VL || t->cstr != 1 || (s && cs != 0 && cs != 1)) {
    float y[(RF_MR + 3) * RF_NR] __attribute__((aligned(64)));
    RF_UNROLL for (int i = 0; i < m; i++)
      RF_UNROLL for (int v = 0; v < nv; v++) *(rf_uvec *)(y + i * RF_NR + v * second) = acc[i][v];
    rf_edge(t, m, y);
    return;
  }
  /* One question for the whole tile, not one for every vector. */
  const float alpha = t->e.alpha;
  if (alpha != 1)
    RF_UNROLL for (int i = 0; i < m; i++)
      RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] *= alpha;
  if (s && cs)
    RF_UNROLL for (int i = 0; i < m; i++)
      RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] += *(const rf_uvec *)(s + i * rs + v * second);
  else if (s)
    RF_UNROLL for (int i = 0; i < m; i++)
      RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] += s[i * rs];
  if (t->e.relu)
    RF_UNROLL for (int i = 0; i < m; i++)
      RF_UNROLL for (int v = 0; v < nv; v++) acc[i][v] = (rf_vec)((rf_ivec)acc[i][v] & (acc[i][v] > 0));
  RF_UNROLL for (int i = 0; i < m; i++)
    RF_UNROLL for (int v = 0; v < nv; v++) *(rf_uvec *)(t->c + i * t->rstr + v * second) = acc[i][v];
}

/* A packed block has more than two tiles of nearly equal heights, so none is lower than half. */
#define RF_CASE(m) \
  case m: \
    if (m > RF_MR / 2 && t->to) { \
      if (packed) rf_micro(m, 2, m > RF_MR / 2, m > RF_MR / 2, t); \
      else rf_micro(m, 2, 0, m > RF_MR / 2, t); \
    } else if (packed && m > RF_MR / 2) { \
      if (nv == 2) rf_micro(m, 2, m > RF_MR / 2, 0, t); \
      else rf_micro(m, 1, m > RF_MR / 2, 0, t); \
    } else if (nv == 2) rf_micro(m, 2, 0, 0, t); \
    else rf_micro(m, 1, 0, 0, t); \
    break;
static void rf_tile(int m, int nv, int packed, const RfTile *t) {
  switch (m) {
    RF_CASE(1) RF_CASE(2) RF_CASE(3) RF_CASE(4)
#if RF_MR > 4
    RF_CASE(5) RF_CASE(6)
#endif
#if RF_MR > 6
    RF_CASE(7) RF_CASE(8)
#endif
#if RF_MR > 8
    RF_CASE(9) RF_CASE(10) RF_CASE(11) RF_CASE(12) RF_CASE(13) RF_CASE(14)
#endif
  }
}

/* Pack width columns of B, from b on, as k rows of w floats; up to a vector is padded with zeros. */
static void rf_pack_b(float *dst, long w, const float *b, long rbs, long cbs, long k, long width) {
  long x = 0;
  if (cbs == 1 && width >= RF_VL) {
    /* The second vector of a panel lies over the first where two are too much. */
    const long second = width - RF_VL;
    for (long q = 0; q < k; q++) {
      *(rf_uvec *)(dst + q * w) = *(const rf_uvec *)(b + q * rbs);
      if (w > RF_VL) *(rf_uvec *)(dst + q * w + RF_VL) = *(const rf_uvec *)(b + q * rbs + second);
    }
    return;
  }
  if (width > RF_VL && width < w) {
    rf_pack_b(dst, w, b, rbs, cbs, k, RF_VL);
    rf_pack_b(dst + RF_VL, w, b + (width - RF_VL) * cbs, rbs, cbs, k, RF_VL);
    return;
  }
  if (cbs == 1) {
    for (long q = 0; q < k; q++) rf_copy(dst + q * w, b + q * rbs, width);
    x = width;
  } else if (rbs == 1) {
    /* Eight rows at a time: they still fit the ways of L1 where the stride is a power of two. */
    for (int step = 8; step >= 4; step -= 4)
      for (; x + step <= width; x += step) {
        long q = 0;
#if RF_VL >= 8
        for (; step == 8 && q + 8 <= k; q += 8) rf_turn8(b + x * cbs + q, cbs, dst + q * w + x, w);
#endif
        for (; q + 4 <= k; q += 4)
          for (int y = 0; y < step; y += 4)
            rf_turn4(b + (x + y) * cbs + q, cbs, dst + q * w + x + y, w);
        for (; q < k; q++)
          for (int y = 0; y < step; y++) dst[q * w + x + y] = b[(x + y) * cbs + q];
      }
  }
  for (; x < width; x++)
    for (long q = 0; q < k; q++) dst[q * w + x] = b[q * rbs + x * cbs];
  if (width < RF_VL)
    for (long q = 0; q < k; q++)
      for (x = width; x < RF_VL; x++) dst[q * w + x] = 0;
}

/* Pack r rows of A, of which left exist from here on, as k groups of r floats. */
static void rf_pack_a(float *dst, const float *a, long ras, long cas, long k, long r, long left) {
  if (ras == 1) {
    /* Whole vectors: what is too much is overwritten by the next group. */
    long over = (r + 3) / 4 * 4;
    if (over > left) over = r;
    for (long q = 0; q < k; q++) rf_copy(dst + q * r, a + q * cas, q < k - 1 ? over : r);
    return;
  }
  long q = 0;
  if (cas == 1 && r >= 4)
    for (; q + 4 <= k; q += 4)
      for (long x = 0; x < r; x += 4) {
        long y = x + 4 <= r ? x : r - 4;
        rf_turn4(a + y * ras + q, ras, dst + q * r + y, r);
      }
  for (; q < k; q++)
    for (long x = 0; x < r; x++) dst[q * r + x] = a[x * ras + q * cas];
}

/* Lines that are read soon, fetched a share at a time while something else is computed. */
typedef struct {
  const float *at;
  long stride, lines, length, share;
} RfSoon;
RF_INLINE void rf_fetch(RfSoon *s) {
  for (long z = s->share < s->lines ? s->share : s->lines; z > 0; z--, s->lines--, s->at += s->stride)
    for (long q = 0; q < s->length; q += 16) __builtin_prefetch(s->at + q);
}

/*
 * The general way. A block of B, as many packed panels as fit L2, is gone through for one tile of rows of A
 * after the other, so that A is read once per block, and C is written along its rows.
 */
static void rf_blocked(const RfProduct *g, float *scratch) {
  const long m = g->m, n = g->n, k = g->k;
  float *pb = scratch, *pa = scratch + RF_PACK_B;
  const float *ap = pa; /* the next packed tile */
  const long tiles = (m + RF_MR - 1) / RF_MR, panels = (n + RF_NR - 1) / RF_NR;
  const long parts = (k + RF_KC - 1) / RF_KC;
  const long height = m / tiles, extra = m % tiles; /* the first extra tiles are one row higher */
  const int direct = g->cbs == 1 && tiles <= 3;
  const int within = g->cbs == 1 && tiles > 3; /* the first tile packs whole panels of B as it reads them */
  /* A is packed where that is repaid by many panels and A is large, or where each step along k is on another
   * page; packed implies not direct. */
  const int leaps = g->ras == 1 && g->cas >= 512 && k >= 64;
  const int far = g->cas == 1 && m * k > 65536; /* the next rows of A are not in L1 */
  RfTile t = {.ras = g->ras, .cas = g->cas, .rstr = g->rstr, .cstr = g->cstr, .e = g->e};
  for (long part = 0, p = 0; part < parts; part++) {
    const long kc = (parts == 1 ? k : (part + 1) * k / parts) - p;
    const float *s = part ? g->c : g->e.s;
    const long rs = part ? g->rstr : g->e.rs, cs = part ? g->cstr : g->e.cs;
    /* A block is one panel where A is small enough to be read again from L2, so that the panel stays in L1. */
    const long fit = m * kc <= 32768 && kc > 64 ? 1 : RF_PACK_B / (kc * RF_NR);
    const long blocks = panels <= fit ? 1 : (panels + fit - 1) / fit;
    t.k = kc;
    t.e.rs = rs, t.e.cs = cs;
    t.e.relu = g->e.relu && part == parts - 1;
    for (long block = 0, j0 = 0, j1; block < blocks; block++, j0 = j1) {
      const long wide = blocks == 1 ? panels : (block + 1) * panels / blocks;
      j1 = wide * RF_NR < n ? wide * RF_NR : n;
      const long across = (j1 - j0 + RF_NR - 1) / RF_NR;
      const int packed = tiles > 3 && (across > 4 || leaps) && m * k > 65536;
      const long together = packed && g->ras == 1 ? RF_MT : 1;
      for (long j = j0; j < j1; j += RF_NR) {
        const long width = j1 - j < RF_NR ? j1 - j : RF_NR, w = width > RF_VL ? RF_NR : RF_VL;
        if (!(direct && width >= RF_VL) && !(within && width == RF_NR))
          rf_pack_b(pb + (j - j0) * kc, w, g->b + p * g->rbs + j * g->cbs, g->rbs, g->cbs, kc, width);
      }
      RfSoon soon_a = {0}, soon_b = {0};
      if (part + 1 < parts && blocks == 1 && (m + n) * k > 200000) {
        /* Of long sums, as of a gradient of weights over a batch: the next part of both. */
        const long next = (part + 2) * k / parts - p - kc, share = (next - 1) / (tiles * panels) + 1;
        if (g->ras == 1 && m * kc <= 65536)
          soon_a = (RfSoon){g->a + (p + kc) * g->cas, g->cas, next, m, share};
        if (g->cbs == 1 && n * kc <= 65536)
          soon_b = (RfSoon){g->b + (p + kc) * g->rbs, g->rbs, next, n, share};
      }
      for (long x = 0, i = 0, r; x < tiles; x++, i += r) {
        r = height + (x < extra);
        t.a = g->a + i * g->ras + p * g->cas;
        if (packed) {
          if (x % together == 0) {
            /* Along the contiguous direction of A, as far as possible. */
            const long last = x + together < tiles ? x + together : tiles;
            const long step = g->ras == 1 && kc > 8 ? 8 : kc;
            for (long q = 0; q < kc; q += step)
              for (long y = x, l = i, h; y < last; y++, l += h) {
                h = height + (y < extra);
                rf_pack_a(pa + (l - i) * kc + q * h, g->a + l * g->ras + (p + q) * g->cas, g->ras, g->cas,
                          kc - q < step ? kc - q : step, h, m - l);
              }
            t.a = pa;
          } else t.a = ap;
          ap = t.a + r * kc;
        }
        if (far && x + 1 < tiles)
          soon_a = (RfSoon){g->a + (i + r) * g->ras + p, g->ras, r, kc, (r - 1) / across + 1};
        for (long j = j0; j < j1; j += RF_NR) {
          const long width = j1 - j < RF_NR ? j1 - j : RF_NR, w = width > RF_VL ? RF_NR : RF_VL;
          const int here = direct && width >= RF_VL, first = within && x == 0 && width == RF_NR;
          rf_fetch(&soon_a);
          rf_fetch(&soon_b);
          t.b = here || first ? g->b + p * g->rbs + j : pb + (j - j0) * kc;
          t.ldb = here || first ? g->rbs : w;
          t.next = here ? width - RF_VL : RF_VL;
          t.to = first ? pb + (j - j0) * kc : 0;
          t.width = width;
          t.c = g->c + i * g->rstr + j * g->cstr;
          t.e.s = s ? s + i * rs + j * cs : 0;
          rf_tile(r, w / RF_VL, packed, &t);
        }
      }
    }
    p += kc;
  }
}

/* Few rows: C is a sum of rows of B, read eight at a time from end to end. */
RF_INLINE void rf_rows_add(const int m, const int depth, const float *a, long ras, long cas,
                           const float *b, long rbs, long n, float *y, long ys) {
  float x[8][8];
  RF_UNROLL for (int i = 0; i < m; i++)
    RF_UNROLL for (int d = 0; d < depth; d++) x[i][d] = a[i * ras + d * cas];
  for (long v = 0; v < n; v += RF_VL) {
    /* The last vector may lie over the one before; it has its own place in y. */
    const float *bv = b + (v + RF_VL <= n ? v : n - RF_VL);
    rf_vec sum[8];
    RF_UNROLL for (int i = 0; i < m; i++) sum[i] = *(rf_uvec *)(y + i * ys + v);
    RF_UNROLL for (int d = 0; d < depth; d++) {
      rf_vec z = *(const rf_uvec *)(bv + d * rbs);
      RF_UNROLL for (int i = 0; i < m; i++) sum[i] += x[i][d] * z;
    }
    RF_UNROLL for (int i = 0; i < m; i++) *(rf_uvec *)(y + i * ys + v) = sum[i];
  }
}

#define RF_ROWS 1024
RF_INLINE void rf_rows(const int m, const RfProduct *g, float *y) {
  const long parts = (g->n + RF_ROWS - 1) / RF_ROWS;
  for (long part = 0, j = 0; part < parts; part++) {
    const long n = (part + 1) * g->n / parts - j, full = n / RF_VL * RF_VL;
    memset(y, 0, sizeof *y * m * RF_ROWS);
    long p = 0;
    for (; p + 8 <= g->k; p += 8)
      rf_rows_add(m, 8, g->a + p * g->cas, g->ras, g->cas, g->b + p * g->rbs + j, g->rbs, n, y, RF_ROWS);
    for (; p < g->k; p++)
      rf_rows_add(m, 1, g->a + p * g->cas, g->ras, g->cas, g->b + p * g->rbs + j, g->rbs, n, y, RF_ROWS);
    for (int i = 0; i < m; i++) {
      float *row = y + i * RF_ROWS;
      for (long x = full; x < n; x++) row[x] = row[full + RF_VL - n + x];
      const float *s = g->e.s ? g->e.s + i * g->e.rs + j * g->e.cs : 0;
      float *c = g->c + i * g->rstr + j * g->cstr;
      if (g->cstr == 1) rf_finish(c, row, n, s, g->e.cs, &g->e);
      else
        for (long x = 0; x < n; x++) c[x * g->cstr] = rf_last(row[x], s ? s + x * g->e.cs : 0, &g->e);
    }
    j += n;
  }
}

static void rf_few_rows(const RfProduct *g, float *scratch) {
  switch (g->m) {
    case 1: rf_rows(1, g, scratch); break;
    case 2: rf_rows(2, g, scratch); break;
    case 3: rf_rows(3, g, scratch); break;
    case 4: rf_rows(4, g, scratch); break;
    case 5: rf_rows(5, g, scratch); break;
    case 6: rf_rows(6, g, scratch); break;
    case 7: rf_rows(7, g, scratch); break;
    default: rf_rows(8, g, scratch);
  }
}

/* The sum of the quarters of a vector, and the sums of the lanes of each of four of those. */
RF_INLINE rf_v4 rf_fold(rf_vec x) {
  float part[RF_VL] __attribute__((aligned(64)));
  *(rf_uvec *)part = x;
  rf_v4 sum = *(rf_u4 *)part;
  RF_UNROLL for (int v = 4; v < RF_VL; v += 4) sum += *(rf_u4 *)(part + v);
  return sum;
}
RF_INLINE rf_v4 rf_sums(const rf_v4 *q) {
  rf_v4 x = RF_MIX(q[0], q[1], 0, 4, 1, 5) + RF_MIX(q[0], q[1], 2, 6, 3, 7);
  rf_v4 z = RF_MIX(q[2], q[3], 0, 4, 1, 5) + RF_MIX(q[2], q[3], 2, 6, 3, 7);
  return RF_MIX(x, z, 0, 1, 4, 5) + RF_MIX(x, z, 2, 3, 6, 7);
}

/*
 * r x n dot products over k >= RF_VL; several chains each where there are few. The sums go to
 * y[i * 4 + j], those of a single column and four or more rows to y[i].
 */
RF_INLINE void rf_dots(const int r, const int n, const float *a, long ras, const float *b, long cbs, long k,
                       float *y) {
  const int deep = r * n >= 8 ? 1 : r * n >= 4 ? 2 : 4;
  rf_vec acc[4][8][4];
  RF_UNROLL for (int d = 0; d < deep; d++)
    RF_UNROLL for (int i = 0; i < r; i++)
      RF_UNROLL for (int j = 0; j < n; j++) acc[d][i][j] = (rf_vec){0};
  long p = 0;
  for (; p + deep * RF_VL <= k; p += deep * RF_VL)
    RF_UNROLL for (int d = 0; d < deep; d++)
      RF_UNROLL for (int i = 0; i < r; i++) {
        rf_vec x = *(const rf_uvec *)(a + i * ras + p + d * RF_VL);
        RF_UNROLL for (int j = 0; j < n; j++)
          acc[d][i][j] += x * *(const rf_uvec *)(b + j * cbs + p + d * RF_VL);
      }
  for (; p < k; p += RF_VL) {
    /* The last vector reaches back; what it has of the one before does not count again. */
    long back = p + RF_VL > k ? p + RF_VL - k : 0;
    static const int lane[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    rf_ivec keep;
    memcpy(&keep, lane, sizeof keep);
    keep = keep >= (int)back;
    RF_UNROLL for (int i = 0; i < r; i++) {
      rf_vec x = (rf_vec)((rf_ivec)*(const rf_uvec *)(a + i * ras + p - back) & keep);
      RF_UNROLL for (int j = 0; j < n; j++)
        acc[0][i][j] += x * (rf_vec)((rf_ivec)*(const rf_uvec *)(b + j * cbs + p - back) & keep);
    }
  }
  if (n == 1 && r >= 4)
    RF_UNROLL for (int i = 0; i < r; i += 4) {
      rf_v4 q[4];
      RF_UNROLL for (int u = 0; u < 4; u++) {
        RF_UNROLL for (int d = 1; d < deep; d++) acc[0][i + u][0] += acc[d][i + u][0];
        q[u] = rf_fold(acc[0][i + u][0]);
      }
      *(rf_u4 *)(y + i) = rf_sums(q);
    }
  else
    RF_UNROLL for (int i = 0; i < r; i++) {
      rf_v4 q[4] = {{0}, {0}, {0}, {0}};
      RF_UNROLL for (int j = 0; j < n; j++) {
        RF_UNROLL for (int d = 1; d < deep; d++) acc[0][i][j] += acc[d][i][j];
        q[j] = rf_fold(acc[0][i][j]);
      }
      *(rf_u4 *)(y + i * 4) = rf_sums(q);
    }
}

/* Store w <= 4 columns of r rows of dot products. */
static __attribute__((noinline)) void rf_dots_end(const RfTile *t, long r, long w, const float *y) {
  const float *s = t->e.s;
  float turned[16];
  if (w == 1 && r >= 4) {
    if (t->rstr == 1) rf_finish(t->c, y, r, s, t->e.rs, &t->e);
    else
      for (long i = 0; i < r; i++) t->c[i * t->rstr] = rf_last(y[i], s ? s + i * t->e.rs : 0, &t->e);
  } else if (t->cstr == 1 || r == 1) {
    for (long i = 0; i < r; i++)
      for (long j = 0; j < w; j++)
        t->c[i * t->rstr + j * t->cstr] =
          rf_last(y[i * 4 + j], s ? s + i * t->e.rs + j * t->e.cs : 0, &t->e);
  } else {
    rf_turn4(y, 4, turned, 4);
    for (long j = 0; j < w; j++)
      rf_finish(t->c + j * t->cstr, turned + j * 4, r, s ? s + j * t->e.cs : 0, t->e.rs, &t->e);
  }
}

#define RF_DOT_N (RF_VL >= 8 ? RF_VL / 2 : 4) /* at most so many columns */
#define RF_DOT_K 8192                         /* floats of B at a time, to stay in L1 */
static void rf_dot(const RfProduct *g, float *scratch) {
  const long parts = (g->k * g->n + RF_DOT_K - 1) / RF_DOT_K;
  for (long part = 0, p = 0; part < parts; part++) {
    const long k = (part + 1) * g->k / parts - p;
    const float *b = g->b + p * g->rbs, *a = g->a + p;
    const float *s = part ? g->c : g->e.s;
    RfTile t = {.rstr = g->rstr, .cstr = g->cstr, .e = g->e};
    if (part) t.e.rs = g->rstr, t.e.cs = g->cstr;
    t.e.relu = g->e.relu && part == parts - 1;
    long cbs = g->cbs;
    if (g->rbs != 1) {
      for (long j = 0; j < g->n; j++)
        for (long q = 0; q < k; q++) scratch[j * k + q] = b[q * g->rbs + j * g->cbs];
      b = scratch, cbs = k;
    }
    for (long i = 0, r; i < g->m; i += r) {
      r = g->n == 1 && g->m - i >= 8 ? 8 : g->m - i >= 4 ? 4 : 1;
      for (long j = 0, w; j < g->n; j += w) {
        float y[32];
        w = g->n - j < 4 ? g->n - j : 4;
        const float *x = a + i * g->ras, *z = b + j * cbs;
        if (r == 8) rf_dots(8, 1, x, g->ras, z, cbs, k, y);
        else if (r == 4)
          switch (w) {
            case 1: rf_dots(4, 1, x, g->ras, z, cbs, k, y); break;
            case 2: rf_dots(4, 2, x, g->ras, z, cbs, k, y); break;
            case 3: rf_dots(4, 3, x, g->ras, z, cbs, k, y); break;
            default: rf_dots(4, 4, x, g->ras, z, cbs, k, y);
          }
        else
          for (long q = 0; q < w; q++) {
            float one[4];
            rf_dots(1, 1, x, g->ras, z + q * cbs, cbs, k, one);
            y[q] = one[0];
          }
        t.c = g->c + i * g->rstr + j * g->cstr;
        t.e.s = s ? s + i * t.e.rs + j * t.e.cs : 0;
        rf_dots_end(&t, r, w, y);
      }
    }
    p += k;
  }
}

/* Whether a product of these sizes is few dot products of rows of A. */
RF_INLINE int rf_is_dot(long n, long k, long cas) {
  return cas == 1 && n <= RF_DOT_N && k >= (n <= 2 ? 1 : n <= 4 ? 3 : 4) * RF_VL;
}

/* Whether it is few sums of rows of B; up to four rows that is best, up to eight where B is large. */
RF_INLINE int rf_is_rows(long m, long n, long k, long cbs) {
  return m <= 8 && cbs == 1 && n >= 4 * RF_VL && k >= 16 * m && (m <= 4 || n * k > 131072);
}

/* The multiplications it takes with its padding. */
RF_INLINE long rf_padded(long m, long n) { return m * ((n + RF_VL - 1) / RF_VL * RF_VL); }

/*
 * C = act(alpha A B + S), A[i,p] = a[i ras + p cas], B[p,j] = b[p rbs + j cbs], C[i,j] = c[i ldc + j].
 * m, n, k >= 1. C overlaps neither A nor B; S may be C itself. scratch: RF_GEMM_SCRATCH floats at a
 * multiple of 64 bytes.
 */
static __attribute__((unused)) void rf_gemm(long m, long n, long k, const float *a, long ras, long cas,
                                            const float *b, long rbs, long cbs, float *c, long ldc,
                                            RfExtra extra, float *scratch) {
  RfProduct g = {m, n, k, a, ras, cas, b, rbs, cbs, c, ldc, 1, extra};
  int rows = rf_is_rows(m, n, k, cbs), dot = !rows && rf_is_dot(n, k, cas), turn = 0;
  if (!rows && rf_is_rows(n, m, k, ras)) rows = turn = 1;
  else if (!rows && !dot && rf_is_dot(m, k, rbs)) dot = turn = 1;
  else if (!rows && !dot)
    turn = ras == 1 && ((n <= 64 && rf_padded(m, n) > rf_padded(n, m) * 5 / 4) ||
                        (n <= 32 && cas >= 512 && k >= 64 && m >= 4 * n));
  if (turn) {
    /* The transposed product: its rows are the columns. */
    g = (RfProduct){n, m, k, b, cbs, rbs, a, cas, ras, c, 1, ldc, extra};
    g.e.rs = extra.cs, g.e.cs = extra.rs;
  }
  if (rows) rf_few_rows(&g, scratch);
  else if (dot) rf_dot(&g, scratch);
  else rf_blocked(&g, scratch);
}
#endif
