/// Text search of one line at a time, frame by frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "line/rescore.hpp"
#include "ocrkit/ctc/text_search.hpp"
#include "ocrkit/ctc/types.hpp"
#include "text/text_beam.hpp"
#include "text/text_grammar.hpp"

namespace ocrkit::ctc {

/// A beam in doubles, one over logarithms for where those end, and what comes out of them; keeps its memory from line
/// to line. `grammar` outlives it.
class TextLineSearch {
   public:
    TextLineSearch(const TextGrammar& grammar, const TextSearchOptions& options);

    /// Starts a line of frames of `labels` labels.
    void reset(std::size_t labels, Label blank);

    /// Goes on by a frame that is normalised; `best` is its likeliest label. O(V + beam_width x labels above the cut).
    void advance(std::span<const float> frame, Label best) { narrow_.advance(frame, best); }

    /// Adds the line as it stands to `out`: up to `n_best` hypotheses, rescored and put in order. `line` is what
    /// `PreparedLine::prepare` makes of the frames so far. The line may then go on. O(T L n_best), and a whole search
    /// more where doubles do not suffice.
    void finish(const LineView& line, std::int64_t n_best, Decoded& out);

   private:
    struct Ranked {
        double score;
        double acoustic_score;
        std::vector<Label> labels;

        bool operator<(const Ranked& other) const;
    };

    void catch_up(const LineView& line);
    double least_score(std::size_t count);
    void give_out(const LineView& line, const TextPrefixes& prefixes, std::size_t n_best, Decoded& out);

    TextBeam<double> narrow_;
    TextBeam<LogMass> wide_;
    std::size_t wide_frames_ = 0;   // how many the wide beam has seen
    Rescorer rescorer_;
    std::vector<CompleteText> found_;
    std::vector<Label> labels_;
    std::vector<Ranked> ranked_;
};

}  // namespace ocrkit::ctc
