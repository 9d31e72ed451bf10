// Sixteen numbers at a time, in what GCC and clang call vectors: one register of AVX-512, two of AVX, four of NEON.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

constexpr int64_t LANES = 16;

typedef float lanes __attribute__((vector_size(64)));
typedef float lanes_anywhere __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t int_lanes __attribute__((vector_size(64)));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes load(const float *from) { return *(const lanes_anywhere *)from; }
INLINE void store(float *to, lanes x) { *(lanes_anywhere *)to = x; }
INLINE lanes all(float x) { return lanes{} + x; }
INLINE int64_t rounded_up(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

// Numbers of bf16: the upper halves of fp32's. Storing rounds to the nearest, and to the even one of two.
typedef uint16_t half_lanes __attribute__((vector_size(32)));
typedef uint16_t half_lanes_anywhere __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint32_t bit_lanes __attribute__((vector_size(64)));

INLINE lanes load(const uint16_t *from) {
    half_lanes halves = *(const half_lanes_anywhere *)from;
    return (lanes)(__builtin_convertvector(halves, bit_lanes) << 16);
}
INLINE void store(uint16_t *to, lanes x) {
    bit_lanes bits = (bit_lanes)x;
    bit_lanes rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    rounded = x == x ? rounded : bit_lanes{} + 0x7fc0;  // not a number stays none
    *(half_lanes_anywhere *)to = __builtin_convertvector(rounded, half_lanes);
}

INLINE float largest(lanes x) {
    float found = x[0];
    for (int i = 1; i < LANES; i++) found = x[i] > found ? x[i] : found;
    return found;
}

// Pairs, pairs of pairs, ...: the same order wherever it is used.
INLINE float total(lanes x) {
    typedef float half __attribute__((vector_size(32)));
    typedef float quarter __attribute__((vector_size(16)));
    half low, high;
    std::memcpy(&low, &x, sizeof low);
    std::memcpy(&high, (const char *)&x + sizeof low, sizeof high);
    low += high;
    quarter a, b;
    std::memcpy(&a, &low, sizeof a);
    std::memcpy(&b, (const char *)&low + sizeof a, sizeof b);
    a += b;
    return (a[0] + a[2]) + (a[1] + a[3]);
}

// e^x, within two units in the last place; 0 below -87.3, e^88.3 above 88.3. x = n ln 2 + r, and a polynomial in r.
INLINE lanes exponential(lanes x) {
    const lanes magic = all(12582912.0f);  // 1.5 * 2^23: adding it leaves the rounded number in the last bits
    lanes in = x > all(88.3f) ? all(88.3f) : x;
    in = in < all(-87.3f) ? all(-87.3f) : in;
    lanes shifted = in * 1.44269504088896341f + magic;
    lanes n = shifted - magic;
    lanes r = in - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    lanes y = all(1.9875691500e-4f);
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * (r * r) + r + 1.0f;
    int_lanes power = ((int_lanes)shifted - (int_lanes)magic + 127) << 23;
    return x < all(-87.3f) ? lanes{} : y * (lanes)power;
}

// Memory that a thread keeps for its next task, on a cache line.
struct Room {
    std::vector<float> memory;
    float *of(int64_t count) {
        if ((int64_t)memory.size() < count + LANES) memory.resize(count + LANES);
        uintptr_t at = (uintptr_t)memory.data();
        return (float *)((at + 63) / 64 * 64);
    }
};
