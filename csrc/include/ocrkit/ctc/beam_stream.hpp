/// Prefix beam search of one line whose frames come bit by bit.
#pragma once

#include <cstdint>
#include <memory>

#include "ocrkit/ctc/beam_search.hpp"
#include "ocrkit/ctc/text_search.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A line that grows. What it answers is what `beam_search`, or `beam_search_with_model`, answers for all frames so far,
/// however they were cut. It keeps the frames, T x V float32, since exact scores need all of them; with a language model
/// normalised ones too. Calls from several threads wait for each other.
class BeamStream {
   public:
    /// Throws EmissionsError unless `labels` is positive, OptionError where an option or the blank is out of range, or
    /// where the model, one of labels, was made for another number of them. What the model points to outlives the
    /// stream. `options.threads` is of no account.
    BeamStream(std::int64_t labels, Label blank, const BeamSearchOptions& options, const TextModel& model = {});
    ~BeamStream();

    /// Takes the frames of a batch of one line. Throws EmissionsError where they are no log-probabilities of so many
    /// labels; then none is taken. O(frames x (V + beam_width x labels above the cut)).
    void push(const EmissionsView& frames);

    /// The line as it stands, with up to `n_best` hypotheses. O(T L n_best).
    Decoded decoded(std::int64_t n_best);

    /// How many frames there are.
    std::int64_t frames();

   private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ocrkit::ctc
