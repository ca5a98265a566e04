/// Whether a beam may have left out a better text than those that it found.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"
#include "text/text_beam.hpp"
#include "text/text_grammar.hpp"

namespace ocrkit::ctc {

/// Weighs what a beam left out by what the frames that followed can give at most, whatever letters of the lexicon and
/// separators are read in them.
class TextDoubt {
   public:
    explicit TextDoubt(const TextGrammar& grammar);

    /// Takes a line. O(T labels).
    void read(const LineView& line);

    /// ln of what any text can have.
    double log_bound() const { return rests_.front(); }

    /// ln of the most that one hypothesis that was left out could have come to, for all that is known of what follows.
    double log_missed(const LineView& line, std::span<const TextBeam<double>::Loss> losses, double token_cut) const;

   private:
    std::vector<Label> labels_;         // that may be read
    std::vector<double> rests_;         // (T+1,) ln of what the frames from t on can give
};

}  // namespace ocrkit::ctc
