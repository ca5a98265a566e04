#include "simd/kernels_versions.hpp"

#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
// In GCC's own header: https://gcc.gnu.org/PR105593
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include "simd/lattice_kernels.hpp"

namespace ocrkit::ctc {
namespace {

/// 512 bits at a time, and masks for what is left.
struct Avx512 {
    using Half = ctc::Half;
    using Brain = ctc::Brain;
    using Floats = __m512;
    using Doubles = __m512d;
    static constexpr std::size_t kFloats = 16;
    static constexpr std::size_t kDoubles = 8;

    static __mmask16 first(std::size_t count) { return static_cast<__mmask16>((1U << count) - 1U); }

    static Floats widened(__m256i halves, Half) { return _mm512_cvtph_ps(halves); }
    static Floats widened(__m256i halves, Brain) {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
    }

    static Floats load(const float* at) { return _mm512_loadu_ps(at); }
    static Floats load_part(const float* at, std::size_t count) {
        return _mm512_mask_loadu_ps(all(-__builtin_inff()), first(count), at);
    }
    template <class Source>
    static Floats load(const Source* at) {
        return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)), Source{});
    }
    template <class Source>
    static Floats load_part(const Source* at, std::size_t count) {
        const __m256i halves = _mm256_maskz_loadu_epi16(first(count), at);
        return _mm512_mask_mov_ps(all(-__builtin_inff()), first(count), widened(halves, Source{}));
    }
    static void store(float* at, Floats a) { _mm512_storeu_ps(at, a); }

    static Floats all(float value) { return _mm512_set1_ps(value); }
    static Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
    static Floats sub(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
    static Floats mul(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
    static Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
    static Floats max(Floats a, Floats b) { return _mm512_max_ps(a, b); }
    static Floats round(Floats a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static float highest(Floats a) { return _mm512_reduce_max_ps(a); }
    static double total(Floats a) { return static_cast<double>(_mm512_reduce_add_ps(a)); }
    /// The mask in a general register, and at once: where GCC 12 sets a mask register aside over a call, it stores its
    /// two bytes and may load eight.
    static std::uint64_t bits(std::uint32_t mask) {
        __asm__("" : "+r"(mask));
        return mask;
    }
    static std::uint64_t equal(Floats a, Floats b) { return bits(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ)); }
    static std::uint64_t at_least(Floats a, Floats b) { return bits(_mm512_cmp_ps_mask(a, b, _CMP_GE_OQ)); }
    static std::uint64_t unordered(Floats a, Floats b) { return bits(_mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q)); }
    static std::uint64_t other(const Label* labels, Label label) {
        return bits(_mm512_cmpneq_epi32_mask(_mm512_loadu_si512(labels), _mm512_set1_epi32(label)));
    }
    static Floats scale(Floats a, Floats n, Floats x) {
        return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(x, all(-87.0F), _CMP_GE_OQ), a, n);
    }

    static Doubles loaded(const double* at) { return _mm512_loadu_pd(at); }
    static Doubles widened(const float* at) { return _mm512_cvtps_pd(_mm256_loadu_ps(at)); }
    static Doubles gathered(const float* from, const Label* labels) {
        const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(labels));
        return _mm512_cvtps_pd(_mm256_i32gather_ps(from, at, 4));
    }
    static void store(double* at, Doubles a) { _mm512_storeu_pd(at, a); }

    static Doubles all(double value) { return _mm512_set1_pd(value); }
    static Doubles add(Doubles a, Doubles b) { return _mm512_add_pd(a, b); }
    static Doubles sub(Doubles a, Doubles b) { return _mm512_sub_pd(a, b); }
    static Doubles mul(Doubles a, Doubles b) { return _mm512_mul_pd(a, b); }
    static Doubles fma(Doubles a, Doubles b, Doubles c) { return _mm512_fmadd_pd(a, b, c); }
    static Doubles max(Doubles a, Doubles b) { return _mm512_max_pd(a, b); }
    static Doubles min(Doubles a, Doubles b) { return _mm512_min_pd(a, b); }
    static Doubles round(Doubles a) { return _mm512_roundscale_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static double highest(Doubles a) { return _mm512_reduce_max_pd(a); }
    static std::uint64_t at_least(Doubles a, Doubles b) { return bits(_mm512_cmp_pd_mask(a, b, _CMP_GE_OQ)); }
    static std::uint64_t greater(Doubles a, Doubles b) { return bits(_mm512_cmp_pd_mask(a, b, _CMP_GT_OQ)); }
    /// Writes at + i for each bit i, and leaves anything in the rest of eight places.
    static void put_places(std::int32_t* out, std::size_t at, std::uint64_t bits) {
        const __m256i places = _mm256_add_epi32(_mm256_set1_epi32(static_cast<int>(at)),
                                                _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                            _mm256_maskz_compress_epi32(static_cast<__mmask8>(bits), places));
    }
    /// a moved up by one place, with the last of `below` in front.
    static Doubles shifted(Doubles a, Doubles below) {
        return _mm512_castsi512_pd(_mm512_alignr_epi64(_mm512_castpd_si512(a), _mm512_castpd_si512(below), 7));
    }
    static Doubles scale(Doubles a, Doubles n, Doubles x) {
        return _mm512_maskz_scalef_pd(_mm512_cmp_pd_mask(x, all(-700.0), _CMP_GE_OQ), a, n);
    }
};

constexpr Kernels kTable = table<Avx512>();

}  // namespace

const Kernels* avx512_kernels() { return &kTable; }

}  // namespace ocrkit::ctc

#else

const ocrkit::ctc::Kernels* ocrkit::ctc::avx512_kernels() { return nullptr; }

#endif
