// From the product of a row with the weights of queries, keys and values to heads: normalised and turned.
#include <omp.h>

#include "rows.h"

namespace {

// One row of [queries | keys | values]: `heads` and `kv_heads` heads of `width` numbers.
struct Shape {
    int64_t heads, kv_heads, width;
    int64_t normed() const { return heads + kv_heads; }
    int64_t all() const { return heads + 2 * kv_heads; }
};

// Pairs (i, i + width / 2); `direction` -1 turns back. `to` may be `x`.
INLINE void turn(const float *x, const float *cos, const float *sin, float *to, int64_t width, float direction) {
    const int64_t half = width / 2;
    for (int64_t i = 0; i < half; i += LANES) {
        lanes a = load(x + i), b = load(x + half + i);
        store(to + i, a * load(cos + i) + b * load(sin + i) * direction);
        store(to + half + i, b * load(cos + half + i) + a * load(sin + half + i) * direction);
    }
}

}  // namespace

// given [rows, all heads, width]; weights [width] of the norms, or null where there are none; cos and sin [rows, width]
// as in `thinkling.models.rope`. q [rows, heads, width], k and v [rows, kv_heads, width], scale [rows, heads + kv_heads].
extern "C" void thinkling_heads(const float *given, const float *q_weight, const float *k_weight, const float *cos,
                                const float *sin, float *q, float *k, float *v, float *scale, int64_t rows,
                                int64_t heads, int64_t kv_heads, int64_t width, float eps, int64_t num_threads) {
    const Shape shape = {heads, kv_heads, width};
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const float *row = given + r * shape.all() * width, *c = cos + r * width, *s = sin + r * width;
        for (int64_t h = 0; h < shape.normed(); h++) {
            const float *x = row + h * width, *weight = h < heads ? q_weight : k_weight;
            float *to = h < heads ? q + (r * heads + h) * width : k + (r * kv_heads + h - heads) * width;
            if (weight != nullptr) {
                scale[r * shape.normed() + h] = norm_row(x, weight, to, width, eps);
                x = to;
            }
            turn(x, c, s, to, width, 1.0f);
        }
        std::memcpy(v + r * kv_heads * width, row + shape.normed() * width, kv_heads * width * sizeof(float));
    }
}

// grad_weights [num_threads, 2, width]: what each thread's rows say of both norms, to be summed by the caller.
extern "C" void thinkling_heads_backward(const float *given, const float *q_weight, const float *k_weight,
                                         const float *cos, const float *sin, const float *scale, const float *grad_q,
                                         const float *grad_k, const float *grad_v, float *grad_given,
                                         float *grad_weights, int64_t rows, int64_t heads, int64_t kv_heads,
                                         int64_t width, int64_t num_threads) {
    const Shape shape = {heads, kv_heads, width};
    std::memset(grad_weights, 0, num_threads * 2 * width * sizeof(float));
#pragma omp parallel num_threads(num_threads)
    {
        Room room;
        float *turned = room.of(width), *of_weights = grad_weights + omp_get_thread_num() * 2 * width;
#pragma omp for schedule(static)
        for (int64_t r = 0; r < rows; r++) {
            const float *row = given + r * shape.all() * width, *c = cos + r * width, *s = sin + r * width;
            float *grad_row = grad_given + r * shape.all() * width;
            for (int64_t h = 0; h < shape.normed(); h++) {
                const bool is_query = h < heads;
                const float *x = row + h * width, *weight = is_query ? q_weight : k_weight;
                const float *grad =
                    is_query ? grad_q + (r * heads + h) * width : grad_k + (r * kv_heads + h - heads) * width;
                float *to = grad_row + h * width, *of_weight = of_weights + (is_query ? 0 : width);
                turn(grad, c, s, weight == nullptr ? to : turned, width, -1.0f);
                if (weight != nullptr)
                    norm_row_backward(turned, x, weight, scale[r * shape.normed() + h], to, of_weight, width);
            }
            std::memcpy(grad_row + shape.normed() * width, grad_v + r * kv_heads * width,
                        kv_heads * width * sizeof(float));
        }
    }
}
