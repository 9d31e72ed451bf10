// Attention of whole documents, forward and backward, for training: documents that begin alike share that beginning.
//
// A document is a run of rows that attend to each other causally and, all of them, to the rows of its prefix.
// Scores never leave the caches: a block of queries at a time, computed again in the backward pass
// (FlashAttention-2, arXiv 2307.08691, section 3.1, with one block of keys).
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "product.h"
#include "rows.h"

namespace {

constexpr int64_t QUERIES = 32;                 // rows of a block
constexpr int64_t BLOCK = QUERIES + TILE_ROWS;        // and room for those that fill its last tile

struct Document {
    int64_t start, length, prefix_start, prefix_length;
};

struct Shape {
    int64_t heads, kv_heads, key_width, value_width;
    float scale;
};

// Rows of one head among rows of `row` numbers.
struct Head {
    const float *at;
    int64_t row;
};

INLINE void fill(float *at, int64_t count) { std::memset(at, 0, count * sizeof(float)); }

// Copies rows, each filled up with zeros to `padded` numbers.
void copy_rows(Head from, int64_t rows, int64_t width, float *to, int64_t padded) {
    for (int64_t i = 0; i < rows; i++) {
        std::memcpy(to + i * padded, from.at + i * from.row, width * sizeof(float));
        if (padded > width) fill(to + i * padded + width, padded - width);
    }
}

// The same for a block of queries, with rows of zeros after them: products like whole tiles of rows.
int64_t copy_block(Head from, int64_t rows, int64_t width, float *to, int64_t padded) {
    const int64_t whole = (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
    copy_rows(from, rows, width, to, padded);
    fill(to + rows * padded, (whole - rows) * padded);
    return whole;
}

// The same, turned: rows become columns [column, column + rows) of `to`, whose rows have `length` numbers.
void turn_rows(Head from, int64_t rows, int64_t width, float *to, int64_t length, int64_t column) {
    for (int64_t w = 0; w < width; w++) {
        float *out = to + w * length + column;
        const float *in = from.at + w;
        for (int64_t i = 0; i < rows; i++) out[i] = in[i * from.row];
    }
}

// Columns [from, to) of `rows` rows become zeros.
void clear_columns(float *at, int64_t rows, int64_t length, int64_t from, int64_t to) {
    for (int64_t w = 0; w < rows && to > from; w++) fill(at + w * length + from, to - from);
}

}  // namespace

// q [T, heads, key_width], k [T, kv_heads, key_width], v [T, kv_heads, value_width], contiguous. out
// [T, heads, value_width]; log_sum [T, heads] is kept for the backward pass.
extern "C" void thinkling_attend(const float *q, const float *k, const float *v, float *out, float *log_sum,
                                 const int64_t *documents, int64_t num_documents, int64_t heads, int64_t kv_heads,
                                 int64_t key_width, int64_t value_width, float scale, int64_t num_threads) {
    const int64_t shared = heads / kv_heads, padded_width = rounded_up(value_width);
#pragma omp parallel num_threads(num_threads)
    {
        Room room;
#pragma omp for schedule(dynamic, 1)
        for (int64_t task = 0; task < num_documents * kv_heads; task++) {
            const Document &own = ((const Document *)documents)[task / kv_heads];
            const int64_t kv = task % kv_heads, before = own.prefix_length, length = before + own.length;
            const int64_t padded = rounded_up(length);
            float *turned = room.of(padded * (key_width + padded_width + BLOCK) + BLOCK * (padded_width + key_width));
            float *values = turned + padded * key_width;
            float *scores = values + padded * padded_width;
            float *mixed = scores + padded * BLOCK;
            float *queries = mixed + BLOCK * padded_width;
            const Head keys = {k + kv * key_width, kv_heads * key_width};
            const Head all_values = {v + kv * value_width, kv_heads * value_width};
            const int64_t starts[2] = {own.prefix_start, own.start}, lengths[2] = {before, own.length};
            for (int part = 0; part < 2; part++) {
                const int64_t at = part ? before : 0;
                turn_rows({keys.at + starts[part] * keys.row, keys.row}, lengths[part], key_width, turned, padded, at);
                copy_rows({all_values.at + starts[part] * all_values.row, all_values.row}, lengths[part], value_width,
                          values + at * padded_width, padded_width);
            }
            clear_columns(turned, key_width, padded, length, padded);
            fill(values + length * padded_width, (padded - length) * padded_width);
            for (int64_t h = kv * shared; h < (kv + 1) * shared; h++)
                for (int64_t i = 0; i < own.length; i += QUERIES) {
                    const int64_t rows = std::min(QUERIES, own.length - i), first = own.start + i;
                    const int64_t columns = rounded_up(before + i + rows);
                    const Head here = {q + (first * heads + h) * key_width, heads * key_width};
                    const int64_t whole = copy_block(here, rows, key_width, queries, key_width);
                    product(whole, columns, key_width, {queries, key_width, 1}, turned, padded, scores, padded, false);
                    float sums[QUERIES];
                    for (int64_t r = 0; r < rows; r++) {
                        mask(scores + r * padded, before + i + r + 1, columns);
                        float top;
                        sums[r] = soften(scores + r * padded, columns, scale, &top);
                        log_sum[(first + r) * heads + h] = top * scale + std::log(sums[r]);
                    }
                    product(whole, padded_width, columns, {scores, padded, 1}, values, padded_width, mixed, padded_width,
                            false);
                    for (int64_t r = 0; r < rows; r++)
                        for (int64_t u = 0; u < value_width; u++)
                            out[((first + r) * heads + h) * value_width + u] = mixed[r * padded_width + u] / sums[r];
                }
        }
    }
}

namespace {

// Where the backward pass of one thread works.
struct Desk {
    int64_t padded, key_row, value_row;
    float *keys, *keys_turned, *values_turned, *grad_keys, *grad_values;  // the past of a document
    float *chances, *grad_chances, *queries, *grads, *grad_queries;       // a block of queries

    Desk(Room &room, int64_t longest, int64_t key_width, int64_t value_width)
        : padded(rounded_up(longest)), key_row(rounded_up(key_width)), value_row(rounded_up(value_width)) {
        float *at = room.of(padded * (2 * key_row + key_width + value_width + value_row) +
                            BLOCK * (2 * padded + 2 * key_row + value_row) + 16 * LANES);
        auto take = [&at](int64_t count) {
            float *here = at;
            at += rounded_up(count);
            return here;
        };
        keys = take(padded * key_row);
        grad_keys = take(padded * key_row);
        keys_turned = take(padded * key_width);
        values_turned = take(padded * value_width);
        grad_values = take(padded * value_row);
        chances = take(BLOCK * padded);
        grad_chances = take(BLOCK * padded);
        queries = take(BLOCK * key_row);
        grad_queries = take(BLOCK * key_row);
        grads = take(BLOCK * value_row);
    }
};

struct Tensors {
    const float *q, *k, *v, *out, *grad_out, *log_sum;
    float *grad_q, *grad_k, *grad_v;
};

// Keys and values of rows [start, start + length) to positions `at` of the desk.
void lay_out(const Tensors &given, const Shape &shape, const Desk &desk, int64_t kv, int64_t start, int64_t length,
             int64_t at) {
    const int64_t key_row = shape.kv_heads * shape.key_width, value_row = shape.kv_heads * shape.value_width;
    const Head keys = {given.k + start * key_row + kv * shape.key_width, key_row};
    const Head values = {given.v + start * value_row + kv * shape.value_width, value_row};
    copy_rows(keys, length, shape.key_width, desk.keys + at * desk.key_row, desk.key_row);
    turn_rows(keys, length, shape.key_width, desk.keys_turned, desk.padded, at);
    turn_rows(values, length, shape.value_width, desk.values_turned, desk.padded, at);
}

// What came together for positions from `at` on goes to the gradients of rows [start, start + length).
void hand_in(const Tensors &given, const Shape &shape, const Desk &desk, int64_t kv, int64_t start, int64_t length,
             int64_t at) {
    for (int64_t i = 0; i < length; i++) {
        const int64_t row = (start + i) * shape.kv_heads + kv;
        std::memcpy(given.grad_k + row * shape.key_width, desk.grad_keys + (at + i) * desk.key_row,
                    shape.key_width * sizeof(float));
        std::memcpy(given.grad_v + row * shape.value_width, desk.grad_values + (at + i) * desk.value_row,
                    shape.value_width * sizeof(float));
    }
}

// d loss / d score = chance * (d loss / d chance - sum over the row of both) (FlashAttention-2, section 3.1.2).
INLINE void through_softmax(float *chances, float *grads, int64_t columns, float scale, float log_sum, float shared) {
    for (int64_t j = 0; j < columns; j += LANES) {
        lanes p = exponential(load(chances + j) * scale - log_sum);
        store(chances + j, p);
        store(grads + j, p * (load(grads + j) - shared) * scale);
    }
}

// The queries of one head of one document, whose past lies on the desk.
void go_back(const Tensors &given, const Shape &shape, const Desk &desk, const Document &own, int64_t h) {
    for (int64_t i = 0; i < own.length; i += QUERIES) {
        const int64_t rows = std::min(QUERIES, own.length - i), first = own.start + i;
        const int64_t columns = rounded_up(own.prefix_length + i + rows);
        const int64_t query_row = shape.heads * shape.key_width, out_row = shape.heads * shape.value_width;
        const int64_t whole = copy_block({given.q + first * query_row + h * shape.key_width, query_row}, rows,
                                         shape.key_width, desk.queries, desk.key_row);
        const int64_t outs = first * out_row + h * shape.value_width;
        copy_block({given.grad_out + outs, out_row}, rows, shape.value_width, desk.grads, desk.value_row);
        product(whole, columns, shape.key_width, {desk.queries, desk.key_row, 1}, desk.keys_turned, desk.padded,
                desk.chances, desk.padded, false);
        product(whole, columns, shape.value_width, {desk.grads, desk.value_row, 1}, desk.values_turned, desk.padded,
                desk.grad_chances, desk.padded, false);
        for (int64_t r = 0; r < rows; r++) {
            const float *out = given.out + outs + r * out_row, *grad = desk.grads + r * desk.value_row;
            float common = 0;
            for (int64_t u = 0; u < shape.value_width; u++) common += out[u] * grad[u];
            mask(desk.chances + r * desk.padded, own.prefix_length + i + r + 1, columns);
            through_softmax(desk.chances + r * desk.padded, desk.grad_chances + r * desk.padded, columns, shape.scale,
                            given.log_sum[(first + r) * shape.heads + h], common);
        }
        product(whole, desk.key_row, columns, {desk.grad_chances, desk.padded, 1}, desk.keys, desk.key_row,
                desk.grad_queries, desk.key_row, false);
        for (int64_t r = 0; r < rows; r++)
            std::memcpy(given.grad_q + (first + r) * query_row + h * shape.key_width,
                        desk.grad_queries + r * desk.key_row, shape.key_width * sizeof(float));
        product(columns, desk.key_row, rows, {desk.grad_chances, 1, desk.padded}, desk.queries, desk.key_row,
                desk.grad_keys, desk.key_row, true);
        product(columns, desk.value_row, rows, {desk.chances, 1, desk.padded}, desk.grads, desk.value_row,
                desk.grad_values, desk.value_row, true);
    }
}

}  // namespace

// Documents [edges[g], edges[g + 1]) share a prefix, which is the last of them, or have none and stand alone: a group
// is one thread's, so that gradients of a prefix are summed in one order.
extern "C" void thinkling_attend_backward(const float *q, const float *k, const float *v, const float *out,
                                          const float *grad_out, const float *log_sum, float *grad_q, float *grad_k,
                                          float *grad_v, const int64_t *documents, const int64_t *edges,
                                          int64_t num_groups, int64_t heads, int64_t kv_heads, int64_t key_width,
                                          int64_t value_width, float scale, int64_t num_threads) {
    const Tensors given = {q, k, v, out, grad_out, log_sum, grad_q, grad_k, grad_v};
    const Shape shape = {heads, kv_heads, key_width, value_width, scale};
    const Document *all_documents = (const Document *)documents;
#pragma omp parallel num_threads(num_threads)
    {
        Room room;
#pragma omp for schedule(dynamic, 1)
        for (int64_t task = 0; task < num_groups * kv_heads; task++) {
            const int64_t group = task / kv_heads, kv = task % kv_heads, shared = heads / kv_heads;
            int64_t longest = 0;
            for (int64_t d = edges[group]; d < edges[group + 1]; d++)
                longest = std::max(longest, all_documents[d].prefix_length + all_documents[d].length);
            const Desk desk(room, longest, key_width, value_width);
            const Document &first = all_documents[edges[group]];
            lay_out(given, shape, desk, kv, first.prefix_start, first.prefix_length, 0);
            fill(desk.grad_keys, first.prefix_length * desk.key_row);
            fill(desk.grad_values, first.prefix_length * desk.value_row);
            for (int64_t d = edges[group]; d < edges[group + 1]; d++) {
                const Document &own = all_documents[d];
                const int64_t before = own.prefix_length, length = before + own.length, end = rounded_up(length);
                const bool is_prefix = d > edges[group] && before == 0 && first.prefix_length > 0;
                lay_out(given, shape, desk, kv, own.start, own.length, before);
                clear_columns(desk.keys_turned, key_width, desk.padded, length, end);
                clear_columns(desk.values_turned, value_width, desk.padded, length, end);
                fill(desk.keys + length * desk.key_row, (end - length) * desk.key_row);
                if (!is_prefix) {
                    fill(desk.grad_keys + before * desk.key_row, (end - before) * desk.key_row);
                    fill(desk.grad_values + before * desk.value_row, (end - before) * desk.value_row);
                }
                for (int64_t h = kv * shared; h < (kv + 1) * shared; h++) go_back(given, shape, desk, own, h);
                hand_in(given, shape, desk, kv, own.start, own.length, before);
            }
        }
    }
}
