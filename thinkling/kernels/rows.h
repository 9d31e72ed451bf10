// What is done to one row: the norm with its gradient, and the softmax of attention.
#pragma once

#include <cmath>

#include "vectors.h"

INLINE float squares(const float *x, int64_t width) {
    lanes sum = {};
    for (int64_t i = 0; i < width; i += LANES) sum += load(x + i) * load(x + i);
    return total(sum);
}

// y = x * scale * weight; returns scale = 1 / sqrt(mean(x^2) + eps).
INLINE float norm_row(const float *x, const float *weight, float *y, int64_t width, float eps) {
    const float scale = 1.0f / std::sqrt(squares(x, width) / width + eps);
    for (int64_t i = 0; i < width; i += LANES) store(y + i, load(x + i) * scale * load(weight + i));
    return scale;
}

// The gradients of x, and of the weight, which is added to what is there.
INLINE void norm_row_backward(const float *grad, const float *x, const float *weight, float scale, float *grad_x,
                              float *grad_weight, int64_t width) {
    lanes sum = {};
    for (int64_t i = 0; i < width; i += LANES) {
        lanes product = load(grad + i) * load(x + i) * scale;
        store(grad_weight + i, load(grad_weight + i) + product);
        sum += product * load(weight + i);
    }
    const float share = total(sum) / width * scale;
    for (int64_t i = 0; i < width; i += LANES)
        store(grad_x + i, (load(grad + i) * load(weight + i) - load(x + i) * share) * scale);
}

// A query may see the first `seen` of its scores; the others, up to `columns`, get no share.
INLINE void mask(float *scores, int64_t seen, int64_t columns) {
    for (int64_t j = seen; j < columns; j++) scores[j] = -std::numeric_limits<float>::infinity();
}

// Softmax of scores that is not yet divided by its sum; returns the sum. `top` is the largest score.
INLINE float soften(float *scores, int64_t columns, float scale, float *top) {
    lanes best = load(scores);
    for (int64_t j = LANES; j < columns; j += LANES) {
        lanes x = load(scores + j);
        best = x > best ? x : best;
    }
    *top = largest(best);
    lanes sum = {};
    for (int64_t j = 0; j < columns; j += LANES) {
        lanes x = exponential((load(scores + j) - *top) * scale);
        store(scores + j, x);
        sum += x;
    }
    return total(sum);
}
