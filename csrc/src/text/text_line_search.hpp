/// Text search of one line at a time, frame by frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ocrkit/ctc/text_search.hpp"
#include "ocrkit/ctc/types.hpp"
#include "text/hard_text_search.hpp"
#include "text/lone_entry_search.hpp"
#include "text/ranked_texts.hpp"
#include "text/text_beam.hpp"
#include "text/text_doubt.hpp"
#include "text/text_grammar.hpp"

namespace ocrkit::ctc {

/// A beam in doubles, one over logarithms for where those end, and what comes out of them; keeps its memory from line
/// to line. `grammar` outlives it.
class TextLineSearch {
   public:
    TextLineSearch(const TextGrammar& grammar, const TextSearchOptions& options);

    /// Adds the `n_best` texts of a whole line to `out`.
    void search(const LineView& line, std::int64_t n_best, Decoded& out);

    /// Starts a line of frames of `labels` labels.
    void reset(std::size_t labels, Label blank);

    /// Goes on by a frame that is normalised; `best` is its likeliest label. O(V + beam_width x labels above the cut).
    void advance(std::span<const float> frame, Label best) { narrow_.advance(frame, best); }

    /// Adds the line as it stands to `out`: up to `n_best` hypotheses, rescored and put in order. `line` is what
    /// `PreparedLine::prepare` makes of the frames so far. The line may then go on. O(T L n_best), and a whole search
    /// more where doubles do not suffice.
    void finish(const LineView& line, std::int64_t n_best, Decoded& out);

   private:
    enum class Doubt : std::uint8_t { kNone, kSome, kMuch };

    bool settle(const LineView& line, std::size_t n_best);
    void give_out(const LineView& line, std::size_t n_best, bool is_proved, Decoded& out);
    void catch_up(const LineView& line);
    Doubt doubt(const LineView& line, std::size_t n_best);

    const TextGrammar& grammar_;
    TextSearchOptions options_;
    bool is_weighed_;   // by more than the grammar's own costs
    TextBeam<double> narrow_;
    TextBeam<LogMass> wide_;
    std::size_t wide_frames_ = 0;   // how many the wide beam has seen
    std::vector<CompleteText> found_;
    RankedTexts texts_;
    TextDoubt doubt_;
    std::unique_ptr<LoneEntrySearch> lone_;   // where there are no separators
    std::unique_ptr<HardTextSearch> hard_;    // made when a line needs it
};

}  // namespace ocrkit::ctc
