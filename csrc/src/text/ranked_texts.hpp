/// The texts found for a line, with their exact scores, in the order in which they are given out.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "line/rescore.hpp"
#include "ocrkit/ctc/types.hpp"
#include "text/text_prefixes.hpp"

namespace ocrkit::ctc {

/// A hypothesis that can end where the beam stands.
struct CompleteText {
    TextPrefix prefix;
    double score;   // nats, of the normalised frames and the final term, as far as the beam saw
};

/// Rescores texts, each once, whichever searches found it; keeps its memory from line to line.
class RankedTexts {
   public:
    void clear() { texts_.clear(); }
    bool empty() const { return texts_.empty(); }

    /// Adds the `n_best` best of what a beam found, and all that may be among them but for the rounding of the beam's
    /// sums, or for up to exp(`missed`) of probability that the beam left out of one.
    void add(const LineView& line, std::vector<CompleteText>& found, const TextPrefixes& prefixes, std::size_t n_best,
             double missed = -std::numeric_limits<double>::infinity());

    /// Adds a text with the term of its grammar. O(T L).
    void add(const LineView& line, std::span<const Label> labels, double term);

    /// The score of the text of this rank, the best's being 1; -inf where there are fewer.
    double score(std::size_t rank) const;

    /// The acoustic score of the best; -inf where there is none.
    double best_acoustic_score() const;

    /// Adds the best to `out`, without an end of the line.
    void give_out(const LineView& line, std::size_t n_best, Decoded& out);

   private:
    struct Text {
        double score;
        double acoustic_score;
        std::vector<Label> labels;

        bool operator<(const Text& other) const;
    };

    Rescorer rescorer_;
    std::vector<Text> texts_;   // the best first
    std::vector<Label> labels_;
};

}  // namespace ocrkit::ctc
