/// The loops of `Kernels` that take exponentials and logarithms, over the vectors of an instruction set `Simd`. To be
/// included by one source file for each, as frame_kernels.hpp is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/frame_kernels.hpp"

namespace ocrkit::ctc {
namespace {

/// exp(x) for x <= 0: 2^n times a polynomial in the rest, which is within ln(2)/2 of nought. 0 below -87.
/// Source: the Cephes library's expf, whose coefficients these are.
template <class Simd>
inline typename Simd::Floats exp_floats(typename Simd::Floats x) {
    using Floats = typename Simd::Floats;
    const Floats n = Simd::round(Simd::mul(x, Simd::all(1.44269504088896341F)));
    Floats r = Simd::fma(n, Simd::all(-0.693359375F), x);
    r = Simd::fma(n, Simd::all(2.12194440e-4F), r);
    Floats p = Simd::all(1.9875691500e-4F);
    p = Simd::fma(p, r, Simd::all(1.3981999507e-3F));
    p = Simd::fma(p, r, Simd::all(8.3334519073e-3F));
    p = Simd::fma(p, r, Simd::all(4.1665795894e-2F));
    p = Simd::fma(p, r, Simd::all(1.6666665459e-1F));
    p = Simd::fma(p, r, Simd::all(5.0000001201e-1F));
    p = Simd::fma(Simd::mul(r, r), p, Simd::add(r, Simd::all(1.0F)));
    return Simd::scale(p, n, x);
}

template <class Simd>
double sum_exp(const float* values, std::size_t count, float high) {
    const Frame<Simd, float> frame{values, count};
    const typename Simd::Floats highs = Simd::all(high);
    double sum = 0.0;
    for (std::size_t at = 0; at < count;) {
        // Sixteen vectors to a float32 sum: their rounding stays below that of the exponentials.
        const std::size_t end = count - at > 16 * Simd::kFloats ? at + 16 * Simd::kFloats : count;
        typename Simd::Floats part = Simd::all(0.0F);
        for (; at < end; at += Simd::kFloats) {
            part = Simd::add(part, exp_floats<Simd>(Simd::sub(frame.rest(at), highs)));
        }
        sum += Simd::total(part);
    }
    return sum;
}

/// exp(x) in double: 2^n times the Taylor polynomial of degree 11 in the rest, whose remainder is below 7e-15.
template <class Simd>
inline typename Simd::Doubles exp_doubles(typename Simd::Doubles x) {
    using Doubles = typename Simd::Doubles;
    x = Simd::min(x, Simd::all(710.0));
    const Doubles n = Simd::round(Simd::mul(x, Simd::all(1.4426950408889634)));
    Doubles r = Simd::fma(n, Simd::all(-6.93145751953125e-1), x);  // ln 2 in two parts, as Cephes has them
    r = Simd::fma(n, Simd::all(-1.42860682030941723212e-6), r);
    Doubles p = Simd::all(1.0 / 39916800.0);
    p = Simd::fma(p, r, Simd::all(1.0 / 3628800.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 362880.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 40320.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 5040.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 720.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 120.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 24.0));
    p = Simd::fma(p, r, Simd::all(1.0 / 6.0));
    p = Simd::fma(p, r, Simd::all(0.5));
    p = Simd::fma(p, r, Simd::all(1.0));
    p = Simd::fma(p, r, Simd::all(1.0));
    return Simd::scale(p, n, x);
}

template <class Simd>
void exp(const float* values, std::size_t count, float high, double* out) {
    const typename Simd::Doubles highs = Simd::all(static_cast<double>(high));
    std::size_t at = 0;
    for (; at + Simd::kDoubles <= count; at += Simd::kDoubles) {
        Simd::store(out + at, exp_doubles<Simd>(Simd::sub(Simd::widened(values + at), highs)));
    }
    if (at < count) {
        float rest[Simd::kDoubles] = {};
        double results[Simd::kDoubles];
        for (std::size_t i = 0; at + i < count; ++i) {
            rest[i] = values[at + i];
        }
        Simd::store(results, exp_doubles<Simd>(Simd::sub(Simd::widened(rest), highs)));
        for (std::size_t i = 0; at < count; ++at, ++i) {
            out[at] = results[i];
        }
    }
}

/// ln(x): the exponent's part, and a polynomial in s = f / (2 + f) for the fraction 1 + f between sqrt(1/2) and sqrt(2).
/// Source: fdlibm's e_log.c, whose coefficients these are.
inline double ln_of(double x) {
    constexpr std::uint64_t kHalfRoot = 0x3fe6a09e00000000;  // sqrt(1/2)
    constexpr std::uint64_t kOne = 0x3ff0000000000000;
    constexpr std::uint64_t kFraction = 0x000fffffffffffff;
    const std::uint64_t moved = __builtin_bit_cast(std::uint64_t, x) + (kOne - kHalfRoot);
    // As the low bits of 2^52 an integer becomes a double without a conversion, which AVX2 lacks.
    const double exponent = __builtin_bit_cast(double, (moved >> 52U) | 0x4330000000000000U) - (0x1p52 + 1023.0);
    const double f = __builtin_bit_cast(double, (moved & kFraction) + kHalfRoot) - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double rest =
        z * (6.666666666666735130e-01 +
             z * (3.999999999940941908e-01 +
                  z * (2.857142874366239149e-01 +
                       z * (2.222219843214978396e-01 +
                            z * (1.818357216161805012e-01 +
                                 z * (1.531383769920937332e-01 + z * 1.479819860511658591e-01))))));
    const double half = 0.5 * f * f;
    return exponent * 6.93147180369123816490e-01 +
           (f - (half - (s * (half + rest) + exponent * 1.90821492927058770002e-10)));
}

template <class Simd>
void ln(const double* __restrict values, std::size_t count, double* __restrict out) {
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = ln_of(values[i]);
    }
}

template <class Simd>
void subtract(const float* __restrict values, std::size_t count, double by, float* __restrict out) {
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = static_cast<float>(static_cast<double>(values[i]) - by);
    }
}

}  // namespace
}  // namespace ocrkit::ctc
