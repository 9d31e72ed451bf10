// Numbers as two digits of base 256 and a scale for each row, and products of both digits put together again.
#include <omp.h>

#include <cmath>

#include "vectors.h"

namespace {

typedef uint8_t byte_lanes __attribute__((vector_size(16)));
typedef uint8_t byte_lanes_anywhere __attribute__((vector_size(16), aligned(1), may_alias));

INLINE void store(uint8_t *to, bit_lanes x) { *(byte_lanes_anywhere *)to = __builtin_convertvector(x & 255, byte_lanes); }

// Not a number where one of them is none, or infinite.
INLINE float largest_size(const float *x, int64_t width) {
    lanes best = {}, nothing = {};
    for (int64_t i = 0; i < width; i += LANES) {
        lanes here = load(x + i);
        nothing += here * 0.0f;
        here = here < lanes{} ? -here : here;
        best = here > best ? here : best;
    }
    return largest(best) + total(nothing);
}

}  // namespace

// x [rows, width] = scale [rows] * (high + low / 256), with 128 added to both digits. The largest number of a row is 127.
extern "C" void thinkling_digits(const float *x, uint8_t *high, uint8_t *low, float *scale, int64_t rows, int64_t width,
                                 int64_t num_threads) {
    // Adding this leaves no room behind the point: the last 16 bits of the sum are both digits.
    const lanes shift = all(8388608.0f + 128 * 256 + 128);
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const float *from = x + r * width;
        const float most = largest_size(from, width);
        scale[r] = (most < 1e-30f ? 1e-30f : most) / 127.0f;
        const float by = 256.0f / scale[r];
        for (int64_t i = 0; i < width; i += LANES) {
            bit_lanes both = (bit_lanes)(load(from + i) * by + shift);
            store(low + r * width + i, both);
            store(high + r * width + i, both >> 8);
        }
    }
}

// high [rows, width] = (high + (low + second) / 256) * scale [rows]. `second` may be missing.
extern "C" void thinkling_join(float *high, const float *low, const float *second, const float *scale, int64_t rows,
                               int64_t width, int64_t num_threads) {
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const float by = scale[r];
        const int64_t at = r * width;
        for (int64_t i = at; i < at + width; i += LANES) {
            lanes rest = load(low + i);
            if (second) rest += load(second + i);
            store(high + i, (load(high + i) + rest * (1.0f / 256)) * by);
        }
    }
}
