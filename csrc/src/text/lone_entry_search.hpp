/// Text search where nothing can stand between entries: a text is one entry, or nothing.
#pragma once

#include <cstddef>
#include <vector>

#include "lexicon/entry_finder.hpp"
#include "ocrkit/ctc/text_search.hpp"
#include "text/ranked_texts.hpp"

namespace ocrkit::ctc {

/// Lexicon search of a line, as far as its budget goes.
class LoneEntrySearch {
   public:
    LoneEntrySearch(const LexiconView& lexicon, const TextSearchOptions& options);

    /// Adds what it finds to `texts`. Returns whether the `n_best` best are surely among them.
    bool run(const LineView& line, RankedTexts& texts);

   private:
    LexiconView lexicon_;
    double prior_weight_;
    EntryFinder finder_;
    std::vector<Label> labels_;
};

}  // namespace ocrkit::ctc
