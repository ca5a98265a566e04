#include "simd/kernels_versions.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "simd/lattice_kernels.hpp"

namespace ocrkit::ctc {
namespace {

/// 256 bits at a time.
struct Avx2 {
    using Half = ctc::Half;
    using Brain = ctc::Brain;
    using Floats = __m256;
    using Doubles = __m256d;
    static constexpr std::size_t kFloats = 8;
    static constexpr std::size_t kDoubles = 4;

    static __m256i first(std::size_t count) {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }

    static Floats widened(__m128i halves, Half) { return _mm256_cvtph_ps(halves); }
    static Floats widened(__m128i halves, Brain) {
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
    }

    static Floats load(const float* at) { return _mm256_loadu_ps(at); }
    static Floats load_part(const float* at, std::size_t count) {
        const __m256i mask = first(count);
        return _mm256_blendv_ps(all(-__builtin_inff()), _mm256_maskload_ps(at, mask), _mm256_castsi256_ps(mask));
    }
    template <class Source>
    static Floats load(const Source* at) {
        return widened(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), Source{});
    }
    template <class Source>
    static Floats load_part(const Source* at, std::size_t count) {
        Source part[kFloats] = {};
        for (std::size_t i = 0; i < count; ++i) {
            part[i] = at[i];
        }
        return _mm256_blendv_ps(all(-__builtin_inff()), load(part), _mm256_castsi256_ps(first(count)));
    }
    static void store(float* at, Floats a) { _mm256_storeu_ps(at, a); }

    static Floats all(float value) { return _mm256_set1_ps(value); }
    static Floats add(Floats a, Floats b) { return _mm256_add_ps(a, b); }
    static Floats sub(Floats a, Floats b) { return _mm256_sub_ps(a, b); }
    static Floats mul(Floats a, Floats b) { return _mm256_mul_ps(a, b); }
    static Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
    static Floats max(Floats a, Floats b) { return _mm256_max_ps(a, b); }
    static Floats round(Floats a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static float highest(Floats a) {
        __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
        b = _mm_max_ps(b, _mm_movehl_ps(b, b));
        return _mm_cvtss_f32(_mm_max_ss(b, _mm_movehdup_ps(b)));
    }
    static double total(Floats a) {
        __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
        b = _mm_add_ps(b, _mm_movehl_ps(b, b));
        return static_cast<double>(_mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b))));
    }
    static std::uint64_t bits(Floats mask) { return static_cast<std::uint64_t>(_mm256_movemask_ps(mask)); }
    static std::uint64_t equal(Floats a, Floats b) { return bits(_mm256_cmp_ps(a, b, _CMP_EQ_OQ)); }
    static std::uint64_t at_least(Floats a, Floats b) { return bits(_mm256_cmp_ps(a, b, _CMP_GE_OQ)); }
    static std::uint64_t unordered(Floats a, Floats b) { return bits(_mm256_cmp_ps(a, b, _CMP_UNORD_Q)); }
    static std::uint64_t other(const Label* labels, Label label) {
        const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(labels));
        return bits(_mm256_castsi256_ps(_mm256_cmpeq_epi32(here, _mm256_set1_epi32(label)))) ^ 0xffU;
    }
    static Floats scale(Floats a, Floats n, Floats x) {
        const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
        return _mm256_and_ps(_mm256_mul_ps(a, _mm256_castsi256_ps(power)),
                             _mm256_cmp_ps(x, all(-87.0F), _CMP_GE_OQ));
    }

    static Doubles loaded(const double* at) { return _mm256_loadu_pd(at); }
    static Doubles widened(const float* at) { return _mm256_cvtps_pd(_mm_loadu_ps(at)); }
    static Doubles gathered(const float* from, const Label* labels) {
        return _mm256_cvtps_pd(
            _mm_i32gather_ps(from, _mm_loadu_si128(reinterpret_cast<const __m128i*>(labels)), 4));
    }
    static void store(double* at, Doubles a) { _mm256_storeu_pd(at, a); }

    static Doubles all(double value) { return _mm256_set1_pd(value); }
    static Doubles add(Doubles a, Doubles b) { return _mm256_add_pd(a, b); }
    static Doubles sub(Doubles a, Doubles b) { return _mm256_sub_pd(a, b); }
    static Doubles mul(Doubles a, Doubles b) { return _mm256_mul_pd(a, b); }
    static Doubles fma(Doubles a, Doubles b, Doubles c) { return _mm256_fmadd_pd(a, b, c); }
    static Doubles max(Doubles a, Doubles b) { return _mm256_max_pd(a, b); }
    static Doubles min(Doubles a, Doubles b) { return _mm256_min_pd(a, b); }
    static Doubles round(Doubles a) { return _mm256_round_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static double highest(Doubles a) {
        const __m128d b = _mm_max_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
        return _mm_cvtsd_f64(_mm_max_sd(b, _mm_unpackhi_pd(b, b)));
    }
    static std::uint64_t at_least(Doubles a, Doubles b) {
        return static_cast<std::uint64_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_GE_OQ)));
    }
    static std::uint64_t greater(Doubles a, Doubles b) {
        return static_cast<std::uint64_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_GT_OQ)));
    }
    /// Writes at + i for each bit i.
    static void put_places(std::int32_t* out, std::size_t at, std::uint64_t bits) {
        for (; bits != 0; bits &= bits - 1) {
            *out++ = static_cast<std::int32_t>(at + lowest_bit(bits));
        }
    }
    /// a moved up by one place, with the last of `below` in front.
    static Doubles shifted(Doubles a, Doubles below) {
        const Doubles middle = _mm256_permute2f128_pd(below, a, 0x21);   // below's upper half, a's lower half
        return _mm256_shuffle_pd(middle, a, 0b0101);
    }
    static Doubles scale(Doubles a, Doubles n, Doubles x) {
        // Added to 1.5 x 2^52, an integer stands in the low bits of the sum.
        const __m256i integer = _mm256_castpd_si256(_mm256_add_pd(n, all(0x1.8p52 + 1023.0)));
        const Doubles scaled = _mm256_mul_pd(a, _mm256_castsi256_pd(_mm256_slli_epi64(integer, 52)));
        const Doubles limited = _mm256_blendv_pd(scaled, all(__builtin_inf()), _mm256_cmp_pd(x, all(709.0), _CMP_GT_OQ));
        return _mm256_and_pd(limited, _mm256_cmp_pd(x, all(-700.0), _CMP_GE_OQ));
    }
};

constexpr Kernels kTable = table<Avx2>();

}  // namespace

const Kernels* avx2_kernels() { return &kTable; }

}  // namespace ocrkit::ctc

#else

const ocrkit::ctc::Kernels* ocrkit::ctc::avx2_kernels() { return nullptr; }

#endif
