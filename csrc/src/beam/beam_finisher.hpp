/// From a beam at the end of its line to hypotheses with their exact scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "beam/beam.hpp"
#include "beam/linear_beam.hpp"
#include "line/rescore.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// Gives out the best of a beam and of greedy's labelling; keeps its scratch memory between calls.
class BeamFinisher {
   public:
    BeamFinisher(std::int64_t width, double token_cut) : in_logs_(width, token_cut) {}

    /// Adds the `n_best` of the line to `out`, from a beam that has seen all of it; where that is not to be trusted, the
    /// slow one of the same width and cut searches the line again.
    void finish(const LineView& line, const LinearBeam& beam, std::int64_t n_best, Decoded& out);

   private:
    struct Scored {
        double score;
        std::vector<Label> labels;
    };

    template <class AnyBeam>
    void give_out(const LineView& line, const AnyBeam& beam, std::size_t n_best, Decoded& out);
    void score(const LineView& line);

    Beam in_logs_;
    Rescorer rescorer_;
    std::vector<std::size_t> ranking_;
    std::vector<Label> labels_;
    std::vector<Scored> scored_;
    std::size_t scored_count_ = 0;
};

}  // namespace ocrkit::ctc
