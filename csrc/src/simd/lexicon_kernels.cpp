#include "simd/lexicon_kernels.hpp"

#include <algorithm>
#include <array>

#define OCRKIT_VECTOR_BYTES 16
#define OCRKIT_TARGET
#include "simd/lexicon_lanes.hpp"

namespace ocrkit::ctc {
namespace {

/// Sixteen numbers one by one.
template <>
struct Pack<Extended> {
    Extended lanes[kLexiconLanes];

    static Pack load(const Extended* from) {
        Pack pack;
        std::copy(from, from + kLexiconLanes, pack.lanes);
        return pack;
    }

    static Pack all(Extended value) {
        Pack pack;
        std::fill(pack.lanes, pack.lanes + kLexiconLanes, value);
        return pack;
    }

    void store(Extended* to) const { std::copy(lanes, lanes + kLexiconLanes, to); }
};

using ExtendedPack = Pack<Extended>;

template <class Merge>
ExtendedPack merged(const ExtendedPack& a, const ExtendedPack& b, Merge merge) {
    ExtendedPack result;
    for (std::size_t l = 0; l < kLexiconLanes; ++l) result.lanes[l] = merge(a.lanes[l], b.lanes[l]);
    return result;
}

ExtendedPack operator+(const ExtendedPack& a, const ExtendedPack& b) {
    return merged(a, b, [](Extended x, Extended y) { return x + y; });
}

ExtendedPack operator*(const ExtendedPack& a, const ExtendedPack& b) {
    return merged(a, b, [](Extended x, Extended y) { return x * y; });
}

ExtendedPack multiply_add(const ExtendedPack& a, const ExtendedPack& b, const ExtendedPack& c) { return a * b + c; }

ExtendedPack higher(const ExtendedPack& a, const ExtendedPack& b) {
    return merged(a, b, [](Extended x, Extended y) { return std::max(x, y); });
}

ExtendedPack lower(const ExtendedPack& a, const ExtendedPack& b) {
    return merged(a, b, [](Extended x, Extended y) { return std::min(x, y); });
}

ExtendedPack where_equal(const ExtendedPack& a, const ExtendedPack& b, const ExtendedPack& then,
                         ExtendedPack otherwise) {
    for (std::size_t l = 0; l < kLexiconLanes; ++l) {
        if (a.lanes[l] == b.lanes[l]) otherwise.lanes[l] = then.lanes[l];
    }
    return otherwise;
}

Extended sum(const ExtendedPack& pack) {
    Extended total;
    for (const Extended lane : pack.lanes) total = total + lane;
    return total;
}

void top_two(const ExtendedPack& firsts, const ExtendedPack& seconds, Extended& top, Extended& runner_up) {
    const auto* const best = std::max_element(firsts.lanes, firsts.lanes + kLexiconLanes);
    top = *best;
    runner_up = {};
    for (std::size_t l = 0; l < kLexiconLanes; ++l) {
        const bool is_best = firsts.lanes + l == best;
        runner_up = std::max(runner_up, is_best ? seconds.lanes[l] : firsts.lanes[l]);
    }
}

}  // namespace
}  // namespace ocrkit::ctc

#include "simd/lexicon_kernels_body.hpp"

namespace ocrkit::ctc {

#if defined(__x86_64__)
extern const LexiconKernels<float> kAvx2FloatKernels;
extern const LexiconKernels<double> kAvx2DoubleKernels;
extern const LexiconKernels<float> kAvx512FloatKernels;
extern const LexiconKernels<double> kAvx512DoubleKernels;
#endif

namespace {

/// Tables from plain to special, ended by nullptr.
template <class Number>
using Tables = std::array<const LexiconKernels<Number>*, 4>;

constexpr LexiconKernels<float> kFloatKernels = table_of<float>("portable");
constexpr LexiconKernels<double> kDoubleKernels = table_of<double>("portable");
constexpr LexiconKernels<Extended> kExtendedKernels = table_of<Extended>("portable");

#if defined(__x86_64__)
template <class Number>
Tables<Number> runnable(const LexiconKernels<Number>& portable, const LexiconKernels<Number>& avx2,
                        const LexiconKernels<Number>& avx512) {
    Tables<Number> tables{&portable};
    std::size_t count = 1;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        tables[count++] = &avx2;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
        tables[count++] = &avx512;
    }
    return tables;
}
#endif

Tables<float> runnable(float) {
#if defined(__x86_64__)
    return runnable(kFloatKernels, kAvx2FloatKernels, kAvx512FloatKernels);
#else
    return {&kFloatKernels};
#endif
}

Tables<double> runnable(double) {
#if defined(__x86_64__)
    return runnable(kDoubleKernels, kAvx2DoubleKernels, kAvx512DoubleKernels);
#else
    return {&kDoubleKernels};
#endif
}

Tables<Extended> runnable(Extended) { return {&kExtendedKernels}; }

}  // namespace

template <class Number>
const LexiconKernels<Number>* const* all_lexicon_kernels() {
    static const Tables<Number> tables = runnable(Number{});
    return tables.data();
}

template <class Number>
const LexiconKernels<Number>& lexicon_kernels() {
    const LexiconKernels<Number>* const* best = all_lexicon_kernels<Number>();
    while (best[1] != nullptr) ++best;
    return **best;
}

template const LexiconKernels<float>& lexicon_kernels<float>();
template const LexiconKernels<double>& lexicon_kernels<double>();
template const LexiconKernels<Extended>& lexicon_kernels<Extended>();
template const LexiconKernels<float>* const* all_lexicon_kernels<float>();
template const LexiconKernels<double>* const* all_lexicon_kernels<double>();
template const LexiconKernels<Extended>* const* all_lexicon_kernels<Extended>();

}  // namespace ocrkit::ctc
