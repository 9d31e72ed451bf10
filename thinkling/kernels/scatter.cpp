// Rows of one matrix to places in a far larger one, which nobody reads soon: past the caches where that can be said.
#include <omp.h>

#include <cstdint>
#include <cstring>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace {

constexpr int64_t LINE = 64;

void copy_past_caches(const char *from, char *to, int64_t bytes) {
#ifdef __AVX512F__
    if ((uintptr_t)to % LINE == 0 && bytes % LINE == 0) {
        for (int64_t i = 0; i < bytes; i += LINE)
            _mm512_stream_si512((__m512i *)(to + i), _mm512_loadu_si512(from + i));
        return;
    }
#endif
    std::memcpy(to, from, bytes);
}

}  // namespace

// to[places[r]] = from[r] for every row of so many bytes.
extern "C" void thinkling_scatter(const char *from, const int64_t *places, char *to, int64_t rows, int64_t bytes,
                                  int64_t num_threads) {
#pragma omp parallel num_threads(num_threads)
    {
#pragma omp for schedule(static)
        for (int64_t r = 0; r < rows; r++) copy_past_caches(from + r * bytes, to + places[r] * bytes, bytes);
#ifdef __AVX512F__
        _mm_sfence();
#endif
    }
}
