// Small products of matrices that lie in the caches: C = A B, or C += A B.
#pragma once

#include "vectors.h"

#ifdef __AVX512F__
constexpr int TILE_ROWS = 8;
#else
constexpr int TILE_ROWS = 3;
#endif

// A is read a number at a time, by any two strides, so it may be transposed; rows of B and C are contiguous.
struct Left {
    const float *at;
    int64_t row, column;
};

template <int ROWS, int VECTORS>
INLINE void tile(int64_t depth, Left a, const float *b, int64_t b_row, float *c, int64_t c_row, bool is_added) {
    lanes sum[ROWS][VECTORS];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < VECTORS; j++) sum[i][j] = is_added ? load(c + i * c_row + j * LANES) : lanes{};
    for (int64_t k = 0; k < depth; k++) {
        lanes right[VECTORS];
        for (int j = 0; j < VECTORS; j++) right[j] = load(b + k * b_row + j * LANES);
        for (int i = 0; i < ROWS; i++) {
            lanes left = all(a.at[i * a.row + k * a.column]);
            for (int j = 0; j < VECTORS; j++) sum[i][j] += left * right[j];
        }
    }
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < VECTORS; j++) store(c + i * c_row + j * LANES, sum[i][j]);
}

template <int ROWS>
INLINE void strip(int64_t columns, int64_t depth, Left a, const float *b, int64_t b_row, float *c, int64_t c_row,
                  bool is_added) {
    int64_t j = 0;
    for (; j + 2 * LANES <= columns; j += 2 * LANES) tile<ROWS, 2>(depth, a, b + j, b_row, c + j, c_row, is_added);
    if (j < columns) tile<ROWS, 1>(depth, a, b + j, b_row, c + j, c_row, is_added);
}

// C [rows, columns] from A [rows, depth] and B [depth, columns]; `columns` is a multiple of LANES.
static void product(int64_t rows, int64_t columns, int64_t depth, Left a, const float *b, int64_t b_row, float *c,
                    int64_t c_row, bool is_added) {
    int64_t i = 0;
    for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
        Left from = {a.at + i * a.row, a.row, a.column};
        strip<TILE_ROWS>(columns, depth, from, b, b_row, c + i * c_row, c_row, is_added);
    }
    for (; TILE_ROWS > 4 && i + 4 <= rows; i += 4) {
        Left from = {a.at + i * a.row, a.row, a.column};
        strip<4>(columns, depth, from, b, b_row, c + i * c_row, c_row, is_added);
    }
    for (; i < rows; i++) {
        Left from = {a.at + i * a.row, a.row, a.column};
        strip<1>(columns, depth, from, b, b_row, c + i * c_row, c_row, is_added);
    }
}
