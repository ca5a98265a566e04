/// The arithmetic of lexicon search: numbers that cannot underflow, and the recurrence of one trie node.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace ocrkit::ctc {

/// A non-negative number of unbounded range: mantissa x 2^exponent, mantissa in [1, 2), or 0. The precision is a
/// double's. A path that leaves a peaked line costs 60 nats a frame, and 5,000 frames of that are e^-300000.
struct Extended {
    double mantissa = 0.0;
    double exponent = 0.0;   // integral
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

/// What `from_log` makes of a natural logarithm: a number of the search.
template <class Number>
Number from_log(float value);

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

/// ln(prefix x (1 + slack) - whole), where whole <= prefix up to rounding.
inline double log_difference(double prefix, double whole, double slack) {
    return std::log(std::fmax(prefix + (prefix * slack - whole), 0.0));
}

inline double log_difference(Extended prefix, Extended whole, double slack) {
    if (prefix.mantissa == 0.0) return to_log(prefix);
    const double shift = whole.exponent - prefix.exponent;
    const bool counts = whole.mantissa != 0.0 && shift > -64.0;
    const double part = counts ? std::ldexp(whole.mantissa, static_cast<int>(std::fmin(shift, 64.0))) : 0.0;
    return log_difference(prefix.mantissa, part, slack) + prefix.exponent * 0.6931471805599453;
}

/// What a child of a node needs to know before its columns are worth keeping.
template <class Number, std::size_t Lanes>
struct ChildMass {
    std::array<Number, Lanes> prefix{};   // probability that the output begins with the child's labels
    std::array<Number, Lanes> whole{};    // probability that it ends with them too
};

/// Runs the recurrences of `Lanes` siblings side by side over the frames first..T-1; O(T x Lanes).
/// source[t] is the parent's mass after t frames from which a child's label may begin: all of it, or, where that label
/// is the parent's own, the part that ends with a blank. emission[l][t] and blank[t] are probabilities in frame t.
template <class Number, std::size_t Lanes>
inline ChildMass<Number, Lanes> child_mass(const Number* source, const std::array<const Number*, Lanes>& emission,
                                           const Number* blank, std::size_t first, std::size_t frames) {
    std::array<Number, Lanes> prefix{};
    std::array<Number, Lanes> label_last{};
    std::array<Number, Lanes> blank_last{};
    for (std::size_t t = first; t < frames; ++t) {
        const Number mass = source[t];
        const Number blank_here = blank[t];
        for (std::size_t l = 0; l < Lanes; ++l) {
            const Number here = emission[l][t];
            const Number begun = mass * here;
            prefix[l] = prefix[l] + begun;
            blank_last[l] = (blank_last[l] + label_last[l]) * blank_here;
            label_last[l] = label_last[l] * here + begun;
        }
    }
    ChildMass<Number, Lanes> result{prefix, {}};
    for (std::size_t l = 0; l < Lanes; ++l) result.whole[l] = blank_last[l] + label_last[l];
    return result;
}

/// The same recurrence for one child, keeping its columns: after t frames, for t in first+1..T, the mass that ends
/// with a blank, and all of it. Nothing is written before first+1. O(T).
template <class Number>
inline void child_columns(const Number* source, const Number* emission, const Number* blank, std::size_t first,
                          std::size_t frames, Number* blank_column, Number* total_column) {
    Number label_last{};
    Number blank_last{};
    for (std::size_t t = first; t < frames; ++t) {
        const Number begun = source[t] * emission[t];
        blank_last = (blank_last + label_last) * blank[t];
        label_last = label_last * emission[t] + begun;
        blank_column[t + 1] = blank_last;
        total_column[t + 1] = blank_last + label_last;
    }
}

}  // namespace ocrkit::ctc
