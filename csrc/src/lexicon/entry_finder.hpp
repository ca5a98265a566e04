/// Search of one line for lexicon entries, in numbers as wide as the line needs.
#pragma once

#include <vector>

#include "lexicon/lexicon_line_search.hpp"

namespace ocrkit::ctc {

/// Asks a search over floats, and over wider numbers what floats are not to be trusted with.
class EntryFinder {
   public:
    EntryFinder(const LexiconView& lexicon, const LexiconSearchOptions& options)
        : narrow_(lexicon, options), wide_(lexicon, options), widest_(lexicon, options) {}

    /// As `LexiconLineSearch::run`, but never kUntrusted.
    Verdict run(const LineView& line, float cut) {
        Verdict verdict = narrow_.run(line, cut);
        found_ = &narrow_.found();
        if (verdict == Verdict::kUntrusted) {
            verdict = wide_.run(line, cut);
            found_ = &wide_.found();
        }
        if (verdict == Verdict::kUntrusted) {
            verdict = widest_.run(line, cut);
            found_ = &widest_.found();
        }
        return verdict;
    }

    /// As `LexiconLineSearch::found`, of the last line.
    const std::vector<Node>& found() const { return *found_; }

   private:
    LexiconLineSearch<float> narrow_;
    LexiconLineSearch<double> wide_;
    LexiconLineSearch<Extended> widest_;
    const std::vector<Node>* found_ = nullptr;
};

}  // namespace ocrkit::ctc
