/// What a search needs to know of a line, letter by letter, before it looks at a trie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"
#include "simd/lexicon_kernels.hpp"

namespace ocrkit::ctc {

/// Memory on cache line borders, where packs of sixteen are read at once.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    static constexpr std::align_val_t kBorder{64};

    AlignedAllocator() = default;
    template <class U>
    explicit AlignedAllocator(const AlignedAllocator<U>&) {}

    T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kBorder)); }
    void deallocate(T* pointer, std::size_t) { ::operator delete(pointer, kBorder); }

    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

/// Columns over a line's frames, some of each letter. With them a node's children cost one sum of products each:
///
///     emission[t]  the letter's probability in frame t
///     whole[t]     that, and that no other letter follows: where the source is an output's mass after t frames, the
///                  sum of source[t] x whole[t] is the probability of that output with the letter added
///     below[t]     that, and a bound on what any one labelling can bring that goes on by at least one letter: the sum
///                  of source[t] x below[t] is at least the probability of every entry that begins so and goes on
///
/// The bound takes, in each frame, the letter that would bring most. That letter may differ from one alignment to the
/// next, as no labelling's can, and no lexicon is asked; so it is a bound. It has at most the prefix probability of
/// Graves 2012, section 7.5, which adds up all letters instead. Where few letters can follow, it may be told so.
template <class Number>
class LineTables {
   public:
    LineTables(std::span<const Label> alphabet, const LexiconKernels<Number>& kernels);

    /// O(TK) for K letters; columns are made when they are asked for.
    void reset(const LineView& line);

    /// Bounds `below` by how many letters may follow, from now on, unless T and K are too large. O(TK kLexiconLevels).
    void tell_levels_apart();

    /// What number a letter of the alphabet goes by.
    std::int32_t letter(Label label) const { return letters_[static_cast<std::size_t>(label)]; }

    /// (T,) the blank's probabilities.
    const Number* blank() const { return blank_.data(); }

    /// Makes sure of a letter's columns. They last until `reset`, and until others are made sure of.
    void require(std::int32_t letter) {
        const std::size_t block = static_cast<std::size_t>(letter) / kLexiconLanes;
        if (offsets_[block] == kAbsent) {
            fill(block);
        }
    }

    /// Whether every letter has its columns.
    bool has_all() const { return filled_ == blocks_.size(); }

    const Number* emission(std::int32_t letter) const { return column(letter, 0); }
    const Number* whole(std::int32_t letter) const { return column(letter, 1); }

    /// For letters that at most `height` others may follow.
    const Number* below(std::int32_t letter, std::size_t height) const {
        if (!has_levels_ || height > kLexiconLevels) {
            return column(letter, 2);
        }
        const std::size_t lane = (height - 1) * blocks_.size() * kLexiconLanes + static_cast<std::size_t>(letter);
        return levels_.data() + lane * stride_;
    }

   private:
    static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
    static constexpr std::size_t kMostLevelNumbers = std::size_t{1} << 20;

    const Number* column(std::int32_t letter, std::size_t kind) const {
        const auto at = static_cast<std::size_t>(letter);
        return columns_.data() + offsets_[at / kLexiconLanes] + (kind * kLexiconLanes + at % kLexiconLanes) * stride_;
    }

    void fill(std::size_t block);

    const LexiconKernels<Number>& kernels_;
    std::vector<LetterBlock> blocks_;
    std::vector<std::int32_t> letters_;   // by label
    LineView line_;
    std::size_t stride_ = 0;
    bool has_levels_ = false;
    AlignedVector<Number> blank_;
    AlignedVector<Number> state_;
    std::vector<Ceiling<Number>> ceilings_;
    std::vector<std::size_t> offsets_;    // by block, where its three times sixteen columns begin
    std::size_t filled_ = 0;
    std::size_t used_ = 0;
    AlignedVector<Number> columns_;
    AlignedVector<Number> levels_;
};

extern template class LineTables<float>;
extern template class LineTables<double>;
extern template class LineTables<Extended>;

}  // namespace ocrkit::ctc
