/// The frame loops of `Kernels`, over the vectors of an instruction set `Simd`. To be included by one source file for
/// each, compiled for that set: nothing here may have a linkage that another file's copy could replace.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels.hpp"

namespace ocrkit::ctc {
namespace {

constexpr std::size_t kNoBits = 64;

inline std::size_t lowest_bit(std::uint64_t bits) {
    return bits == 0 ? kNoBits : static_cast<std::size_t>(__builtin_ctzll(bits));
}

/// Reads vectors of a frame whose values are `Source`s: float, or the bits of a float16 or a bfloat16.
template <class Simd, class Source>
struct Frame {
    const Source* values;
    std::size_t count;

    typename Simd::Floats full(std::size_t at) const { return Simd::load(values + at); }

    /// What is left from `at` on, less than a vector or a whole one, and -inf behind it.
    typename Simd::Floats rest(std::size_t at) const {
        return count - at >= Simd::kFloats ? full(at) : Simd::load_part(values + at, count - at);
    }
};

inline bool is_log_probability(float top) { return top < __builtin_inff() && top > -__builtin_inff(); }

/// Vectors at, at+1, at+2 and at+3 of a frame, -inf where it ends.
template <class Simd, class Source>
struct FourVectors {
    typename Simd::Floats a, b, c, d;

    FourVectors(const Frame<Simd, Source>& frame, std::size_t at) {
        constexpr std::size_t kWidth = Simd::kFloats;
        const typename Simd::Floats nothing = Simd::all(-__builtin_inff());
        a = frame.count > at ? frame.rest(at) : nothing;
        b = frame.count > at + kWidth ? frame.rest(at + kWidth) : nothing;
        c = frame.count > at + 2 * kWidth ? frame.rest(at + 2 * kWidth) : nothing;
        d = frame.count > at + 3 * kWidth ? frame.rest(at + 3 * kWidth) : nothing;
    }

    typename Simd::Floats top() const { return Simd::max(Simd::max(a, b), Simd::max(c, d)); }
    std::uint64_t unordered() const { return Simd::unordered(a, b) | Simd::unordered(c, d); }
    std::uint64_t equal(typename Simd::Floats to) const {
        constexpr std::size_t kWidth = Simd::kFloats;
        return Simd::equal(a, to) | Simd::equal(b, to) << kWidth | Simd::equal(c, to) << (2 * kWidth) |
               Simd::equal(d, to) << (3 * kWidth);
    }
};

/// The arg-max of a frame of up to `Fours` x 4 vectors: in registers, and without a branch on where it is.
template <class Simd, class Source, std::size_t Fours>
inline bool short_arg_max(const Frame<Simd, Source>& frame, float* high, Label* best) {
    constexpr std::size_t kFour = 4 * Simd::kFloats;
    const FourVectors<Simd, Source> first(frame, 0);
    if constexpr (Fours == 1) {
        const float top = Simd::highest(first.top());
        *high = top;
        *best = static_cast<Label>(lowest_bit(first.equal(Simd::all(top))));
        return first.unordered() == 0 && is_log_probability(top);
    } else {
        const FourVectors<Simd, Source> second(frame, kFour);
        const float top = Simd::highest(Simd::max(first.top(), second.top()));
        const std::uint64_t low = first.equal(Simd::all(top));
        const std::uint64_t up = second.equal(Simd::all(top));
        *high = top;
        *best = static_cast<Label>(low != 0 ? lowest_bit(low) : kFour + lowest_bit(up));
        return (first.unordered() | second.unordered()) == 0 && is_log_probability(top);
    }
}

/// The arg-max of a frame of any size: the maximum chunk by chunk, then its place within the first chunk that has it.
template <class Simd, class Source>
inline bool long_arg_max(const Frame<Simd, Source>& frame, float* high, Label* best) {
    using Floats = typename Simd::Floats;
    constexpr std::size_t kWidth = Simd::kFloats;
    constexpr std::size_t kChunk = 64 * kWidth;
    float top = -__builtin_inff();
    std::size_t top_chunk = 0;
    std::uint64_t not_a_number = 0;
    for (std::size_t begin = 0; begin < frame.count; begin += kChunk) {
        const std::size_t end = frame.count - begin > kChunk ? begin + kChunk : frame.count;
        Floats tops0 = Simd::all(-__builtin_inff());
        Floats tops1 = tops0, tops2 = tops0, tops3 = tops0;
        std::size_t at = begin;
        for (; at + 4 * kWidth <= end; at += 4 * kWidth) {
            const Floats a = frame.full(at);
            const Floats b = frame.full(at + kWidth);
            const Floats c = frame.full(at + 2 * kWidth);
            const Floats d = frame.full(at + 3 * kWidth);
            not_a_number |= Simd::unordered(a, b) | Simd::unordered(c, d);
            tops0 = Simd::max(tops0, a);
            tops1 = Simd::max(tops1, b);
            tops2 = Simd::max(tops2, c);
            tops3 = Simd::max(tops3, d);
        }
        for (; at < end; at += kWidth) {
            const Floats a = frame.rest(at);
            not_a_number |= Simd::unordered(a, a);
            tops0 = Simd::max(tops0, a);
        }
        const float here = Simd::highest(Simd::max(Simd::max(tops0, tops1), Simd::max(tops2, tops3)));
        if (here > top) {
            top = here;
            top_chunk = begin;
        }
    }
    *high = top;
    if (not_a_number != 0 || !is_log_probability(top)) {
        return false;
    }
    const Floats wanted = Simd::all(top);
    for (std::size_t at = top_chunk;; at += kWidth) {
        const std::uint64_t equal = Simd::equal(frame.rest(at), wanted);
        if (equal != 0) {
            *best = static_cast<Label>(at + lowest_bit(equal));
            return true;
        }
    }
}

template <class Simd, class Source>
inline bool frame_arg_max(const Frame<Simd, Source>& frame, float* high, Label* best) {
    if (frame.count <= 4 * Simd::kFloats) {
        return short_arg_max<Simd, Source, 1>(frame, high, best);
    }
    if (frame.count <= 8 * Simd::kFloats) {
        return short_arg_max<Simd, Source, 2>(frame, high, best);
    }
    return long_arg_max(frame, high, best);
}

template <class Simd, class Source>
std::size_t arg_max(const std::byte* data, std::ptrdiff_t frame_stride, std::size_t frames, std::size_t labels,
                    float* high, Label* best) {
    for (std::size_t t = 0; t < frames; ++t) {
        const auto* const at = reinterpret_cast<const Source*>(data + static_cast<std::ptrdiff_t>(t) * frame_stride);
        if (!frame_arg_max<Simd, Source>({at, labels}, high + t, best + t)) {
            return t;
        }
    }
    return frames;
}

template <class Simd, class Source>
void widen(const std::byte* data, std::size_t count, float* out) {
    const Frame<Simd, Source> frame{reinterpret_cast<const Source*>(data), count};
    std::size_t at = 0;
    for (; at + Simd::kFloats <= count; at += Simd::kFloats) {
        Simd::store(out + at, frame.full(at));
    }
    if (at < count) {
        float rest[Simd::kFloats];
        Simd::store(rest, frame.rest(at));
        for (std::size_t i = 0; at < count; ++at, ++i) {
            out[at] = rest[i];
        }
    }
}

template <class Simd>
std::size_t pick(const float* values, std::size_t count, float threshold, Label* out) {
    const Frame<Simd, float> frame{values, count};
    // What is not above -inf must not be picked, however low the threshold.
    const float least = threshold < -__FLT_MAX__ ? -__FLT_MAX__ : threshold;
    const typename Simd::Floats wanted = Simd::all(least);
    std::size_t found = 0;
    for (std::size_t at = 0; at < count; at += Simd::kFloats) {
        std::uint64_t bits = Simd::at_least(frame.rest(at), wanted);
        for (; bits != 0; bits &= bits - 1) {
            out[found++] = static_cast<Label>(at + lowest_bit(bits));
        }
    }
    return found;
}

template <class Simd>
std::size_t pick_doubles(const double* values, std::size_t count, double threshold, std::int32_t* out) {
    const typename Simd::Doubles wanted = Simd::all(threshold);
    std::size_t found = 0;
    std::size_t at = 0;
    for (; at + Simd::kDoubles <= count; at += Simd::kDoubles) {
        const std::uint64_t bits = Simd::at_least(Simd::loaded(values + at), wanted);
        Simd::put_places(out + found, at, bits);
        found += static_cast<std::size_t>(__builtin_popcountll(bits));
    }
    for (; at < count; ++at) {
        out[found] = static_cast<std::int32_t>(at);
        found += values[at] >= threshold ? 1 : 0;
    }
    return found;
}

template <class Simd>
double highest(const double* values, std::size_t count) {
    double best = values[0];
    std::size_t at = 0;
    if (count >= Simd::kDoubles) {
        typename Simd::Doubles tops = Simd::loaded(values);
        for (at = Simd::kDoubles; at + Simd::kDoubles <= count; at += Simd::kDoubles) {
            tops = Simd::max(tops, Simd::loaded(values + at));
        }
        best = Simd::highest(tops);
    }
    for (; at < count; ++at) {
        best = values[at] > best ? values[at] : best;
    }
    return best;
}

template <class Simd>
std::size_t count_at_least(const double* values, std::size_t count, double threshold) {
    const typename Simd::Doubles wanted = Simd::all(threshold);
    std::size_t found = 0;
    std::size_t at = 0;
    for (; at + Simd::kDoubles <= count; at += Simd::kDoubles) {
        found += static_cast<std::size_t>(__builtin_popcountll(Simd::at_least(Simd::loaded(values + at), wanted)));
    }
    for (; at < count; ++at) {
        found += values[at] >= threshold ? 1 : 0;
    }
    return found;
}

template <class Simd>
bool any_below(const float* values, std::size_t count, float threshold) {
    const Frame<Simd, float> frame{values, count};
    const typename Simd::Floats wanted = Simd::all(threshold);
    const typename Simd::Floats lowest = Simd::all(-__FLT_MAX__);
    for (std::size_t at = 0; at < count; at += Simd::kFloats) {
        const typename Simd::Floats here = frame.rest(at);
        if ((Simd::at_least(here, lowest) & ~Simd::at_least(here, wanted)) != 0) {
            return true;
        }
    }
    return false;
}

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

}  // namespace
}  // namespace ocrkit::ctc
