#include "text_grammar.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace ocrkit::ctc {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

}  // namespace

TextGrammar::TextGrammar(const LexiconView& lexicon, std::span<const Label> separators, std::size_t labels,
                         const TextSearchOptions& options)
    : lexicon_(lexicon),
      separators_(labels, 0),
      out_of_lexicon_(options.out_of_lexicon),
      prior_weight_(options.prior_weight) {
    for (const Label separator : separators) {
        separators_[static_cast<std::size_t>(separator)] = 1;
    }
}

void TextGrammar::advance(std::span<const Reading> readings, Label label, std::vector<Reading>& out) const {
    const bool separates = is_separator(label);
    double ended_best = kNever;
    for (const Reading& reading : readings) {
        if (separates) {
            ended_best = std::max(ended_best, ended(reading));
        }
        const bool is_plain = !separates && reading.length != Reading::kHasSeparator;
        const Node next = reading.node == Reading::kOffLexicon ? Node{0} : child(reading.node, label);
        if (next > 0) {
            out.push_back({next, is_plain ? reading.length + 1 : Reading::kHasSeparator, reading.term});
        } else if (is_plain && std::isfinite(out_of_lexicon_)) {
            // A stretch pays for all its labels once it is clear that it will be no entry.
            const std::int32_t due = reading.node == Reading::kOffLexicon ? 1 : reading.length + 1;
            out.push_back({Reading::kOffLexicon, reading.length + 1, reading.term - out_of_lexicon_ * due});
        }
    }
    if (ended_best > kNever) {
        out.push_back({.node = Reading::kBoundary, .length = 0, .term = ended_best});
    }
}

double TextGrammar::final_term(std::span<const Reading> readings) const {
    double best = kNever;
    for (const Reading& reading : readings) {
        best = std::max(best, ended(reading));
    }
    return best;
}

double TextGrammar::best_term(std::span<const Reading> readings) const {
    double best = kNever;
    for (const Reading& reading : readings) {
        best = std::max(best, hoped(reading));
    }
    return best;
}

/// The term of a reading whose stretch ends here.
double TextGrammar::ended(const Reading& reading) const {
    if (reading.node == Reading::kBoundary || reading.node == Reading::kOffLexicon) {
        return reading.term;
    }
    const std::int32_t entry = lexicon_.node_entry[static_cast<std::size_t>(reading.node)];
    if (entry != kNoEntry) {
        const bool weighs = prior_weight_ > 0.0;
        return reading.term + (weighs ? prior_weight_ * lexicon_.priors[static_cast<std::size_t>(entry)] : 0.0);
    }
    const bool may_be_none = std::isfinite(out_of_lexicon_) && reading.length != Reading::kHasSeparator;
    return may_be_none ? reading.term - out_of_lexicon_ * reading.length : kNever;
}

/// The term of a reading once its stretch has ended, if that goes as well as it can.
double TextGrammar::hoped(const Reading& reading) const {
    if (prior_weight_ <= 0.0 || reading.node <= Reading::kBoundary) {
        return reading.term;
    }
    const double below = lexicon_.best_prior_below[static_cast<std::size_t>(reading.node)];
    const bool may_be_none = std::isfinite(out_of_lexicon_) && reading.length != Reading::kHasSeparator;
    const double none = may_be_none ? reading.term - out_of_lexicon_ * reading.length : kNever;
    return std::max({reading.term + prior_weight_ * below, ended(reading), none});
}

/// The child that `label` leads to, or 0.
Node TextGrammar::child(Node node, Label label) const {
    const auto at = static_cast<std::size_t>(node);
    const Label* const labels = lexicon_.labels.data();
    const Label* const begin = labels + lexicon_.first_child[at];
    const Label* const end = labels + lexicon_.first_child[at + 1];
    const Label* const found = std::lower_bound(begin, end, label);
    return found != end && *found == label ? static_cast<Node>(found - labels) : Node{0};
}

}  // namespace ocrkit::ctc
