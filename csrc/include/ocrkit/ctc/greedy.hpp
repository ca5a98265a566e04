/// The labelling of each frame's likeliest label.
#pragma once

#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

struct GreedyOptions {
    bool rescore = false;  // whether to score the labelling by all its alignments, rather than by its one path
    int threads = 0;       // 0: one a core
};

/// One hypothesis a line, the best path's, never proved. O(TV), without a forward pass unless `rescore` is set.
Decoded greedy(const EmissionsView& emissions, const GreedyOptions& options);

/// The best path with repeats merged, then blanks dropped.
void collapse(std::span<const Label> best_path, Label blank, std::vector<Label>& labels);

}  // namespace ocrkit::ctc
