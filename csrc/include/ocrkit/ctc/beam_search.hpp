/// Prefix beam search: the likeliest labellings, each summed over the alignments that spell it.
#pragma once

#include <cstdint>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

struct BeamSearchOptions {
    std::int64_t beam_width = 16;  // labellings kept after each frame, at least 1
    std::int64_t n_best = 1;       // hypotheses to return a line, at least 1
    double token_cut = 1e-3;       // 0..1: a label below this part of its frame's largest probability is left out,
                                   // unless it is the blank or the hypothesis's last label; and a hypothesis
                                   // below a tenth of this part of the best one's mass, unless it is among the
                                   // n_best; 0 keeps all
    int threads = 0;               // 0: one a core
};

/// Throws OptionError where an option is out of its range.
void check(const BeamSearchOptions& options);

/// Each line's `n_best` labellings by their exact scores, greedy's labelling among the candidates; equal scores to the
/// lexicographically lowest labels. A line is proved when nothing was pruned. O(T (V + beam_width x labels above the
/// cut)).
/// Source: Hannun et al. 2014, arXiv:1408.2873, algorithm 1, without the language model.
Decoded beam_search(const EmissionsView& emissions, const BeamSearchOptions& options);

}  // namespace ocrkit::ctc
