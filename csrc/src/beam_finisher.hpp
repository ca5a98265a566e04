/// From a beam at the end of its line to hypotheses with their exact scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "beam.hpp"
#include "linear_beam.hpp"
#include "ocrkit/ctc/rescore.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// Gives out the n best of a beam and of greedy's labelling; keeps its scratch memory between calls.
class BeamFinisher {
   public:
    explicit BeamFinisher(std::int64_t n_best) : n_best_(static_cast<std::size_t>(n_best)) {}

    /// Adds the line to `out`.
    void finish(const LineView& line, const LinearBeam& beam, Decoded& out);
    void finish(const LineView& line, const Beam& beam, Decoded& out);

   private:
    struct Scored {
        double score;
        std::vector<Label> labels;
    };

    template <class AnyBeam>
    void finish_any(const LineView& line, const AnyBeam& beam, Decoded& out);
    void score(const LineView& line);

    std::size_t n_best_;
    Rescorer rescorer_;
    std::vector<std::size_t> ranking_;
    std::vector<Label> labels_;
    std::vector<Scored> scored_;
    std::size_t scored_count_ = 0;
};

}  // namespace ocrkit::ctc
