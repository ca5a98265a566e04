/// Numbers that cannot underflow, for the lines on which doubles do.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace ocrkit::ctc {

/// A non-negative number of unbounded range: mantissa x 2^exponent, mantissa in [1, 2), or 0. The precision is a
/// double's. A path that leaves a peaked line costs 60 nats a frame, and 5,000 frames of that are e^-300000.
struct Extended {
    double mantissa = 0.0;
    double exponent = 0.0;   // integral; 0 where the mantissa is 0
};

/// 2^shift for an integral shift in -1022..0.
inline double power_of_two(double shift) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(static_cast<std::int64_t>(shift) + 1023) << 52);
}

/// `number` with its mantissa, which is in [1, 4), brought back below 2.
inline Extended renormalised(Extended number) {
    if (number.mantissa < 2.0) return number;
    return {number.mantissa * 0.5, number.exponent + 1.0};
}

inline Extended operator*(Extended a, Extended b) {
    if (a.mantissa == 0.0 || b.mantissa == 0.0) return {};
    return renormalised({a.mantissa * b.mantissa, a.exponent + b.exponent});
}

inline Extended operator+(Extended a, Extended b) {
    if (a.mantissa == 0.0) return b;
    if (b.mantissa == 0.0) return a;
    if (a.exponent < b.exponent) std::swap(a, b);
    const double shift = b.exponent - a.exponent;
    if (shift < -64.0) return a;
    return renormalised({a.mantissa + b.mantissa * power_of_two(shift), a.exponent});
}

inline bool operator==(Extended a, Extended b) { return a.mantissa == b.mantissa && a.exponent == b.exponent; }

inline bool operator<(Extended a, Extended b) {
    if (a.mantissa == 0.0 || b.mantissa == 0.0) return a.mantissa < b.mantissa;
    return a.exponent != b.exponent ? a.exponent < b.exponent : a.mantissa < b.mantissa;
}

/// What `from_log` makes of a natural logarithm: a number of the search.
template <class Number>
Number from_log(float value);

template <>
inline float from_log<float>(float value) {
    return std::exp(value);
}

template <>
inline double from_log<double>(float value) {
    return std::exp(static_cast<double>(value));
}

template <>
inline Extended from_log<Extended>(float value) {
    if (std::isinf(value)) return {};
    const double log2_value = static_cast<double>(value) * 1.4426950408889634;   // 1 / ln 2
    const double exponent = std::floor(log2_value);
    return {std::exp2(log2_value - exponent), exponent};
}

inline double to_log(double number) { return std::log(number); }

inline double to_log(Extended number) {
    if (number.mantissa == 0.0) return -std::numeric_limits<double>::infinity();
    return std::log(number.mantissa) + number.exponent * 0.6931471805599453;   // ln 2
}

}  // namespace ocrkit::ctc
