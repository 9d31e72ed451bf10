// One new token per row against its cached past, read where it lies: no gathering, no mask, no copy.
#include <omp.h>

#include <algorithm>

#include "rows.h"

namespace {

// Two vectors of partial sums become one: lanes of a in one half of each pair, of b in the other.
template <int STEP>
INLINE lanes folded(lanes a, lanes b) {
    int_lanes low, high;
    for (int i = 0; i < LANES; i++) {
        bool is_b = i / STEP % 2;
        int own = i - (is_b ? STEP : 0);
        low[i] = own + (is_b ? LANES : 0);
        high[i] = own + STEP + (is_b ? LANES : 0);
    }
    return __builtin_shuffle(a, b, low) + __builtin_shuffle(a, b, high);
}

// The scalar products of one query with the sixteen keys of a page.
INLINE lanes scores_of_page(const float *query, const float *keys, int64_t key_width, int64_t row) {
    lanes sum[LANES] = {};
    for (int64_t w = 0; w < key_width; w += LANES) {
        lanes q = load(query + w);
        for (int j = 0; j < LANES; j++) sum[j] += q * load(keys + j * row + w);
    }
    for (int j = 0; j < 8; j++) sum[j] = folded<8>(sum[j], sum[j + 8]);
    for (int j = 0; j < 4; j++) sum[j] = folded<4>(sum[j], sum[j + 4]);
    for (int j = 0; j < 2; j++) sum[j] = folded<2>(sum[j], sum[j + 2]);
    return folded<1>(sum[0], sum[1]);
}

// Sixteen columns of the values in the cache; `entry` numbers lie between two positions.
struct Values {
    const float *at;
    int64_t entry;
};

// Weights of HEADS heads, [heads, length] with `row` numbers a head, and what each head's sum is divided by.
struct Weights {
    const float *at, *divisor;
    int64_t row;
};

template <int HEADS, int VECTORS>
INLINE void mixed(Values values, const int64_t *pages, int64_t length, Weights weights, float *out, int64_t out_row) {
    lanes sum[HEADS][VECTORS] = {};
    for (int64_t p = 0; p * LANES < length; p++) {
        const float *at = values.at + pages[p] * LANES * values.entry, *weight = weights.at + p * LANES;
        const int64_t count = std::min(LANES, length - p * LANES);
        for (int64_t j = 0; j < count; j++, at += values.entry) {
            lanes v[VECTORS];
            for (int c = 0; c < VECTORS; c++) v[c] = load(at + c * LANES);
            for (int h = 0; h < HEADS; h++) {
                lanes w = all(weight[h * weights.row + j]);
                for (int c = 0; c < VECTORS; c++) sum[h][c] += v[c] * w;
            }
        }
    }
    for (int h = 0; h < HEADS; h++)
        for (int c = 0; c < VECTORS; c++) store(out + h * out_row + c * LANES, sum[h][c] / weights.divisor[h]);
}

// The same for any number of heads.
template <int VECTORS>
INLINE void mixed_heads(int64_t heads, Values values, const int64_t *pages, int64_t length, Weights weights, float *out,
                        int64_t out_row) {
    for (int64_t h = 0; h < heads;) {
        const Weights own = {weights.at + h * weights.row, weights.divisor + h, weights.row};
        float *to = out + h * out_row;
        if (heads - h >= 4) mixed<4, VECTORS>(values, pages, length, own, to, out_row), h += 4;
        else if (heads - h == 3) mixed<3, VECTORS>(values, pages, length, own, to, out_row), h += 3;
        else if (heads - h == 2) mixed<2, VECTORS>(values, pages, length, own, to, out_row), h += 2;
        else mixed<1, VECTORS>(values, pages, length, own, to, out_row), h += 1;
    }
}

// Asks for part `part` of `parts` of a page, while another row's is read: the cache is larger than the caches.
INLINE void ask_for(const float *page, int64_t numbers, int64_t part, int64_t parts) {
    const int64_t lines = numbers / LANES;
    for (int64_t i = lines * part / parts; i < lines * (part + 1) / parts; i++) __builtin_prefetch(page + i * LANES);
}

struct Heads {
    int64_t shared, kv_heads, key_width, value_width;
};

struct Row {
    const float *query;
    const int64_t *pages;
    int64_t length;
    float *out;
    const int64_t *next_pages;  // of the row that comes after
    int64_t num_next_pages;
};

struct Cache {
    const float *at;
    int64_t entry, value_offset;
};

// The heads that share keys [first, last) of one row.
INLINE void attend_row(const Row &row, const Cache &cache, const Heads &heads, int64_t first, int64_t last, float scale,
                       Room &room) {
    const int64_t num_pages = (row.length + LANES - 1) / LANES, step = num_pages * LANES, shared = heads.shared;
    const int64_t begin = first * shared, count = (last - first) * shared;
    float *scores = room.of(count * (step + 1)), *sums = scores + count * step;
    for (int64_t p = 0; p < num_pages; p++)
        for (int64_t h = 0; h < count; h++) {
            const float *keys = cache.at + row.pages[p] * LANES * cache.entry + (first + h / shared) * heads.key_width;
            if (p < row.num_next_pages)
                ask_for(cache.at + row.next_pages[p] * LANES * cache.entry, LANES * cache.entry, h, count);
            store(scores + h * step + p * LANES,
                  scores_of_page(row.query + (begin + h) * heads.key_width, keys, heads.key_width, cache.entry));
        }
    for (int64_t h = 0; h < count; h++) {
        float top;
        mask(scores + h * step, row.length, step);
        sums[h] = soften(scores + h * step, step, scale, &top);
    }
    const int64_t width = heads.value_width;
    for (int64_t kv = 0; kv < last - first; kv++)
        for (int64_t u = 0; u < width;) {
            const Values values = {cache.at + cache.value_offset + (first + kv) * width + u, cache.entry};
            const Weights weights = {scores + kv * shared * step, sums + kv * shared, step};
            float *to = row.out + (begin + kv * shared) * width + u;
            if (width - u >= 2 * LANES) mixed_heads<2>(shared, values, row.pages, row.length, weights, to, width), u += 32;
            else mixed_heads<1>(shared, values, row.pages, row.length, weights, to, width), u += LANES;
        }
}

}  // namespace

// query [rows, heads, key_width], out [rows, heads, value_width]; the `heads / kv_heads` queries of a group share
// keys. cache: entries of one layer [slots, entry]: keys of all kv_heads first, values from `value_offset` on.
// Row r attends to its first lengths[r] positions, on pages[first_page[r]] and the following ones, 16 to a page.
extern "C" void thinkling_decode(const float *query, const float *cache, const int64_t *pages,
                                 const int64_t *first_page, const int64_t *lengths, float *out, int64_t rows,
                                 int64_t heads, int64_t kv_heads, int64_t key_width, int64_t value_width,
                                 int64_t entry, int64_t value_offset, float scale, int64_t num_threads) {
    const Heads all_heads = {heads / kv_heads, kv_heads, key_width, value_width};
    // Few rows are shared out by heads too; else a row's entries are read by one thread, one after the other.
    const int64_t parts = rows < 4 * num_threads ? kv_heads : 1;
#pragma omp parallel num_threads(num_threads)
    {
        Room room;
#pragma omp for schedule(dynamic, 4)
        for (int64_t task = 0; task < rows * parts; task++) {
            const int64_t r = task / parts, part = task % parts;
            const bool has_next = r + 1 < rows && parts == 1;
            const Row row = {query + r * heads * key_width,
                             pages + first_page[r],
                             lengths[r],
                             out + r * heads * value_width,
                             has_next ? pages + first_page[r + 1] : nullptr,
                             has_next ? (lengths[r + 1] + LANES - 1) / LANES : 0};
            const int64_t first = kv_heads * part / parts, last = kv_heads * (part + 1) / parts;
            attend_row(row, {cache, entry, value_offset}, all_heads, first, last, scale, room);
        }
    }
}
