/// The inner loops of lexicon search, over 16 letters or 16 frames at a time, for whatever the processor has.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ocrkit/ctc/types.hpp"
#include "simd/extended.hpp"
#include "simd/instruction_set.hpp"

namespace ocrkit::ctc {

/// Letters of one block, and frames of one step; columns are padded with zeros to a multiple of it.
inline constexpr std::size_t kLexiconLanes = 16;

/// Letters that may follow, up to which bounds are told apart.
inline constexpr std::size_t kLexiconLevels = 15;

/// A column of `frames` numbers takes so many.
inline constexpr std::size_t padded(std::size_t frames) {
    return (frames + kLexiconLanes - 1) / kLexiconLanes * kLexiconLanes;
}

/// Up to 16 letters of a lexicon.
struct LetterBlock {
    Label labels[kLexiconLanes] = {};   // those past `count` repeat the last
    std::size_t count = 0;
    bool is_run = false;                // consecutive labels
};

/// One frame of the bound that `LineTables` describes, over all letters.
template <class Number>
struct Ceiling {
    Number highest{};      // what the best letter may bring from here on
    Number second{};       // the best among all others: for the letter that is the best itself
    Number later{};        // what comes after a blank here
    Number blanks{};       // nothing but blanks from here on
};

/// The loops for one kind of number and one instruction set. T frames; a block's columns stand one after another,
/// padded(T) numbers each: frame t of lane l at [l x padded(T) + t].
template <class Number>
struct LexiconKernels {
    /// ceilings[t], t < T, for letters that any number of others may follow; blank[t] is that label's probability.
    /// `state` has room for 2 x 16 numbers a block. O(TK) for K letters.
    void (*ceilings)(const LineView& line, const LetterBlock* blocks, std::size_t block_count, const Number* blank,
                     Number* state, Ceiling<Number>* ceilings);

    /// The columns of one block: `emission`, `whole` and `below`, as LineTables has them. O(16 T).
    void (*fill)(const LineView& line, const LetterBlock& block, const Ceiling<Number>* ceilings, Number* emission,
                 Number* whole, Number* below);

    /// `below` for letters that at most 1..levels others may follow, from the blocks' `emission` and `whole`:
    /// below[level - 1][block][lane][t]. `state` has room for (17 levels + 2) x 16 numbers a block. O(TK levels).
    void (*fill_levels)(std::size_t frames, std::size_t block_count, const Number* blank, const Number* const* emission,
                        const Number* const* whole, std::size_t levels, Number* state, Number* below);

    /// sums[i] = sum of source[t] x columns[i][t] over begin <= t < end, both multiples of 16.
    void (*weigh)(const Number* source, std::size_t begin, std::size_t end, const Number* const* columns,
                  std::size_t count, Number* sums);

    /// A node's columns from those of its parent: the mass after t frames, begin <= t < T, that ends with a blank, and
    /// all of it. Its label, of the probabilities `emission`, begins in frame `first` or later, out of the parent's
    /// mass in `source`. Zero before and behind, from the last multiple of 16 to padded(T). O(T).
    void (*extend)(const Number* source, const Number* emission, const Number* blank, std::size_t first,
                   std::size_t frames, Number* after_blank, Number* after_any);
};

/// The version for a set that this machine runs. `Extended` has one for all.
template <class Number>
const LexiconKernels<Number>& lexicon_kernels(InstructionSet set);

template <>
const LexiconKernels<float>& lexicon_kernels(InstructionSet set);
template <>
const LexiconKernels<double>& lexicon_kernels(InstructionSet set);
template <>
const LexiconKernels<Extended>& lexicon_kernels(InstructionSet set);

/// The version for the set that is chosen.
template <class Number>
const LexiconKernels<Number>& lexicon_kernels() {
    return lexicon_kernels<Number>(chosen_set());
}

}  // namespace ocrkit::ctc
