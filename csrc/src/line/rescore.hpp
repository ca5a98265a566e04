/// The exact score of a labelling, and where its labels stand.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

struct Lattice;

/// Scores labellings of lines; keeps its scratch memory between calls.
class Rescorer {
   public:
    /// ln of the full CTC probability of `labels`, the frames' sums included: what -ctc_loss is. -inf where no
    /// alignment fits. O(T L), in linear numbers, and by `score_in_logs` where those may have underflowed.
    double acoustic_score(const LineView& line, std::span<const Label> labels);

    /// The same in the log domain, which no probability is too small for: slow and obvious.
    /// Source: Graves et al. 2006, "Connectionist temporal classification", section 4.1 (forward variables).
    double score_in_logs(const LineView& line, std::span<const Label> labels);

    /// The labelling with its acoustic score (as `score` too), and each label's frame and confidence on the best
    /// alignment. O(T L). The spans last until the next call; `labels` is the caller's.
    HypothesisView hypothesis(const LineView& line, std::span<const Label> labels);

    /// The same, where `acoustic_score(line, labels)` is known already.
    HypothesisView hypothesis(const LineView& line, std::span<const Label> labels, double acoustic_score);

   private:
    Lattice lattice(const LineView& line, std::span<const Label> labels);

    /// Fills frames_ and confidences_ from the best alignment.
    void align(const LineView& line, std::span<const Label> labels);

    std::vector<double> states_;
    std::vector<std::uint8_t> steps_;
    std::vector<Label> padded_;
    std::vector<std::int32_t> begin_;   // of each label, its first frame on the best alignment
    std::vector<std::int32_t> end_;     // and the one after its last
    std::vector<std::int32_t> frames_;
    std::vector<float> confidences_;
};

}  // namespace ocrkit::ctc
