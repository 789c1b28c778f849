/* Branch-free single-precision functions for loops marked "#pragma omp simd".
 *
 * Portable C11: no intrinsics, no branches, no calls and no tables, only arithmetic, integer bit work and
 * selects, so that a compiler can vectorize a loop around them for any instruction set.
 *
 * What the build must and must not say:
 *  - no -ffast-math: rounding by a magic number, NaN and the infinities depend on IEEE arithmetic;
 *  - -O3; -fno-trapping-math and -fno-math-errno do no harm, and GCC 12 vectorizes with or without them;
 *  - the default rounding mode (to nearest). Fused multiply-adds may be used or not: both are accurate.
 *
 * Errors stated as "relative" or "absolute" are those of the polynomial alone, in exact arithmetic but with
 * its coefficients already rounded to float. All polynomials are minimax fits (Remez).
 *
 * Largest error measured of the whole function (7 * 10^7 bit patterns against double-precision libm), in
 * units in the last place (ulp), the worse of with and without fused multiply-adds: exp 1.02, log 0.88,
 * tanh 1.97, sigmoid 2.31, softplus 1.81, erf 1.98. Sine and cosine: see there.
 */
#ifndef RF_FUNCTIONS_H
#define RF_FUNCTIONS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define RF_INLINE static inline __attribute__((always_inline))
#else
#define RF_INLINE static inline
#endif

/* Adding 1.5 * 2^23 rounds a float of size below 2^22 to an integer, which then sits in the low bits. */
#define RF_MAGIC 12582912.0f
#define RF_MAGIC_BITS 0x4b400000u
#define RF_SIGN_BIT 0x80000000u

/* ln 2 = HIGH + LOW. HIGH = 355/512 has 9 significant bits, so HIGH * n is exact for |n| < 2^15. */
#define RF_LN2_HIGH 0.693359375f
#define RF_LN2_LOW -2.121944417e-4f

/* Adding 1.5 * 2^52 does the same to a double. */
#define RF_MAGIC_DOUBLE 6755399441055744.0

/* pi/2 in three parts: 20 bits, 20 bits, a double. */
#define RF_HALF_PI_1 1.5707950592041016
#define RF_HALF_PI_2 1.2675900507019833e-06
#define RF_HALF_PI_3 7.443547480486623e-13

RF_INLINE uint32_t rf_bits(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

RF_INLINE float rf_float(uint32_t u) {
  float x;
  memcpy(&x, &u, sizeof x);
  return x;
}

/* condition ? a : b, on bits; condition is 0 or 1. Written with ?:, GCC would turn the clamps and special
 * cases below into separate paths and work out each of them for every element: more work, and part of it
 * outside the range of the method, where denormals make it slow. */
RF_INLINE float rf_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return rf_float((rf_bits(a) & mask) | (rf_bits(b) & ~mask));
}

/* e^r - 1 for |r| <= 0.3467, as r + r^2 q(r), q of degree 4. Relative error 1.4e-8. */
RF_INLINE float rf_expm1_reduced(float r) {
  float q = 1.383670140e-3f;
  q = q * r + 8.367103525e-3f;
  q = q * r + 4.166775197e-2f;
  q = q * r + 1.666653901e-1f;
  q = q * r + 4.999999702e-1f;
  return r + r * r * q;
}

/* x = n ln 2 + r with n whole and |r| <= 0.3467. Returns r and sets *n, as an unsigned number modulo 2^32.
 * Meant for |x| <= 120. A NaN gives a NaN and some n. */
RF_INLINE float rf_exp_reduce(float x, uint32_t *n) {
  float t = x * 1.442695022f + RF_MAGIC;
  float k = t - RF_MAGIC;
  *n = rf_bits(t) - RF_MAGIC_BITS;
  return (x - k * RF_LN2_HIGH) - k * RF_LN2_LOW;
}

/* log(1 + f) - f for |f| <= 1/3, as f^2 (f p(f) - 1/2), p of degree 7. The error relative to log(1 + f)
 * is 4.9e-9. */
RF_INLINE float rf_log1p_rest(float f) {
  float p = -1.294575930e-1f;
  p = p * f + 1.399230659e-1f;
  p = p * f - 1.217293590e-1f;
  p = p * f + 1.400443465e-1f;
  p = p * f - 1.668120772e-1f;
  p = p * f + 2.001047730e-1f;
  p = p * f - 2.499978393e-1f;
  p = p * f + 3.333321512e-1f;
  return f * f * (p * f - 0.5f);
}

/* e^x, in full range: +inf above 88.7228, gradual underflow (denormals right) and 0 below -104. */
RF_INLINE float rf_exp(float x) {
  float z = rf_select(x > 89.0f, 89.0f, x);
  z = rf_select(z < -120.0f, -120.0f, z);
  uint32_t n;
  float r = rf_exp_reduce(z, &n);
  float y = 1.0f + rf_expm1_reduced(r);
  /* 2^n is applied in two halves, each a normal number: the first product is exact. */
  uint32_t biased = n + 254u;
  uint32_t half = biased >> 1;
  return y * rf_float(half << 23) * rf_float((biased - half) << 23);
}

/* Natural logarithm, denormals included. 0 and -0 give -inf, x < 0 gives NaN, +inf gives +inf. */
RF_INLINE float rf_log(float x) {
  /* x = 2^e m with m in [2/3, 4/3); a denormal x is scaled by 2^23 first. */
  float scaled = rf_select(x < 1.17549435e-38f, x * 8388608.0f, x);
  int32_t bias = 127 + 23 * (x < 1.17549435e-38f);
  uint32_t u = rf_bits(scaled) + (0x3f800000u - 0x3f2aaaabu);
  float e = (float)((int32_t)(u >> 23) - bias);
  float f = rf_float((u & 0x007fffffu) + 0x3f2aaaabu) - 1.0f;
  float y = e * RF_LN2_HIGH + (f + (rf_log1p_rest(f) + e * RF_LN2_LOW));
  y = rf_select(x < INFINITY, y, x);
  y = rf_select(x < 0.0f, NAN, y);
  return rf_select(x == 0.0f, -INFINITY, y);
}

/* tanh|x| = w = t / (t + 2) with t = e^(2|x|) - 1, which keeps the relative accuracy near 0. For small t it
 * is t/2 - t/2 w, the same value with less rounding. From |x| = 9.02 on the result is 1 or -1. */
RF_INLINE float rf_tanh(float x) {
  float a = fabsf(x);
  a = rf_select(a > 10.0f, 10.0f, a);
  uint32_t n;
  float r = rf_exp_reduce(a + a, &n);
  float scale = rf_float((n + 127u) << 23);
  /* For n = 0, thus near 0, scale - 1 vanishes and t is the polynomial itself. */
  float t = scale * rf_expm1_reduced(r) + (scale - 1.0f);
  float w = t / (t + 2.0f);
  float half = 0.5f * t;
  float y = rf_select(t < 1.0f, half - half * w, w);
  return rf_float(rf_bits(y) | (rf_bits(x) & RF_SIGN_BIT));
}

/* 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x). Relative accuracy holds down to x = -87.3365 (1.18e-38);
 * below, the result is 0. */
RF_INLINE float rf_sigmoid(float x) {
  float z = -fabsf(x);
  /* Out of range any value will do that gives 1 for x > 0. */
  z = rf_select(z < -87.3365f, -50.0f, z);
  uint32_t n;
  float r = rf_exp_reduce(z, &n);
  float scale = rf_float((n + 127u) << 23);
  float e = scale * rf_expm1_reduced(r) + scale;
  float y = rf_select(x < 0.0f, e, 1.0f) / (1.0f + e);
  return rf_select(x < -87.3365f, 0.0f, y);
}

/* log(1 + e^x) = max(x, 0) + log(1 + u) with u = e^-|x|. Gradual underflow; 0 below x = -104. */
RF_INLINE float rf_softplus(float x) {
  float u = rf_exp(-fabsf(x));
  /* For tiny u the result is u, and working on v = 0 avoids squares that are (slow) denormals. */
  float v = rf_select(u < 1e-9f, 0.0f, u);
  /* 1 + v = m or, where h is 1/2, 2 m, with m = 1 + f and |f| <= 1/3. */
  float h = rf_select(v > 0.333333333f, 0.5f, 0.0f);
  float f = v * (1.0f - h) - h;
  float y = h * (2.0f * RF_LN2_HIGH) + (f + (rf_log1p_rest(f) + h * (2.0f * RF_LN2_LOW)));
  return rf_select(x > 0.0f, x, 0.0f) + (y + (u - v));
}

/* Error function. From |x| = 3.92 on the result is 1 or -1. */
RF_INLINE float rf_erf(float x) {
  float a = fabsf(x);
  a = rf_select(a > 4.0f, 4.0f, a);
  /* |x| <= 1.25: erf(a) / a - 1 = p(a^2), p of degree 7. Relative error 2.3e-9. */
  float z = a * a;
  float p = -7.425213880e-6f;
  p = p * z + 1.031771681e-4f;
  p = p * z - 8.324235678e-4f;
  p = p * z + 5.207502749e-3f;
  p = p * z - 2.685949951e-2f;
  p = p * z + 1.128365844e-1f;
  p = p * z - 3.761262894e-1f;
  p = p * z + 1.283791661e-1f;
  float small = a + a * p;
  /* 1.25 <= |x| <= 4: 1 - erf(a) = q(a)^8, q of degree 6. Absolute error of erf 2.5e-9. */
  float q = 1.722059096e-4f;
  q = q * a - 2.716846764e-3f;
  q = q * a + 1.404192019e-2f;
  q = q * a - 1.401162613e-2f;
  q = q * a - 5.798145011e-2f;
  q = q * a - 1.474190205e-1f;
  q = q * a + 1.001496673e+0f;
  q = q * q;
  q = q * q;
  float large = 1.0f - q * q;
  float y = rf_select(a < 1.25f, small, large);
  return rf_float(rf_bits(y) | (rf_bits(x) & RF_SIGN_BIT));
}

/* a = k pi/2 + r for a >= 0. Returns r, at most about pi/4 in size, and sets *k, of which only the last two
 * bits count. In double precision, with pi/2 in three parts (Cody and Waite); the products of the first two
 * with k are exact for k < 2^33. r is cut off at 1.25, which matters only where k itself is no longer right
 * (a > 10^15), so that the results of sine and cosine never leave [-1, 1]. */
RF_INLINE float rf_quarter_turns(float a, uint32_t *k) {
  double t = a * 0.6366197723675814 + RF_MAGIC_DOUBLE;
  double n = t - RF_MAGIC_DOUBLE;
  float r = (float)(((a - n * RF_HALF_PI_1) - n * RF_HALF_PI_2) - n * RF_HALF_PI_3);
  r = rf_select(r > 1.25f, 1.25f, r);
  r = rf_select(r < -1.25f, -1.25f, r);
  uint64_t bits;
  memcpy(&bits, &t, sizeof bits);
  *k = (uint32_t)bits;
  return r;
}

/* sin r for |r| <= 0.79, as r + r^3 s(r^2), s of degree 2. Relative error 4.2e-9. */
RF_INLINE float rf_sin_reduced(float r) {
  float z = r * r;
  float s = -1.950788283e-4f;
  s = s * z + 8.332106285e-3f;
  s = s * z - 1.666665375e-1f;
  return r + r * (z * s);
}

/* cos r for |r| <= 0.79, as 1 - r^2/2 + r^4 c(r^2), c of degree 2. Relative error 1.3e-10. */
RF_INLINE float rf_cos_reduced(float r) {
  float z = r * r;
  float c = 2.443120138e-5f;
  c = c * z - 1.388730365e-3f;
  c = c * z + 4.166664556e-2f;
  return 1.0f + z * (z * c - 0.5f);
}

/* Sine and cosine: absolute error below 1e-7 up to |x| = 10^10. Still larger x give some value in [-1, 1];
 * NaN and the infinities give NaN. cos 0 is exactly 1. */
RF_INLINE float rf_sin(float x) {
  uint32_t k;
  float r = rf_quarter_turns(fabsf(x), &k);
  float s = rf_sin_reduced(r);
  float c = rf_cos_reduced(r);
  float y = rf_select((int)(k & 1u), c, s);
  return rf_float(rf_bits(y) ^ ((k & 2u) << 30) ^ (rf_bits(x) & RF_SIGN_BIT));
}

RF_INLINE float rf_cos(float x) {
  uint32_t k;
  float r = rf_quarter_turns(fabsf(x), &k);
  float s = rf_sin_reduced(r);
  float c = rf_cos_reduced(r);
  float y = rf_select((int)(k & 1u), s, c);
  return rf_float(rf_bits(y) ^ (((k + 1u) & 2u) << 30));
}

#endif
