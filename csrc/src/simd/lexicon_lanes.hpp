/// Sixteen numbers at a time, for one instruction set. A source file defines OCRKIT_VECTOR_BYTES, and OCRKIT_TARGET as
/// the attribute that allows those instructions, and includes this and lexicon_kernels_body.hpp. All is in an unnamed
/// namespace, so that no two sets are merged; and only what bears the attribute is compiled for the set, so that what
/// other files share is not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/lexicon_kernels.hpp"

#define OCRKIT_INLINE __attribute__((always_inline)) OCRKIT_TARGET inline

namespace ocrkit::ctc {
namespace {

/// Sixteen floats or doubles in vector registers. Operations on vectors are the compiler's (GCC and Clang).
template <class Real>
struct Pack {
    using Vector [[gnu::vector_size(OCRKIT_VECTOR_BYTES)]] = Real;
    // Moved a vector at a time: a copy of all of them goes by smaller pieces, which loads of whole vectors wait for.
    using Unaligned [[gnu::vector_size(OCRKIT_VECTOR_BYTES), gnu::aligned(alignof(Real)), gnu::may_alias]] = Real;
    static constexpr std::size_t kWidth = OCRKIT_VECTOR_BYTES / sizeof(Real);
    static constexpr std::size_t kParts = kLexiconLanes / kWidth;

    Vector parts[kParts];

    static OCRKIT_INLINE Pack load(const Real* from) {
        Pack pack;
        for (std::size_t i = 0; i < kParts; ++i) pack.parts[i] = *reinterpret_cast<const Unaligned*>(from + i * kWidth);
        return pack;
    }

    static OCRKIT_INLINE Pack all(Real value) {
        Pack pack;
        for (Vector& part : pack.parts) part = value - Vector{};
        return pack;
    }

    OCRKIT_INLINE void store(Real* to) const {
        for (std::size_t i = 0; i < kParts; ++i) *reinterpret_cast<Unaligned*>(to + i * kWidth) = parts[i];
    }
};

template <class Real>
OCRKIT_INLINE Pack<Real> operator+(Pack<Real> a, const Pack<Real>& b) {
    for (std::size_t i = 0; i < Pack<Real>::kParts; ++i) a.parts[i] += b.parts[i];
    return a;
}

template <class Real>
OCRKIT_INLINE Pack<Real> operator*(Pack<Real> a, const Pack<Real>& b) {
    for (std::size_t i = 0; i < Pack<Real>::kParts; ++i) a.parts[i] *= b.parts[i];
    return a;
}

/// a x b + c; where the processor can, in one step.
template <class Real>
OCRKIT_INLINE Pack<Real> multiply_add(const Pack<Real>& a, const Pack<Real>& b, Pack<Real> c) {
    for (std::size_t i = 0; i < Pack<Real>::kParts; ++i) c.parts[i] = a.parts[i] * b.parts[i] + c.parts[i];
    return c;
}

struct Sum {
    template <class Vector>
    OCRKIT_INLINE Vector operator()(Vector a, Vector b) const {
        return a + b;
    }
};

struct Higher {
    template <class Vector>
    OCRKIT_INLINE Vector operator()(Vector a, Vector b) const {
        return a > b ? a : b;
    }
};

struct Lower {
    template <class Vector>
    OCRKIT_INLINE Vector operator()(Vector a, Vector b) const {
        return a < b ? a : b;
    }
};

template <class Real>
OCRKIT_INLINE Pack<Real> higher(Pack<Real> a, const Pack<Real>& b) {
    for (std::size_t i = 0; i < Pack<Real>::kParts; ++i) a.parts[i] = Higher{}(a.parts[i], b.parts[i]);
    return a;
}

template <class Real>
OCRKIT_INLINE Pack<Real> lower(Pack<Real> a, const Pack<Real>& b) {
    for (std::size_t i = 0; i < Pack<Real>::kParts; ++i) a.parts[i] = Lower{}(a.parts[i], b.parts[i]);
    return a;
}

/// Lane by lane: `then` where a == b, else `otherwise`.
template <class Real>
OCRKIT_INLINE Pack<Real> where_equal(const Pack<Real>& a, const Pack<Real>& b, const Pack<Real>& then,
                                     Pack<Real> otherwise) {
    for (std::size_t i = 0; i < Pack<Real>::kParts; ++i) {
        otherwise.parts[i] = a.parts[i] == b.parts[i] ? then.parts[i] : otherwise.parts[i];
    }
    return otherwise;
}

template <class Real>
OCRKIT_INLINE Real sum(const Pack<Real>& pack) {
    constexpr Sum merge;
    auto whole = pack.parts[0];
    for (std::size_t i = 1; i < Pack<Real>::kParts; ++i) whole = merge(whole, pack.parts[i]);
    if constexpr (Pack<Real>::kWidth == 16) {
        const auto half = merge(__builtin_shufflevector(whole, whole, 0, 1, 2, 3, 4, 5, 6, 7),
                                __builtin_shufflevector(whole, whole, 8, 9, 10, 11, 12, 13, 14, 15));
        const auto quarter =
            merge(__builtin_shufflevector(half, half, 0, 1, 2, 3), __builtin_shufflevector(half, half, 4, 5, 6, 7));
        const auto pair = merge(quarter, __builtin_shufflevector(quarter, quarter, 2, 3, 0, 1));
        return merge(pair, __builtin_shufflevector(pair, pair, 1, 0, 3, 2))[0];
    } else if constexpr (Pack<Real>::kWidth == 8) {
        const auto half =
            merge(__builtin_shufflevector(whole, whole, 0, 1, 2, 3), __builtin_shufflevector(whole, whole, 4, 5, 6, 7));
        const auto pair = merge(half, __builtin_shufflevector(half, half, 2, 3, 0, 1));
        return merge(pair, __builtin_shufflevector(pair, pair, 1, 0, 3, 2))[0];
    } else if constexpr (Pack<Real>::kWidth == 4) {
        const auto pair = merge(whole, __builtin_shufflevector(whole, whole, 2, 3, 0, 1));
        return merge(pair, __builtin_shufflevector(pair, pair, 1, 0, 3, 2))[0];
    } else {
        return merge(whole, __builtin_shufflevector(whole, whole, 1, 0))[0];
    }
}

/// One round of `top_two`: of each lane and the one that `order` puts beside it, the higher and the second highest.
#define OCRKIT_PLAY(...)                                                                       \
    {                                                                                          \
        const auto other_first = __builtin_shufflevector(first, first, __VA_ARGS__);           \
        const auto other_second = __builtin_shufflevector(second, second, __VA_ARGS__);        \
        second = Higher{}(Lower{}(first, other_first), Higher{}(second, other_second));        \
        first = Higher{}(first, other_first);                                                  \
    }

/// The highest and the second highest of the numbers in both packs, where no lane of the second has more than the same
/// lane of the first; equal ones count each.
template <class Real>
OCRKIT_INLINE void top_two(const Pack<Real>& firsts, const Pack<Real>& seconds, Real& top, Real& runner_up) {
    auto first = firsts.parts[0];
    auto second = seconds.parts[0];
    for (std::size_t i = 1; i < Pack<Real>::kParts; ++i) {
        second = Higher{}(Lower{}(first, firsts.parts[i]), Higher{}(second, seconds.parts[i]));
        first = Higher{}(first, firsts.parts[i]);
    }
    if constexpr (Pack<Real>::kWidth == 16) {
        OCRKIT_PLAY(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
        OCRKIT_PLAY(4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)
        OCRKIT_PLAY(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
        OCRKIT_PLAY(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
    } else if constexpr (Pack<Real>::kWidth == 8) {
        OCRKIT_PLAY(4, 5, 6, 7, 0, 1, 2, 3)
        OCRKIT_PLAY(2, 3, 0, 1, 6, 7, 4, 5)
        OCRKIT_PLAY(1, 0, 3, 2, 5, 4, 7, 6)
    } else if constexpr (Pack<Real>::kWidth == 4) {
        OCRKIT_PLAY(2, 3, 0, 1)
        OCRKIT_PLAY(1, 0, 3, 2)
    } else {
        OCRKIT_PLAY(1, 0)
    }
    top = first[0];
    runner_up = second[0];
}
#undef OCRKIT_PLAY

/// Below it `exponentials` gives zero: what a float still holds with all its digits.
constexpr float kLeastLog = -86.0F;

/// e^x for x <= 1 or so, to 2e-7 of its size.
/// Source: the minimax polynomial of Moshier's Cephes library, expf.
OCRKIT_INLINE Pack<float> exponentials(const Pack<float>& logs) {
    using Vector = Pack<float>::Vector;
    using Integers [[gnu::vector_size(OCRKIT_VECTOR_BYTES)]] = std::int32_t;
    constexpr float kRound = 12582912.0F;   // 1.5 x 2^23: adding it rounds to an integer in the low bits
    Pack<float> result;
    for (std::size_t i = 0; i < Pack<float>::kParts; ++i) {
        const Vector least = kLeastLog - Vector{};
        const Vector given = logs.parts[i];
        const Vector x = given > least ? given : least;
        const Vector shifted = x * 1.44269504088896341F + kRound;
        const Vector whole = shifted - kRound;
        const Vector rest = (x - whole * 0.693359375F) - whole * -2.12194440e-4F;
        Vector value = rest * 1.9875691500e-4F + 1.3981999507e-3F;
        value = value * rest + 8.3334519073e-3F;
        value = value * rest + 4.1665795894e-2F;
        value = value * rest + 1.6666665459e-1F;
        value = value * rest + 5.0000001201e-1F;
        value = value * (rest * rest) + rest + 1.0F;
        // The low bits of `shifted` are the power of two; those of kRound leave at the top when they move up.
        const Integers power = __builtin_bit_cast(Integers, shifted) << 23;
        const Integers scaled = __builtin_bit_cast(Integers, value) + power;
        result.parts[i] = given > least ? __builtin_bit_cast(Vector, scaled) : Vector{};
    }
    return result;
}

/// Writes a tile of sixteen rows of sixteen as sixteen columns, `stride` apart.
template <class Number>
OCRKIT_INLINE void transpose(const Number* rows, Number* columns, std::size_t stride) {
    for (std::size_t l = 0; l < kLexiconLanes; ++l) {
        for (std::size_t i = 0; i < kLexiconLanes; ++i) columns[l * stride + i] = rows[i * kLexiconLanes + l];
    }
}

#if OCRKIT_VECTOR_BYTES == 64
/// Interleaving the upper half of the rows with the lower four times over puts each row where its column was.
OCRKIT_INLINE void transpose(const float* rows, float* columns, std::size_t stride) {
    using Vector = Pack<float>::Vector;
    Vector from[16];
    Vector to[16];
    __builtin_memcpy(from, rows, sizeof(from));
    for (int round = 0; round < 4; ++round) {
        for (std::size_t i = 0; i < 8; ++i) {
            to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                                7, 23);
            to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                                    14, 30, 15, 31);
        }
        __builtin_memcpy(from, to, sizeof(from));
    }
    for (std::size_t l = 0; l < 16; ++l) __builtin_memcpy(columns + l * stride, &from[l], sizeof(Vector));
}
#endif

}  // namespace
}  // namespace ocrkit::ctc
