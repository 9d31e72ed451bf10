// What is done to every number of a row, in one pass over memory: norms, gates, rotations. Widths are multiples of 16.
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "vectors.h"

namespace {

INLINE float squares(const float *x, int64_t width) {
    lanes sum = {};
    for (int64_t i = 0; i < width; i += LANES) sum += load(x + i) * load(x + i);
    return total(sum);
}

// Rows of each thread: an even share, the same in every run.
struct Share {
    int64_t first, last;
    explicit Share(int64_t rows) {
        const int64_t threads = omp_get_num_threads(), number = omp_get_thread_num();
        first = rows * number / threads;
        last = rows * (number + 1) / threads;
    }
};

INLINE lanes sigmoid(lanes x) { return 1.0f / (1.0f + exponential(-x)); }

}  // namespace

// y = x * scale * weight with scale = 1 / sqrt(mean(x^2) + eps), kept for the backward pass.
extern "C" void thinkling_norm(const float *x, const float *weight, float *y, float *scale, int64_t rows, int64_t width,
                               float eps, int64_t num_threads) {
#pragma omp parallel num_threads(num_threads)
    {
        const Share own(rows);
        for (int64_t r = own.first; r < own.last; r++) {
            const float *in = x + r * width;
            const float by = 1.0f / std::sqrt(squares(in, width) / width + eps);
            for (int64_t i = 0; i < width; i += LANES) store(y + r * width + i, load(in + i) * by * load(weight + i));
            scale[r] = by;
        }
    }
}

// grad_weight [num_threads, width]: a thread's part each, to be summed by the caller.
extern "C" void thinkling_norm_backward(const float *grad, const float *x, const float *weight, const float *scale,
                                        float *grad_x, float *grad_weight, int64_t rows, int64_t width,
                                        int64_t num_threads) {
    std::memset(grad_weight, 0, num_threads * width * sizeof(float));
#pragma omp parallel num_threads(num_threads)
    {
        const Share own(rows);
        float *of_weight = grad_weight + omp_get_thread_num() * width;
        for (int64_t r = own.first; r < own.last; r++) {
            const float *in = x + r * width, *g = grad + r * width, by = scale[r];
            lanes sum = {};
            for (int64_t i = 0; i < width; i += LANES) {
                lanes product = load(g + i) * load(in + i) * by;
                store(of_weight + i, load(of_weight + i) + product);
                sum += product * load(weight + i);
            }
            const float share = total(sum) / width * by;
            for (int64_t i = 0; i < width; i += LANES)
                store(grad_x + r * width + i, (load(g + i) * load(weight + i) - load(in + i) * share) * by);
        }
    }
}

namespace {

template <typename Number>
void swiglu(const Number *gate_up, Number *y, int64_t rows, int64_t width, int64_t num_threads) {
#pragma omp parallel num_threads(num_threads)
    {
        const Share own(rows);
        for (int64_t r = own.first; r < own.last; r++) {
            const Number *gate = gate_up + 2 * r * width, *up = gate + width;
            for (int64_t i = 0; i < width; i += LANES) {
                lanes g = load(gate + i);
                store(y + r * width + i, g * sigmoid(g) * load(up + i));
            }
        }
    }
}

template <typename Number>
void swiglu_backward(const Number *grad, const Number *gate_up, Number *grad_gate_up, int64_t rows, int64_t width,
                     int64_t num_threads) {
#pragma omp parallel num_threads(num_threads)
    {
        const Share own(rows);
        for (int64_t r = own.first; r < own.last; r++) {
            const Number *gate = gate_up + 2 * r * width, *up = gate + width, *d = grad + r * width;
            Number *to = grad_gate_up + 2 * r * width;
            for (int64_t i = 0; i < width; i += LANES) {
                lanes g = load(gate + i), s = sigmoid(g), dy = load(d + i);
                store(to + width + i, dy * g * s);
                store(to + i, dy * load(up + i) * s * (1.0f + g * (1.0f - s)));
            }
        }
    }
}

}  // namespace

// silu(gate) * up of rows [gate | up], each `width` wide; and the same in bf16, computed in fp32.
extern "C" void thinkling_swiglu(const float *gate_up, float *y, int64_t rows, int64_t width, int64_t num_threads) {
    swiglu(gate_up, y, rows, width, num_threads);
}
extern "C" void thinkling_swiglu_bf16(const uint16_t *gate_up, uint16_t *y, int64_t rows, int64_t width,
                                      int64_t num_threads) {
    swiglu(gate_up, y, rows, width, num_threads);
}
extern "C" void thinkling_swiglu_backward(const float *grad, const float *gate_up, float *grad_gate_up, int64_t rows,
                                          int64_t width, int64_t num_threads) {
    swiglu_backward(grad, gate_up, grad_gate_up, rows, width, num_threads);
}
extern "C" void thinkling_swiglu_backward_bf16(const uint16_t *grad, const uint16_t *gate_up, uint16_t *grad_gate_up,
                                               int64_t rows, int64_t width, int64_t num_threads) {
    swiglu_backward(grad, gate_up, grad_gate_up, rows, width, num_threads);
}

// Turns the pairs (i, i + width / 2) of every head of x [rows, heads, width]; cos and sin [rows, width] as in
// `thinkling.models.rope`. `direction` 1 turns forward, -1 back, which is the gradient.
extern "C" void thinkling_turn_halves(const float *x, const float *cos, const float *sin, float *y, int64_t rows,
                                      int64_t heads, int64_t width, float direction, int64_t num_threads) {
    const int64_t half = width / 2;
#pragma omp parallel num_threads(num_threads)
    {
        const Share own(rows);
        for (int64_t r = own.first; r < own.last; r++)
            for (int64_t h = 0; h < heads; h++) {
                const float *in = x + (r * heads + h) * width, *c = cos + r * width, *s = sin + r * width;
                float *to = y + (r * heads + h) * width;
                for (int64_t i = 0; i < half; i += LANES) {
                    lanes a = load(in + i), b = load(in + half + i);
                    store(to + i, a * load(c + i) + b * load(s + i) * direction);
                    store(to + half + i, b * load(c + half + i) + a * load(s + half + i) * direction);
                }
            }
    }
}
