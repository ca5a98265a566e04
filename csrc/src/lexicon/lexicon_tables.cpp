#include "lexicon/lexicon_tables.hpp"

#include <algorithm>

namespace ocrkit::ctc {
namespace {

template <class Vector>
void grow(Vector& vector, std::size_t size) {
    if (vector.size() < size) {
        vector.resize(std::max(size, 2 * vector.size()));
    }
}

}  // namespace

template <class Number>
LineTables<Number>::LineTables(std::span<const Label> alphabet, const LexiconKernels<Number>& kernels)
    : kernels_(kernels) {
    letters_.assign(alphabet.empty() ? 0 : static_cast<std::size_t>(alphabet.back()) + 1, 0);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        letters_[static_cast<std::size_t>(alphabet[i])] = static_cast<std::int32_t>(i);
        if (i % kLexiconLanes == 0) {
            blocks_.emplace_back();
        }
        LetterBlock& block = blocks_.back();
        std::fill(block.labels + block.count, block.labels + kLexiconLanes, alphabet[i]);
        ++block.count;
        block.is_run = alphabet[i] - block.labels[0] == static_cast<Label>(block.count) - 1;
    }
}

template <class Number>
void LineTables<Number>::reset(const LineView& line) {
    line_ = line;
    stride_ = padded(line.frames);
    has_levels_ = false;
    used_ = 0;
    filled_ = 0;
    offsets_.assign(blocks_.size(), kAbsent);
    grow(blank_, stride_);
    grow(ceilings_, line.frames);
    grow(state_, 2 * blocks_.size() * kLexiconLanes);
    for (std::size_t t = 0; t < line.frames; ++t) {
        blank_[t] = from_log<Number>(line.at(t, line.blank));
    }
    kernels_.ceilings(line_, blocks_.data(), blocks_.size(), blank_.data(), state_.data(), ceilings_.data());
}

template <class Number>
void LineTables<Number>::fill(std::size_t block) {
    const std::size_t size = kLexiconLanes * stride_;
    grow(columns_, used_ + 3 * size);
    Number* const emission = columns_.data() + used_;
    kernels_.fill(line_, blocks_[block], ceilings_.data(), emission, emission + size, emission + 2 * size);
    offsets_[block] = used_;
    used_ += 3 * size;
    ++filled_;
}

template <class Number>
void LineTables<Number>::tell_levels_apart() {
    const std::size_t numbers = kLexiconLevels * blocks_.size() * kLexiconLanes * stride_;
    if (has_levels_ || numbers > kMostLevelNumbers) {
        return;
    }
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
        require(static_cast<std::int32_t>(block * kLexiconLanes));
    }
    std::vector<const Number*> emission;
    std::vector<const Number*> whole;
    for (const std::size_t offset : offsets_) {
        emission.push_back(columns_.data() + offset);
        whole.push_back(emission.back() + kLexiconLanes * stride_);
    }
    grow(levels_, numbers);
    grow(state_, (17 * kLexiconLevels + 2) * blocks_.size() * kLexiconLanes);
    kernels_.fill_levels(line_.frames, blocks_.size(), blank_.data(), emission.data(), whole.data(), kLexiconLevels,
                         state_.data(), levels_.data());
    has_levels_ = true;
}

template class LineTables<float>;
template class LineTables<double>;
template class LineTables<Extended>;

}  // namespace ocrkit::ctc
