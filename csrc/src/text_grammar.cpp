#include "text_grammar.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace ocrkit::ctc {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

std::uint64_t bit_of(Label label) { return std::uint64_t{1} << (static_cast<std::uint32_t>(label) % 64U); }

}  // namespace

TextGrammar::TextGrammar(const LexiconView& lexicon, std::span<const Label> separators, std::size_t labels,
                         const TextSearchOptions& options)
    : lexicon_(lexicon),
      separators_(labels, 0),
      out_of_lexicon_(options.out_of_lexicon),
      prior_weight_(options.prior_weight) {
    for (const Label separator : separators) {
        separators_[static_cast<std::size_t>(separator)] = 1;
        separator_bits_ |= bit_of(separator);
    }
    root_bits_ = bits_below(Reading::kBoundary);
}

std::uint64_t TextGrammar::followers(std::span<const Reading> readings) const {
    std::uint64_t bits = 0;
    for (const Reading& reading : readings) {
        if (may_be_none(reading)) {
            return ~std::uint64_t{0};
        }
        bits |= reading.node == Reading::kBoundary ? root_bits_ : bits_below(reading.node);
        bits |= ended(reading) > kNever ? separator_bits_ : 0;
    }
    return bits;
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
        } else if (is_plain && may_be_none(reading)) {
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
    return may_be_none(reading) ? reading.term - out_of_lexicon_ * reading.length : kNever;
}

/// The term of a reading once its stretch has ended, if that goes as well as it can.
double TextGrammar::hoped(const Reading& reading) const {
    if (prior_weight_ <= 0.0 || reading.node <= Reading::kBoundary) {
        return reading.term;
    }
    const double below = lexicon_.best_prior_below[static_cast<std::size_t>(reading.node)];
    const double none = may_be_none(reading) ? reading.term - out_of_lexicon_ * reading.length : kNever;
    return std::max({reading.term + prior_weight_ * below, ended(reading), none});
}

/// Whether the stretch so far can become one that is no entry.
bool TextGrammar::may_be_none(const Reading& reading) const {
    return std::isfinite(out_of_lexicon_) && reading.length != Reading::kHasSeparator;
}

/// The labels that lead on from a node of the trie, by their lowest six bits.
std::uint64_t TextGrammar::bits_below(Node node) const {
    std::uint64_t bits = 0;
    const auto at = static_cast<std::size_t>(node);
    for (Node child = lexicon_.first_child[at]; child < lexicon_.first_child[at + 1]; ++child) {
        bits |= bit_of(lexicon_.labels[static_cast<std::size_t>(child)]);
    }
    return bits;
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
