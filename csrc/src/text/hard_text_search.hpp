/// A second search of the lines that a beam may have read wrongly, with a bound on what every text can come to.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "ocrkit/ctc/text_search.hpp"
#include "text/bounded_text_beam.hpp"
#include "text/ranked_texts.hpp"
#include "text/text_bound.hpp"
#include "text/text_grammar.hpp"

namespace ocrkit::ctc {

/// Beams guided by bounds, each with tighter ones or wider than the one before, until what is left out can be no better
/// than what was found, or the work is as much as is allowed. `grammar` is hard, and outlives it.
class HardTextSearch {
   public:
    HardTextSearch(const TextGrammar& grammar, const TextSearchOptions& options);

    /// Adds what it finds to `texts`; there is one afterwards if there can be one. Returns whether the `n_best` best are
    /// surely among them. Unless `thorough`, it stops when the first effort brings nothing better.
    bool run(const LineView& line, std::size_t n_best, bool thorough, RankedTexts& texts);

   private:
    struct Effort {
        std::size_t nodes;   // that the bound tells apart
        std::size_t width;
        double likeness;     // nats, as in BoundedBeamOptions
    };

    template <class Mass>
    struct Search {
        Search(const TextGrammar& grammar, const TextSearchOptions& options)
            : bound(grammar), beam(grammar, options) {}

        TextBound<Mass> bound;
        BoundedTextBeam<Mass> beam;
    };

    std::vector<Effort> efforts(std::size_t frames) const;

    template <class Mass>
    bool run(Search<Mass>& search, const LineView& line, std::size_t n_best, bool thorough, RankedTexts& texts);

    template <class Mass>
    void find_any(Search<Mass>& search, const LineView& line, RankedTexts& texts);

    const TextGrammar& grammar_;
    TextSearchOptions options_;
    bool is_weighed_;
    Search<double> narrow_;
    std::unique_ptr<Search<LogMass>> wide_;   // made when a line needs it
    std::vector<CompleteText> found_;
};

}  // namespace ocrkit::ctc
