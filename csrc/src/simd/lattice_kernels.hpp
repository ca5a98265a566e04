/// The forward pass and the best alignment of `Kernels`, over the vectors of an instruction set `Simd`. To be included
/// as frame_kernels.hpp is.
///
/// A labelling of L labels has the states blank 0, label 0, blank 1, .. label L-1, blank L. They are kept as two rows,
/// "blank i stands last" and "label i stands last", L+1 long, filled up to whole blocks; a step then needs no more than
/// the same place and the one before it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/exponential_kernels.hpp"
#include "simd/frame_kernels.hpp"

namespace ocrkit::ctc {
namespace {

/// What the scratch memory of a lattice is for, and which blocks of states matter when.
template <class Simd>
struct Rows {
    std::size_t blocks;
    double* blank_last;
    double* label_last;
    double* may_skip;   // the identity where label i may follow label i-1 with no blank between, else the nothing
    double* is_label;   // the identity where there is a label i, else the nothing

    /// `one` and `zero` are the number that a path starts with, and that of no path.
    Rows(const Lattice& lattice, double one, double zero)
        : blocks(lattice.count / Simd::kDoubles + 1),
          blank_last(lattice.states),
          label_last(blank_last + size()),
          may_skip(label_last + size()),
          is_label(may_skip + size()) {
        for (std::size_t i = 0; i < size(); ++i) {
            blank_last[i] = zero;
            label_last[i] = zero;
            const bool differs = i > 0 && i < lattice.count && lattice.labels[i] != lattice.labels[i - 1];
            may_skip[i] = differs ? one : zero;
            is_label[i] = i < lattice.count ? one : zero;
        }
        blank_last[0] = one;
    }

    std::size_t size() const { return blocks * Simd::kDoubles; }

    /// The first block with a state from which the end can still be reached after frame t.
    static std::size_t first(const Lattice& lattice, std::size_t t) {
        const std::size_t left = lattice.frames - t;
        return lattice.count > left ? (lattice.count - left) / Simd::kDoubles : 0;
    }

    /// The last block with a state that can be reached by frame t.
    static std::size_t last(const Lattice& lattice, std::size_t t) {
        return (lattice.count < t ? lattice.count : t) / Simd::kDoubles;
    }
};

/// ln of the sum of all alignments, in linear numbers that are scaled when they leave 2^-60..2^60.
///
/// What is lost to underflow weighs at most 2^-1010 x 2^64 in scaled numbers, at any frame. It could have grown by at
/// most the product of what a state passes on in the frames to come: the blank's probability, its label's and the next
/// label's. The sum is trusted where all that is below 2^-60 of it.
template <class Simd>
Mass forward(const Lattice& lattice) {
    using Doubles = typename Simd::Doubles;
    constexpr std::size_t kWidth = Simd::kDoubles;
    const Rows<Simd> rows(lattice, 1.0, 0.0);
    double scale = 1.0;
    double exponent = 0.0;       // what the states were divided by, as a power of two
    double growth = 0.0;         // log2 of what one state can have passed on up to here, at most
    double worst = 0.0;          // the most that `exponent` was above `growth`
    std::size_t stored_from = 0; // blocks below hold states of earlier frames
    for (std::size_t t = 0; t < lattice.frames; ++t) {
        const float* const values = lattice.values + static_cast<std::ptrdiff_t>(t) * lattice.stride;
        const Doubles highs = Simd::all(static_cast<double>(lattice.high[t]));
        const Doubles scales = Simd::all(scale);
        const Doubles blank = exp_doubles<Simd>(
            Simd::sub(Simd::all(static_cast<double>(values[lattice.blank])), highs));
        const Doubles scaled_blank = Simd::mul(blank, scales);
        const std::size_t first = Rows<Simd>::first(lattice, t);
        const std::size_t last = Rows<Simd>::last(lattice, t);
        Doubles below = first > stored_from ? Simd::loaded(rows.label_last + (first - 1) * kWidth) : Simd::all(0.0);
        Doubles label_below = Simd::all(0.0);
        Doubles pairs = Simd::all(0.0);
        Doubles tops = Simd::all(0.0);
        for (std::size_t at = first * kWidth; at <= last * kWidth; at += kWidth) {
            const Doubles label = Simd::mul(
                exp_doubles<Simd>(Simd::sub(Simd::gathered(values, lattice.labels + at), highs)),
                Simd::loaded(rows.is_label + at));
            const Doubles may_skip = Simd::loaded(rows.may_skip + at);
            pairs = Simd::max(pairs, Simd::fma(may_skip, Simd::shifted(label, label_below), label));
            const Doubles label_last = Simd::loaded(rows.label_last + at);
            const Doubles blank_last = Simd::loaded(rows.blank_last + at);
            const Doubles before = Simd::shifted(label_last, below);
            const Doubles next_blank = Simd::mul(Simd::add(blank_last, before), scaled_blank);
            const Doubles next_label =
                Simd::mul(Simd::fma(may_skip, before, Simd::add(label_last, blank_last)), Simd::mul(label, scales));
            Simd::store(rows.blank_last + at, next_blank);
            Simd::store(rows.label_last + at, next_label);
            tops = Simd::max(tops, Simd::max(next_blank, next_label));
            below = label_last;
            label_below = label;
        }
        stored_from = first;
        const double passed_on = Simd::highest(Simd::add(pairs, blank));
        growth += passed_on < 2.0 ? (passed_on - 1.0) * 1.4426950408889634 : 1.5849625007211562;  // log2: its tangent; 3
        worst = exponent - growth > worst ? exponent - growth : worst;
        scale = 1.0;
        if (t % 4 == 3) {
            const double top = Simd::highest(tops);
            if (!(top > 0.0)) {
                return {};
            }
            if (top < 0x1p-60 || top > 0x1p60) {
                const int found = __builtin_ilogb(top);
                const int shift = found < -1000 ? -1000 : found;   // 2^1000 is a double, 2^1074 is none
                scale = __builtin_ldexp(1.0, -shift);
                exponent += shift;
            }
        }
    }
    const std::size_t end = lattice.count;
    const double sum = (rows.blank_last[end] + (end > 0 ? rows.label_last[end - 1] : 0.0)) * scale;
    const double log2_sum = __builtin_log2(sum) + exponent;
    return {log2_sum * 0.6931471805599453, sum > 0.0 && log2_sum > worst + growth - 880.0};
}

template <class Simd>
bool align(const Lattice& lattice, std::int32_t* begin, std::int32_t* end) {
    using Doubles = typename Simd::Doubles;
    constexpr std::size_t kWidth = Simd::kDoubles;
    const double nothing = -__builtin_inf();
    const Rows<Simd> rows(lattice, 0.0, nothing);
    std::size_t stored_from = 0;
    for (std::size_t t = 0; t < lattice.frames; ++t) {
        const float* const values = lattice.values + static_cast<std::ptrdiff_t>(t) * lattice.stride;
        const Doubles blank = Simd::all(static_cast<double>(values[lattice.blank]));
        const std::size_t first = Rows<Simd>::first(lattice, t);
        const std::size_t last = Rows<Simd>::last(lattice, t);
        Doubles below = first > stored_from ? Simd::loaded(rows.label_last + (first - 1) * kWidth) : Simd::all(nothing);
        for (std::size_t block = first; block <= last; ++block) {
            const std::size_t at = block * kWidth;
            const Doubles label = Simd::add(Simd::gathered(values, lattice.labels + at),
                                            Simd::loaded(rows.is_label + at));
            const Doubles label_last = Simd::loaded(rows.label_last + at);
            const Doubles blank_last = Simd::loaded(rows.blank_last + at);
            const Doubles before = Simd::shifted(label_last, below);
            const Doubles skipping = Simd::add(before, Simd::loaded(rows.may_skip + at));
            const Doubles no_skip = Simd::max(label_last, blank_last);
            std::uint8_t* const steps = lattice.steps + 3 * (t * rows.blocks + block);
            steps[0] = static_cast<std::uint8_t>(Simd::greater(before, blank_last));
            steps[1] = static_cast<std::uint8_t>(Simd::greater(blank_last, label_last));
            steps[2] = static_cast<std::uint8_t>(Simd::greater(skipping, no_skip));
            Simd::store(rows.blank_last + at, Simd::add(Simd::max(blank_last, before), blank));
            Simd::store(rows.label_last + at, Simd::add(Simd::max(no_skip, skipping), label));
            below = label_last;
        }
        stored_from = first;
    }
    std::size_t place = lattice.count;
    bool is_label = place > 0 && rows.label_last[place - 1] > rows.blank_last[place];
    place -= is_label ? 1 : 0;
    if ((is_label ? rows.label_last : rows.blank_last)[place] == nothing) {
        return false;
    }
    for (std::size_t i = 0; i < lattice.count; ++i) {
        end[i] = 0;
    }
    for (std::size_t t = lattice.frames; t-- > 0;) {
        const std::uint8_t* const steps = lattice.steps + 3 * (t * rows.blocks + place / kWidth);
        const auto takes = [&](int step) { return (steps[step] >> (place % kWidth) & 1) != 0; };
        if (!is_label) {
            is_label = takes(0);
            place -= is_label ? 1 : 0;
            continue;
        }
        begin[place] = static_cast<std::int32_t>(t);
        end[place] = end[place] == 0 ? static_cast<std::int32_t>(t) + 1 : end[place];
        if (takes(2)) {
            --place;
        } else if (takes(1)) {
            is_label = false;
        }
    }
    return true;
}

/// The table of these loops.
template <class Simd>
constexpr Kernels table() {
    return {.lanes = Simd::kDoubles,
            .arg_max = {&arg_max<Simd, float>, &arg_max<Simd, typename Simd::Half>,
                        &arg_max<Simd, typename Simd::Brain>},
            .widen = {&widen<Simd, float>, &widen<Simd, typename Simd::Half>, &widen<Simd, typename Simd::Brain>},
            .pick = &pick<Simd>,
            .pick_doubles = &pick_doubles<Simd>,
            .pick_other = &pick_other<Simd>,
            .highest = &highest<Simd>,
            .count_at_least = &count_at_least<Simd>,
            .any_below = &any_below<Simd>,
            .sum_exp = &sum_exp<Simd>,
            .exp = &exp<Simd>,
            .ln = &ln<Simd>,
            .subtract = &subtract<Simd>,
            .forward = &forward<Simd>,
            .align = &align<Simd>};
}

}  // namespace
}  // namespace ocrkit::ctc
