// What is done to every number of a row, in one pass over memory: norms and gates. Widths are multiples of 16.
#include <omp.h>

#include "rows.h"

// y = x * scale * weight with scale = 1 / sqrt(mean(x^2) + eps), kept for the backward pass.
extern "C" void thinkling_norm(const float *x, const float *weight, float *y, float *scale, int64_t rows, int64_t width,
                               float eps, int64_t num_threads) {
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) scale[r] = norm_row(x + r * width, weight, y + r * width, width, eps);
}

// grad_weight [num_threads, width]: a thread's part each, to be summed by the caller.
extern "C" void thinkling_norm_backward(const float *grad, const float *x, const float *weight, const float *scale,
                                        float *grad_x, float *grad_weight, int64_t rows, int64_t width,
                                        int64_t num_threads) {
    std::memset(grad_weight, 0, num_threads * width * sizeof(float));
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const int64_t at = r * width;
        norm_row_backward(grad + at, x + at, weight, scale[r], grad_x + at, grad_weight + omp_get_thread_num() * width,
                          width);
    }
}

namespace {

INLINE lanes sigmoid(lanes x) { return 1.0f / (1.0f + exponential(-x)); }

template <typename Number>
void swiglu(const Number *gate_up, Number *y, int64_t rows, int64_t width, int64_t num_threads) {
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const Number *gate = gate_up + 2 * r * width, *up = gate + width;
        for (int64_t i = 0; i < width; i += LANES) {
            lanes g = load(gate + i);
            store(y + r * width + i, g * sigmoid(g) * load(up + i));
        }
    }
}

template <typename Number>
void swiglu_backward(const Number *grad, const Number *gate_up, Number *grad_gate_up, int64_t rows, int64_t width,
                     int64_t num_threads) {
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const Number *gate = gate_up + 2 * r * width, *up = gate + width, *d = grad + r * width;
        Number *to = grad_gate_up + 2 * r * width;
        for (int64_t i = 0; i < width; i += LANES) {
            lanes g = load(gate + i), s = sigmoid(g), dy = load(d + i);
            store(to + width + i, dy * g * s);
            store(to + i, dy * load(up + i) * s * (1.0f + g * (1.0f - s)));
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
