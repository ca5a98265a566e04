/// The likeliest texts whose words are lexicon entries.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

struct TextSearchOptions {
    std::int64_t beam_width = 32;  // labellings kept after each frame, at least 1
    std::int64_t n_best = 1;       // hypotheses to return a line, at least 1
    double token_cut = 1e-3;       // 0..1, as in BeamSearchOptions
    double out_of_lexicon = std::numeric_limits<double>::infinity();  // nats, 0 or more, that each label of a stretch
                                                                      // costs that is no entry; infinite: none is read
    double prior_weight = 0.0;     // of an entry's ln(count / total) in the score; 0 or more
    int threads = 0;               // 0: one a core
};

/// Each line's `n_best` labellings of the form sep* (entry sep+)* entry? sep*, sep being one of `separators`, which may
/// also stand inside entries. A labelling that can be read in several ways is one hypothesis, read in the best of them.
/// A prefix beam search over labellings that can still become such a text; what it gives is rescored, so scores are
/// exact. A line is proved when nothing was pruned. O(T (V + beam_width x labels above the cut)).
/// Throws EmissionsError, LexiconError, OptionError.
Decoded text_search(const EmissionsView& emissions, const LexiconView& lexicon, std::span<const Label> separators,
                    const TextSearchOptions& options);

}  // namespace ocrkit::ctc
