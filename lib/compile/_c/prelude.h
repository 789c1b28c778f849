/* What compiled programs start with, and what they call (runtime.c). */
#include <math.h>
#include <stdlib.h>

typedef long long i64;

/* Bytes of the longest vectors, and their floats. */
#if defined(__AVX512F__)
#define RF_VB 64
#elif defined(__AVX__)
#define RF_VB 32
#else
#define RF_VB 16
#endif
#define RF_VL (RF_VB / 4)
#if defined(__clang__)
#define RF_UNROLL _Pragma("clang loop unroll(full)")
#else
#define RF_UNROLL _Pragma("GCC unroll 32")
#endif

/* What a product starts from and ends with; s may be null, its strides may be 0; alpha is often 1. */
typedef struct {
  const float *s;
  long rs, cs;
  int relu;
  float alpha;
} RfExtra;

/* Selects on bits, see rf_select(). NaN wins. */
RF_INLINE float rf_max(float a, float b) { return rf_select((a > b) | (a != a), a, b); }
RF_INLINE float rf_min(float a, float b) { return rf_select((a < b) | (a != a), a, b); }
RF_INLINE float rf_relu(float x) { return rf_select(x < 0, 0.0f, x); }
RF_INLINE int rf_iselect(int condition, int a, int b) { return (a & -condition) | (b & ~-condition); }
RF_INLINE int rf_imax(int a, int b) { return rf_iselect(a > b, a, b); }
RF_INLINE int rf_imin(int a, int b) { return rf_iselect(a < b, a, b); }
RF_INLINE float rf_sign(float x) { return rf_select(x > 0, 1.0f, rf_select(x < 0, -1.0f, x)); }
RF_INLINE float rf_expm1(float x) { return expm1f(x); }
/* The remainder with the sign of b. */
RF_INLINE int rf_modulo(int a, int b) { int r = a % b; return r != 0 && (r < 0) != (b < 0) ? r + b : r; }
/* A place mirrored at the first and last of n entries. */
RF_INLINE long rf_reflect(long i, long n) { return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i; }

void rf_product(long, long, long, const float *, long, long, const float *, long, long, float *, long, RfExtra, float *);
void rf_softmax(long, long, long, const float *, float *);
void rf_cumsum_f(long, long, long, const float *, float *, int, int);
void rf_cumsum_i(long, long, long, const int *, int *, int, int);
void rf_argmax_f(long, long, long, const float *, i64 *);
void rf_argmax_i(long, long, long, const int *, i64 *);
void rf_argmin_f(long, long, long, const float *, i64 *);
void rf_argmin_i(long, long, long, const int *, i64 *);
int rf_gather_i(long, long, long, long, const void *, const int *, void *);
int rf_gather_l(long, long, long, long, const void *, const i64 *, void *);
int rf_gather_elements_i(long, long, long, long, const void *, const int *, void *);
int rf_gather_elements_l(long, long, long, long, const void *, const i64 *, void *);
int rf_gather_nd(long, long, long, const long *, long, const void *, const i64 *, void *);
int rf_scatter(long, long, const long *, long, long, const void *, const i64 *, const void *, void *);
int rf_scatter_add_f(long, long, const long *, long, long, const float *, const i64 *, const float *, float *);
int rf_scatter_add_i(long, long, const long *, long, long, const int *, const i64 *, const int *, int *);
void rf_topk_f(long, long, long, const float *, float *, i64 *);
void rf_topk_i(long, long, long, const int *, int *, i64 *);
void rf_conv(long, long, long, long, long, long, long, long, const long *, const float *, const float *,
             const float *, float *, float *, float *);
void rf_conv_back(long, long, long, long, long, long, long, long, const long *, const float *, const float *,
                  float *, float *, float *);
void rf_max_pool(long, long, long, long, long, const long *, const float *, float *, i64 *);
void rf_average_pool(long, long, long, long, long, const long *, const float *, float *);
void rf_resize(long, long, long, long, long, int, const float *, float *);
