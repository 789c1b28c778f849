/* Convolutions of images with their channels last, and their gradients (after windows.h). */
/* A filter: the weight of input c of element (i, j) for output o lies at i si + j sj + c sc + o so. */
typedef struct { long kh, kw, inputs, outputs, si, sj, sc, so; } RfFilter;

/* Vectors of outputs and inputs in a group: few outputs share a vector with those of the next input. */
RF_INLINE int rf_group(long outputs, long inputs) { return outputs <= RF_VL / 2 && inputs % 2 == 0 ? 2 : 1; }

/* Puts the weights in the order in which rf_windows() reads them, for `width` outputs from `first` on. */
RF_INLINE void rf_pack_filter(RfFilter f, const float *weights, int nv, int group, long first, float *to) {
  for (long i = 0; i < f.kh; i++)
    for (long j = 0; j < f.kw; j++)
      for (long c = 0; c < f.inputs; c += group, to += nv * RF_VL)
        for (long l = 0; l < nv * RF_VL; l++) {
          const long o = first + l / group;
          to[l] = o < f.outputs ? weights[i * f.si + j * f.sj + (c + l % group) * f.sc + o * f.so] : 0;
        }
}

/* The results of all outputs at all places, whose windows lie in the source; `packed` is memory for a filter. */
RF_INLINE void rf_filtered(const RfRuns runs, const RfPlaces g, const float *source, const RfFilter f,
                           const float *packed, const float *bias, float *target) {
  const int group = rf_group(f.outputs, f.inputs);
  for (long o = 0; o < f.outputs; o += 2 * RF_VL) {
    const float *own = packed + o * f.kh * f.kw * f.inputs, *b = bias ? bias + o : 0;
    if (f.outputs - o > RF_VL) rf_at_places(2, 1, runs, g, source, own, f.outputs - o, b, target + o);
    else rf_at_places(1, group, runs, g, source, own, f.outputs - o, b, target + o);
  }
}

RF_INLINE void rf_pack_filters(RfFilter f, const float *weights, float *to) {
  for (long o = 0; o < f.outputs; o += 2 * RF_VL)
    rf_pack_filter(f, weights, f.outputs - o > RF_VL ? 2 : 1,
                   f.outputs - o > RF_VL ? 1 : rf_group(f.outputs, f.inputs), o, to + o * f.kh * f.kw * f.inputs);
}
/* Floats of packed filters. */
RF_INLINE long rf_packed(RfFilter f) { return f.kh * f.kw * f.inputs * ((f.outputs + RF_VL - 1) / RF_VL) * RF_VL; }

/* y = x * filter + bias; the filter is [kh, kw, in, out], y dense with oh x ow places. */
RF_INLINE void rf_convolve(RfImages x, const float *from, RfWindow w, long oh, long ow, long outputs,
                           const float *filter, const float *bias, float *y, float *memory) {
  const long c = x.channels;
  const RfFilter f = {w.kh, w.kw, c, outputs, w.kw * c * outputs, c * outputs, outputs, 1};
  float *chunk = memory + rf_packed(f);
  rf_pack_filters(f, filter, memory);
  const long height = (oh - 1) * w.strideh + (w.kh - 1) * w.dilationh + 1;
  const long width = (ow - 1) * w.stridew + (w.kw - 1) * w.dilationw + 1;
  const int bordered = w.top > 0 || w.left > 0 || height > x.height || width > x.width;
  const long count = bordered ? rf_chunk(x.batch, height * width * c) : x.batch;
  for (long n = 0; n < x.batch; n += count) {
    const long images = x.batch - n < count ? x.batch - n : count;
    if (bordered) rf_border(images, x, from + n * x.sb, w.top, w.left, height, width, chunk);
    const long sb = bordered ? height * width * c : x.sb, sh = bordered ? width * c : x.sh, sw = bordered ? c : x.sw;
    const RfPlaces g = {images, oh, ow, sb, w.strideh * sh, w.stridew * sw, oh * ow * outputs, ow * outputs, outputs};
    const RfRuns runs = rf_runs(w.kh, w.kw, w.dilationh * sh, w.dilationw * sw, c);
    rf_filtered(runs, g, bordered ? chunk : from + n * x.sb, f, memory, bias, y + n * oh * ow * outputs);
  }
}

/*
 * Along an axis of the gradient of the image: results at first, first + stride, ... take `count` elements of
 * the filter, the last of them `last`, each `stride` before the one before, from places `base` on.
 */
typedef struct { long count, last, base, results; } RfPhase;
RF_INLINE RfPhase rf_phase(long first, long size, long stride, long dilation, long before, long length) {
  const long i = (first + before) % stride, count = i < size ? (size - i + stride - 1) / stride : 0;
  const long last = i + stride * (count - 1);
  return (RfPhase){count, last, (first + before - i) / stride - (count - 1) * (stride > 1 ? 1 : dilation),
                   first < length ? (length - first + stride - 1) / stride : 0};
}

/* The same where a weight is not finite, which a border must not be multiplied with. */
static __attribute__((noinline)) void rf_convolve_back_plainly(RfImages dy, const float *from, RfWindow w, long height,
                                                               long width, long channels, const float *filter,
                                                               float *dx) {
  memset(dx, 0, dy.batch * height * width * channels * sizeof(float));
  for (long n = 0; n < dy.batch; n++)
    for (long p = 0; p < dy.height; p++)
      for (long q = 0; q < dy.width; q++)
        for (long k = 0; k < w.kh * w.kw * channels; k++) {
          const long row = p * w.strideh + k / channels / w.kw * w.dilationh - w.top;
          const long column = q * w.stridew + k / channels % w.kw * w.dilationw - w.left;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          float *to = dx + ((n * height + row) * width + column) * channels + k % channels;
          for (long o = 0; o < dy.channels; o++)
            *to += from[n * dy.sb + p * dy.sh + q * dy.sw + o] * filter[k * dy.channels + o];
        }
}

/* The gradient of rf_convolve() with respect to dense images; not for a stride and a dilation at once. */
RF_INLINE void rf_convolve_back(RfImages dy, const float *from, RfWindow w, long height, long width, long channels,
                                const float *filter, float *dx, float *memory) {
  const long c = dy.channels;
  long top = 0, left = 0, rows = dy.height, columns = dy.width;
  for (long a = 0; a < w.strideh; a++) {
    const RfPhase v = rf_phase(a, w.kh, w.strideh, w.dilationh, w.top, height);
    const long end = v.base + v.results + (v.count - 1) * w.dilationh;
    if (v.count > 0 && -v.base > top) top = -v.base;
    if (v.count > 0 && end > rows) rows = end;
  }
  for (long a = 0; a < w.stridew; a++) {
    const RfPhase h = rf_phase(a, w.kw, w.stridew, w.dilationw, w.left, width);
    const long end = h.base + h.results + (h.count - 1) * w.dilationw;
    if (h.count > 0 && -h.base > left) left = -h.base;
    if (h.count > 0 && end > columns) columns = end;
  }
  const int bordered = top > 0 || left > 0 || rows > dy.height || columns > dy.width;
  float sum = 0;
  for (long i = 0; i < w.kh * w.kw * channels * c; i++) sum += 0 * filter[i];
  if (bordered && sum != sum) {
    rf_convolve_back_plainly(dy, from, w, height, width, channels, filter, dx);
    return;
  }
  rows += top, columns += left;
  const long size = rows * columns * c, count = bordered ? rf_chunk(dy.batch, size) : dy.batch;
  const long sb = bordered ? size : dy.sb, sh = bordered ? columns * c : dy.sh, sw = bordered ? c : dy.sw;
  /* Filters of all phases, then images. */
  float *chunk = memory + w.kh * w.kw * c * ((channels + RF_VL - 1) / RF_VL) * RF_VL;
  for (long n = 0; n < dy.batch; n += count) {
    const long images = dy.batch - n < count ? dy.batch - n : count;
    if (bordered) rf_border(images, dy, from + n * dy.sb, top, left, rows, columns, chunk);
    float *packed = memory;
    for (long a = 0; a < w.strideh; a++)
      for (long b = 0; b < w.stridew; b++) {
        const RfPhase v = rf_phase(a, w.kh, w.strideh, w.dilationh, w.top, height);
        const RfPhase h = rf_phase(b, w.kw, w.stridew, w.dilationw, w.left, width);
        const RfFilter f = {v.count, h.count, c, channels, -w.strideh * w.kw * channels * c, -w.stridew * channels * c,
                            1, c};
        if (n == 0) rf_pack_filters(f, filter + (v.last * w.kw + h.last) * channels * c, packed);
        const RfPlaces g = {images, v.results, h.results, sb, sh, sw, height * width * channels,
                            w.strideh * width * channels, w.stridew * channels};
        const RfRuns runs = rf_runs(v.count, h.count, w.dilationh * sh, w.dilationw * sw, c);
        const float *start = bordered ? chunk : from + n * dy.sb;
        rf_filtered(runs, g, start + (v.base + top) * sh + (h.base + left) * sw, f, packed, 0,
                    dx + (n * height * width + a * width + b) * channels);
        packed += rf_packed(f);
      }
  }
}

/*
 * Adds to sums, rows of `ld`, the products of numbers a and nv vectors b over all places; the rows are the
 * numbers that windows see in a.
 */
RF_INLINE void rf_outer(const int rows, const int nv, const RfRuns runs, const RfPlaces g, const float *a,
                        const float *b, float *sums, long ld) {
  rf_lanes sum[2 * RF_ROWS][2];
  RF_UNROLL for (int r = 0; r < rows; r++) RF_UNROLL for (int v = 0; v < nv; v++) sum[r][v] = (rf_lanes){0};
  for (long n = 0; n < g.images; n++)
    for (long p = 0; p < g.height; p++) {
      const float *x = a + n * g.sb + p * g.sh, *y = b + n * g.tb + p * g.th;
      for (long q = 0; q < g.width; q++, x += g.sw, y += g.tw) {
        rf_lanes z[2];
        RF_UNROLL for (int v = 0; v < nv; v++) z[v] = *(const rf_ulanes *)(y + v * RF_VL);
        RF_UNROLL for (int r = 0; r < rows; r++) {
          const long run = r / runs.length;
          const float *at = x + run / runs.across * runs.steph + run % runs.across * runs.stepw + r % runs.length;
          RF_UNROLL for (int v = 0; v < nv; v++) sum[r][v] += *at * z[v];
        }
      }
    }
  RF_UNROLL for (int r = 0; r < rows; r++)
    RF_UNROLL for (int v = 0; v < nv; v++) *(rf_ulanes *)(sums + r * ld + v * RF_VL) += sum[r][v];
}

/* The same for any number of rows. */
RF_INLINE void rf_outer_rows(const int nv, const RfRuns runs, const RfPlaces g, const float *a, const float *b,
                             float *sums, long ld) {
  const long most = nv == 2 ? RF_ROWS : 2 * RF_ROWS, all = runs.down * runs.across * runs.length;
  if (all <= most) {
    rf_outer(all, nv, runs, g, a, b, sums, ld);
    return;
  }
  const long blocks = (runs.length + most - 1) / most, size = (runs.length + blocks - 1) / blocks;
  const RfRuns one = {1, 1, size, 0, 0};
  for (long i = 0; i < runs.down; i++)
    for (long j = 0; j < runs.across; j++, sums += runs.length * ld) {
      const float *from = a + i * runs.steph + j * runs.stepw;
      for (long k = 0; k < blocks - 1; k++) rf_outer(size, nv, one, g, from + k * size, b, sums + k * size * ld, ld);
      const long done = (blocks - 1) * size;
      rf_outer(runs.length - done, nv, one, g, from + done, b, sums + done * ld, ld);
    }
}

/* And for so many lanes of b, rounded up to whole vectors. */
RF_INLINE void rf_outer_all(const RfRuns runs, const RfPlaces g, const float *a, const float *b, long lanes,
                            float *sums, long ld) {
  long l = 0;
  for (; l + RF_VL < lanes; l += 2 * RF_VL) rf_outer_rows(2, runs, g, a, b + l, sums + l, ld);
  if (l < lanes) rf_outer_rows(1, runs, g, a, b + l, sums + l, ld);
}

/* The gradient of rf_convolve() with respect to the filter, plus a bias for each output (it may be null). */
RF_INLINE void rf_convolve_filter(RfImages x, const float *from, RfWindow w, RfImages dy, const float *dyfrom,
                                  const float *bias, float *dw, float *memory) {
  const long c = x.channels, o = dy.channels, taps = w.kh * w.kw;
  const long height = (dy.height - 1) * w.strideh + (w.kh - 1) * w.dilationh + 1;
  const long width = (dy.width - 1) * w.stridew + (w.kw - 1) * w.dilationw + 1;
  const RfRuns own = rf_runs(w.kh, w.kw, w.dilationh * width * c, w.dilationw * c, c);
  const long runs = own.down * own.across, whole = (own.length + RF_VL - 1) / RF_VL * RF_VL;
  const long outs = (o + RF_VL - 1) / RF_VL * RF_VL;
  /* Vectors of outputs, or of what windows see: whichever fills them better. */
  const int seen = o * runs * whole < taps * c * outs;
  const int bordered = w.top > 0 || w.left > 0 || height > x.height || width > x.width || (seen && whole > own.length);
  const int copied = !seen && outs > o; /* whole vectors reach beyond */
  const long size = height * width * c, places = dy.height * dy.width * o;
  const long count = rf_chunk(x.batch, size + places), ld = seen ? runs * whole : outs, rows = seen ? o : taps * c;
  float *sums = memory, *chunk = sums + rows * ld, *second = chunk + (bordered ? count * size + 2 * RF_VL : 0);
  memset(sums, 0, rows * ld * sizeof(float));
  if (bordered) memset(chunk + count * size, 0, 2 * RF_VL * sizeof(float));
  if (copied) memset(second + count * places, 0, 2 * RF_VL * sizeof(float));
  const long sb = bordered ? size : x.sb, sh = bordered ? width * c : x.sh, sw = bordered ? c : x.sw;
  const long tb = copied ? places : dy.sb, th = copied ? dy.width * o : dy.sh, tw = copied ? o : dy.sw;
  for (long n = 0; n < x.batch; n += count) {
    const long images = x.batch - n < count ? x.batch - n : count;
    const float *a = bordered ? chunk : from + n * x.sb, *b = copied ? second : dyfrom + n * dy.sb;
    if (bordered) rf_border(images, x, from + n * x.sb, w.top, w.left, height, width, chunk);
    if (copied) rf_border(images, dy, dyfrom + n * dy.sb, 0, 0, dy.height, dy.width, second);
    const RfRuns all = rf_runs(w.kh, w.kw, w.dilationh * sh, w.dilationw * sw, c);
    if (!seen) {
      const RfPlaces g = {images, dy.height, dy.width, sb, w.strideh * sh, w.stridew * sw, tb, th, tw};
      rf_outer_all(all, g, a, b, o, sums, ld);
      continue;
    }
    const RfPlaces g = {images, dy.height, dy.width, tb, th, tw, sb, w.strideh * sh, w.stridew * sw};
    const RfRuns outputs = {1, 1, o, 0, 0};
    for (long i = 0; i < all.down; i++)
      for (long j = 0; j < all.across; j++)
        rf_outer_all(outputs, g, b, a + i * all.steph + j * all.stepw, all.length, sums + (i * all.across + j) * whole,
                     ld);
  }
  for (long r = 0; r < runs; r++)
    for (long e = 0; e < own.length; e++)
      for (long k = 0; k < o; k++)
        *dw++ = (seen ? sums[k * ld + r * whole + e] : sums[(r * own.length + e) * ld + k]) + (bias ? bias[k] : 0);
}
