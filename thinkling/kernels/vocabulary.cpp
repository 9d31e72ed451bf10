// Rows as wide as a vocabulary: what is drawn from them, and how likely a token was.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "vectors.h"

namespace {

constexpr float NOTHING = -std::numeric_limits<float>::infinity();

// Up to sixteen numbers; the missing ones are `other`.
INLINE lanes some(const float *from, int64_t count, float other) {
    if (count >= LANES) return load(from);
    lanes x = all(other);
    for (int64_t i = 0; i < count; i++) x[i] = from[i];
    return x;
}

INLINE float largest_of(const float *x, int64_t width) {
    lanes best = all(NOTHING);
    for (int64_t i = 0; i < width; i += LANES) {
        lanes here = some(x + i, width - i, NOTHING);
        best = here > best ? here : best;
    }
    return largest(best);
}

// The first number that is no less than all others.
INLINE int64_t likeliest(const float *x, int64_t width, float top) {
    for (int64_t i = 0; i < width; i++)
        if (x[i] == top) return i;
    return 0;
}

// The token at `target` of the mass of a row; the last one with mass where rounding leaves none.
INLINE int64_t at_noise(const float *mass, int64_t width, double target) {
    double before = 0;
    for (int64_t i = 0; i < width; i += LANES) {
        const double after = before + total(load(mass + i));
        if (after > target) {
            int64_t found = -1;
            for (int64_t j = i; j < std::min(width, i + LANES) && before <= target; j++) {
                before += mass[j];
                if (mass[j] > 0) found = j;
            }
            if (found >= 0) return found;
        }
        before = after;
    }
    for (int64_t j = width - 1; j > 0; j--)
        if (mass[j] > 0) return j;
    return 0;
}

// A token and its mass, the likeliest token's being 1.
struct Likely {
    float logit, mass;
    int64_t id;
    // Equally likely ones keep the order of the vocabulary.
    bool operator<(const Likely &other) const { return logit > other.logit || (logit == other.logit && id < other.id); }
};

// Where a distribution is cut: after so much mass, so many tokens, and below a share of the likeliest one's mass.
struct Cut {
    float top_p, min_p;
    int64_t top_k;
};

// All tokens that a cut may leave, likeliest first. Mostly they are few, and the vocabulary is not sorted for them.
void find_likely(const float *row, const float *mass, int64_t width, double sum, const Cut &cut,
                 std::vector<Likely> &found) {
    for (float least = 1.0f / 256; ; least /= 256) {
        const float floor = least < 1e-9f ? 0.0f : std::max(least, cut.min_p);
        double reached = 0;
        found.clear();
        for (int64_t i = 0; i < width; i++)
            if (mass[i] >= floor) {
                found.push_back({row[i], mass[i], i});
                reached += mass[i];
            }
        const bool has_all = floor == 0.0f || floor == cut.min_p || reached >= cut.top_p * sum;
        if (has_all || (cut.top_k > 0 && (int64_t)found.size() >= cut.top_k)) break;
    }
    std::sort(found.begin(), found.end());
}

// The token at `noise` of the mass that the cut leaves of `found`.
int64_t draw_of(const std::vector<Likely> &found, double sum, const Cut &cut, double noise) {
    double left = 0;
    size_t count = 0;
    for (; count < found.size(); count++) {
        const bool is_out = left >= cut.top_p * sum || found[count].mass < cut.min_p * found[0].mass;
        if (count && (is_out || (cut.top_k > 0 && (int64_t)count >= cut.top_k))) break;
        left += found[count].mass;
    }
    double before = 0;
    for (size_t i = 0; i < count; i++) {
        before += found[i].mass;
        if (before > noise * left) return found[i].id;
    }
    return found[count - 1].id;
}

}  // namespace

// ids[r] is drawn at noise[r] from what is left of the softmax of logits / divisor, for every r of `chosen`.
extern "C" void thinkling_draw_cut(const float *logits, const float *divisor, const double *noise, const float *top_p,
                                   const float *min_p, const int64_t *top_k, const int64_t *chosen, int64_t *ids,
                                   int64_t num_chosen, int64_t width, int64_t num_threads) {
#pragma omp parallel num_threads(num_threads)
    {
        Room room;
        float *mass = room.of(rounded_up(width));
        std::vector<Likely> found;
#pragma omp for schedule(static)
        for (int64_t n = 0; n < num_chosen; n++) {
            const int64_t r = chosen[n];
            const float *row = logits + r * width, by = divisor[r], highest = largest_of(row, width) / by;
            double sum = 0;
            for (int64_t i = 0; i < width; i += LANES) {
                lanes e = exponential(some(row + i, width - i, NOTHING) / by - highest);
                store(mass + i, e);
                sum += total(e);
            }
            const Cut cut = {top_p[r], min_p[r], top_k[r]};
            find_likely(row, mass, width, sum, cut, found);
            ids[r] = found.empty() ? 0 : draw_of(found, sum, cut, noise[r]);
        }
    }
}

// For every row of logits [rows, width]: with ids[r] >= 0 that token, with -1 one drawn at noise[r] from the softmax of
// logits / divisor[r], with -2 the likeliest. log_sum[r]: the log of the sum of exp(logits / divisor).
extern "C" void thinkling_draw(const float *logits, const float *divisor, const double *noise, int64_t *ids,
                               float *log_sum, int64_t rows, int64_t width, int64_t num_threads) {
#pragma omp parallel num_threads(num_threads)
    {
        Room room;
        float *mass = room.of(rounded_up(width));
#pragma omp for schedule(static)
        for (int64_t r = 0; r < rows; r++) {
            const float *row = logits + r * width, by = divisor[r], top = largest_of(row, width), highest = top / by;
            double sum = 0;
            for (int64_t i = 0; i < width; i += LANES) {
                lanes e = exponential(some(row + i, width - i, NOTHING) / by - highest);
                store(mass + i, e);
                sum += total(e);
            }
            if (ids[r] == -1) ids[r] = at_noise(mass, width, noise[r] * sum);
            if (ids[r] == -2) ids[r] = likeliest(row, width, top);
            log_sum[r] = highest + (float)std::log(sum);
        }
    }
}

// log p(ids[r]) of every row, the row's entropy, and all its chances, which the backward pass needs.
extern "C" void thinkling_chosen(const float *logits, const int64_t *ids, float *logp, float *entropy, float *chances,
                                 int64_t rows, int64_t width, int64_t num_threads) {
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const float *row = logits + r * width, top = largest_of(row, width);
        float *chance = chances + r * width;
        lanes sums = {}, weighed = {};
        for (int64_t i = 0; i < width; i += LANES) {
            lanes x = some(row + i, width - i, NOTHING) - top, e = exponential(x);
            sums += e;
            weighed += e > lanes{} ? e * x : lanes{};
            if (width - i >= LANES) store(chance + i, e);
            else
                for (int64_t j = i; j < width; j++) chance[j] = e[j - i];
        }
        const float sum = total(sums), log_sum = std::log(sum), by = 1.0f / sum;
        for (int64_t i = 0; i + LANES <= width; i += LANES) store(chance + i, load(chance + i) * by);
        for (int64_t i = width / LANES * LANES; i < width; i++) chance[i] *= by;
        logp[r] = row[ids[r]] - top - log_sum;
        entropy[r] = log_sum - total(weighed) * by;
    }
}

// d log p_i / d logits_j = (i == j) - p_j.
extern "C" void thinkling_chosen_backward(const float *grad, const int64_t *ids, const float *chances, float *to,
                                          int64_t rows, int64_t width, int64_t num_threads) {
#pragma omp parallel for schedule(static) num_threads(num_threads)
    for (int64_t r = 0; r < rows; r++) {
        const float *chance = chances + r * width;
        float *out = to + r * width;
        for (int64_t j = 0; j < width; j++) out[j] = -grad[r] * chance[j];
        out[ids[r]] += grad[r];
    }
}
