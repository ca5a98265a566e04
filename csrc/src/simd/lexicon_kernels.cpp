#include "simd/lexicon_kernels.hpp"

#include <algorithm>

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

constexpr LexiconKernels<float> kFloatKernels = table_of<float>();
constexpr LexiconKernels<double> kDoubleKernels = table_of<double>();
constexpr LexiconKernels<Extended> kExtendedKernels = table_of<Extended>();

}  // namespace

template <>
const LexiconKernels<float>& lexicon_kernels([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
    switch (set) {
        case InstructionSet::kAvx512: return kAvx512FloatKernels;
        case InstructionSet::kAvx2: return kAvx2FloatKernels;
        case InstructionSet::kScalar: break;
    }
#endif
    return kFloatKernels;
}

template <>
const LexiconKernels<double>& lexicon_kernels([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
    switch (set) {
        case InstructionSet::kAvx512: return kAvx512DoubleKernels;
        case InstructionSet::kAvx2: return kAvx2DoubleKernels;
        case InstructionSet::kScalar: break;
    }
#endif
    return kDoubleKernels;
}

template <>
const LexiconKernels<Extended>& lexicon_kernels(InstructionSet) {
    return kExtendedKernels;
}

}  // namespace ocrkit::ctc
