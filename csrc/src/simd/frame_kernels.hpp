/// The frame loops of `Kernels`, over the vectors of an instruction set `Simd`. To be included by one source file for
/// each, compiled for that set: nothing here may have a linkage that another file's copy could replace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "simd/kernels.hpp"

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

/// How many values stand in front of the first one from which on no vector straddles two cache lines; less than a vector.
template <class Simd, class Source>
inline std::size_t vectors_begin(const Source* values) {
    constexpr std::size_t kBytes = Simd::kFloats * sizeof(Source);
    const std::size_t past = reinterpret_cast<std::uintptr_t>(values) % kBytes;
    return past == 0 ? 0 : (kBytes - past) / sizeof(Source);
}

inline bool is_log_probability(float top, float limit) { return top < limit && top > -__builtin_inff(); }

/// The arg-max of a frame of `Vectors` vectors, the last perhaps a part: in registers, and without a branch on where it
/// is. Returns bits where there is NaN.
template <class Simd, class Source, std::size_t Vectors>
[[gnu::always_inline]] inline std::uint64_t short_arg_max(const Frame<Simd, Source>& frame, float* high, Label* best) {
    using Floats = typename Simd::Floats;
    constexpr std::size_t kWidth = Simd::kFloats;
    constexpr std::size_t kInWord = kNoBits / kWidth;  // vectors whose bits fill a word
    Floats vectors[Vectors];
    for (std::size_t i = 0; i + 1 < Vectors; ++i) {
        vectors[i] = frame.full(i * kWidth);
    }
    vectors[Vectors - 1] = frame.rest((Vectors - 1) * kWidth);
    Floats tops = vectors[Vectors - 1];
    std::uint64_t not_a_number = Simd::unordered(tops, tops);
    for (std::size_t i = 0; i + 1 < Vectors; i += 2) {
        const Floats other = i + 2 < Vectors ? vectors[i + 1] : vectors[i];
        not_a_number |= Simd::unordered(vectors[i], other);
        tops = Simd::max(tops, Simd::max(vectors[i], other));
    }
    const float top = Simd::highest(tops);
    const Floats wanted = Simd::all(top);
    std::uint64_t equal[2] = {0, 0};
    for (std::size_t i = 0; i < Vectors; ++i) {
        equal[i / kInWord] |= Simd::equal(vectors[i], wanted) << (i % kInWord * kWidth);
    }
    const bool is_up = Vectors > kInWord && equal[0] == 0;
    *high = top;
    *best = static_cast<Label>((is_up ? kNoBits : 0) + lowest_bit(is_up ? equal[1] : equal[0]));
    return not_a_number;
}

/// The arg-max of a frame of any size: the maximum chunk by chunk, then its place within the first chunk that has it.
/// Chunks begin where vectors do not straddle two cache lines, which halves the speed of reading; what stands in front
/// is a chunk of its own.
template <class Simd, class Source>
inline bool long_arg_max(const Frame<Simd, Source>& frame, float limit, float* high, Label* best) {
    using Floats = typename Simd::Floats;
    constexpr std::size_t kWidth = Simd::kFloats;
    constexpr std::size_t kChunk = 64 * kWidth;
    constexpr std::size_t kAhead = 4096 / sizeof(Source);  // so far ahead memory is asked for
    constexpr std::size_t kLine = 64 / sizeof(Source);
    const std::size_t lead = vectors_begin<Simd>(frame.values);
    const Floats nothing = Simd::all(-__builtin_inff());
    Floats tops0 = Simd::load_part(frame.values, lead);
    std::uint64_t not_a_number = Simd::unordered(tops0, tops0);
    float top = Simd::highest(tops0);
    std::size_t top_chunk = 0;
    for (std::size_t begin = lead; begin < frame.count; begin += kChunk) {
        const std::size_t end = frame.count - begin > kChunk ? begin + kChunk : frame.count;
        tops0 = nothing;
        Floats tops1 = nothing, tops2 = nothing, tops3 = nothing;
        std::size_t at = begin;
        for (; at + 4 * kWidth <= end; at += 4 * kWidth) {
            for (std::size_t line = 0; line < 4 * kWidth; line += kLine) {
                __builtin_prefetch(frame.values + at + kAhead + line);
            }
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
    if (not_a_number != 0 || !is_log_probability(top, limit)) {
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
std::size_t long_arg_maxes(const std::byte* data, std::ptrdiff_t frame_stride, std::size_t frames, std::size_t labels,
                           float limit, float* high, Label* best) {
    for (std::size_t t = 0; t < frames; ++t) {
        const auto* const at = reinterpret_cast<const Source*>(data + static_cast<std::ptrdiff_t>(t) * frame_stride);
        if (!long_arg_max<Simd, Source>({at, labels}, limit, high + t, best + t)) {
            return t;
        }
    }
    return frames;
}

/// Whether all values are finite and below `limit`.
template <class Simd>
bool are_log_probabilities(const float* values, std::size_t count, float limit) {
    const Frame<Simd, float> all{values, count};
    const typename Simd::Floats lowest = Simd::all(-__FLT_MAX__);
    const typename Simd::Floats above = Simd::all(limit);
    std::size_t finite = 0;
    for (std::size_t at = 0; at < count; at += Simd::kFloats) {
        const typename Simd::Floats here = all.rest(at);
        const std::uint64_t bits = Simd::at_least(here, lowest) & ~Simd::at_least(here, above);
        finite += static_cast<std::size_t>(__builtin_popcountll(bits));
    }
    return finite == count;
}

template <class Simd, class Source, std::size_t Vectors>
std::size_t short_arg_maxes(const std::byte* data, std::ptrdiff_t frame_stride, std::size_t frames, std::size_t labels,
                            float limit, float* high, Label* best) {
    const auto frame = [&](std::size_t t) {
        const std::byte* const at = data + static_cast<std::ptrdiff_t>(t) * frame_stride;
        return Frame<Simd, Source>{reinterpret_cast<const Source*>(at), labels};
    };
    constexpr std::ptrdiff_t kAhead = 4096;
    std::uint64_t not_a_number = 0;
    for (std::size_t t = 0; t < frames; ++t) {
        const std::byte* const ahead = data + static_cast<std::ptrdiff_t>(t) * frame_stride + kAhead;
        for (std::size_t at = 0; at < Vectors * Simd::kFloats * sizeof(Source); at += 64) {
            __builtin_prefetch(ahead + at);
        }
        not_a_number |= short_arg_max<Simd, Source, Vectors>(frame(t), high + t, best + t);
    }
    // Whether anything is wrong is looked for once a line, and only then in which frame.
    const bool is_good = not_a_number == 0 && are_log_probabilities<Simd>(high, frames, limit);
    for (std::size_t t = 0; !is_good && t < frames; ++t) {
        if (short_arg_max<Simd, Source, Vectors>(frame(t), high + t, best + t) != 0 ||
            !is_log_probability(high[t], limit)) {
            return t;
        }
    }
    return frames;
}

template <class Simd, class Source>
std::size_t arg_max(const std::byte* data, std::ptrdiff_t frame_stride, std::size_t frames, std::size_t labels,
                    float limit, float* high, Label* best) {
    using Loop = std::size_t (*)(const std::byte*, std::ptrdiff_t, std::size_t, std::size_t, float, float*, Label*);
    constexpr Loop kLoops[] = {short_arg_maxes<Simd, Source, 1>, short_arg_maxes<Simd, Source, 2>,
                               short_arg_maxes<Simd, Source, 3>, short_arg_maxes<Simd, Source, 4>,
                               short_arg_maxes<Simd, Source, 5>, short_arg_maxes<Simd, Source, 6>,
                               short_arg_maxes<Simd, Source, 7>, short_arg_maxes<Simd, Source, 8>};
    const std::size_t vectors = (labels + Simd::kFloats - 1) / Simd::kFloats;
    const Loop loop = vectors <= std::size(kLoops) ? kLoops[vectors - 1] : long_arg_maxes<Simd, Source>;
    return loop(data, frame_stride, frames, labels, limit, high, best);
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
std::size_t pick_other(const Label* labels, std::size_t count, Label label, std::int32_t* out) {
    constexpr std::uint64_t kPiece = (std::uint64_t{1} << Simd::kDoubles) - 1;  // what put_places takes at once
    std::size_t found = 0;
    std::size_t at = 0;
    for (; at + Simd::kFloats <= count; at += Simd::kFloats) {
        const std::uint64_t bits = Simd::other(labels + at, label);
        for (std::size_t piece = 0; piece < Simd::kFloats; piece += Simd::kDoubles) {
            const std::uint64_t here = bits >> piece & kPiece;
            Simd::put_places(out + found, at + piece, here);
            found += static_cast<std::size_t>(__builtin_popcountll(here));
        }
    }
    for (; at < count; ++at) {
        out[found] = static_cast<std::int32_t>(at);
        found += labels[at] != label ? 1 : 0;
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

}  // namespace
}  // namespace ocrkit::ctc
