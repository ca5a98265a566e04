/// The lexicon entries of the highest score, found exactly.
#pragma once

#include <cstdint>
#include <limits>

#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

struct LexiconSearchOptions {
    std::int64_t n_best = 1;     // entries a line, at least 1
    double prior_weight = 0.0;   // of an entry's ln(count / total) in its score; 0 or more
    std::int64_t budget = 0;     // trie nodes expanded a line, after which the best so far is given; 0: no end
    double reject_below = std::numeric_limits<double>::infinity();   // nats that the best entry may lie below greedy's
                                                                     // labelling; beyond, the line has no hypothesis
    std::size_t column_bytes = std::size_t{64} << 20;   // memory for expanded nodes, a thread; see below
    int threads = 0;
};

/// Each line's `n_best` entries of the highest ln p(entry) + prior_weight x prior, equal scores to the lowest labels.
///
/// Best-first over the trie. A node's bound is the probability that the output begins with its labels and goes on: at
/// least that of every entry below, since a frame's probabilities sum to one. Where the best entries beat every bound
/// left, they are proved. A node costs O(T) from its parent's columns. Once `column_bytes` are full of columns, what
/// is left is searched depth first, in O(depth x T) memory and as exactly.
///
/// Throws EmissionsError, LexiconError, OptionError.
Decoded lexicon_search(const EmissionsView& emissions, const LexiconView& lexicon, const LexiconSearchOptions& options);

}  // namespace ocrkit::ctc
