/// The likeliest texts whose words are lexicon entries.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/ngram.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A word model's view of a lexicon.
struct WordUnits {
    /// `words` is the units' spelling, unit i's being labels[offsets[i]] .. labels[offsets[i+1]-1], empty where there is
    /// none. O(labels log children + nodes).
    WordUnits(const NgramModel& ngrams, const LexiconView& lexicon, std::span<const Label> labels,
              std::span<const std::int64_t> offsets);

    std::vector<NgramModel::Unit> of_entries;   // (E,) each entry's unit
    std::vector<float> best_below;              // (N,) ln p of the likeliest unit at or below a node, by itself
};

/// A language model, and what its units are: the labels, or the lexicon's entries. The term that it adds to a score is
/// weight x ln p(units, from the start to the end) + bonus x their number; of several ways to cut a text into entries,
/// the best counts. A stretch that is no entry is one unknown unit.
struct TextModel {
    const NgramModel* ngrams = nullptr;         // none: no term
    const WordUnits* words = nullptr;           // none: units are labels
    std::span<const NgramModel::Unit> label_units = {};      // label i is spelled by the units
    std::span<const std::int64_t> label_offsets = {};        // label_units[label_offsets[i]] .. [label_offsets[i+1]-1]
    double weight = 0.5;                        // 0 or more
    double bonus = 0.0;                         // nats a unit
};

struct TextSearchOptions {
    std::int64_t beam_width = 32;  // labellings kept after each frame, at least 1
    std::int64_t n_best = 1;       // hypotheses to return a line, at least 1
    double token_cut = 1e-3;       // 0..1, as in BeamSearchOptions
    double out_of_lexicon = std::numeric_limits<double>::infinity();  // nats, 0 or more, that each label of a stretch
                                                                      // costs that is no entry; infinite: none is read
    double prior_weight = 0.0;     // of an entry's ln(count / total) in the score; 0 or more
    int threads = 0;               // 0: one a core
    TextModel model = {};
};

/// Each line's `n_best` labellings of the form sep* (entry sep+)* entry? sep*, sep being one of `separators`, which may
/// also stand inside entries. A labelling that can be read in several ways is one hypothesis, read in the best of them.
/// A prefix beam search over labellings that can still become such a text; what it gives is rescored, so scores are
/// exact. Where all is entries, a line of which the beam may have missed the best text is searched again, guided by
/// bounds, and one without separators as `lexicon_search` does it. A line is proved when nothing was pruned, or nothing
/// that could be better. O(T (V + beam_width x labels above the cut)) for most lines.
/// Throws EmissionsError, LexiconError, OptionError.
Decoded text_search(const EmissionsView& emissions, const LexiconView& lexicon, std::span<const Label> separators,
                    const TextSearchOptions& options);

/// The same where every labelling is a text: a beam search with a language model over labels.
Decoded beam_search_with_model(const EmissionsView& emissions, const TextSearchOptions& options);

/// Throws OptionError unless `beam_search_with_model` can take these options for frames of `labels` labels.
void check_model_search(const TextSearchOptions& options, std::int64_t labels);

}  // namespace ocrkit::ctc
