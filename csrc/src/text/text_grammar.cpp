#include "text/text_grammar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace ocrkit::ctc {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

/// Adds a reading at a boundary, unless one of the same context, from `first` on, is as good; replaces one that is not.
void keep_best(const Reading& reading, std::size_t first, std::vector<Reading>& out) {
    if (reading.term == kNever) {
        return;
    }
    for (std::size_t i = first; i < out.size(); ++i) {
        if (out[i].node == Reading::kBoundary && out[i].context == reading.context) {
            out[i].term = std::max(out[i].term, reading.term);
            return;
        }
    }
    out.push_back(reading);
}

std::uint64_t bit_of(Label label) { return std::uint64_t{1} << (static_cast<std::uint32_t>(label) % 64U); }

}  // namespace

TextGrammar::TextGrammar(const LexiconView& lexicon, std::span<const Label> separators, std::size_t labels,
                         const TextSearchOptions& options)
    : lexicon_(lexicon),
      separators_(labels, 0),
      out_of_lexicon_(options.out_of_lexicon),
      prior_weight_(options.prior_weight),
      model_(options.model) {
    for (const Label separator : separators) {
        if (!is_separator(separator)) {
            separator_labels_.push_back(separator);
        }
        separators_[static_cast<std::size_t>(separator)] = 1;
        separator_bits_ |= bit_of(separator);
    }
    root_bits_ = bits_below(Reading::kBoundary);
}

TextGrammar TextGrammar::of_labels(std::size_t labels, Label blank, const TextSearchOptions& options) {
    static constexpr std::array<Label, 1> kLabels{-1};
    static constexpr std::array<Node, 2> kFirstChild{1, 1};
    static constexpr std::array<std::int32_t, 1> kNodeEntry{kNoEntry};
    LexiconView nothing;
    nothing.labels = kLabels;
    nothing.first_child = kFirstChild;
    nothing.node_entry = kNodeEntry;
    std::vector<Label> separators(labels);
    std::iota(separators.begin(), separators.end(), Label{0});
    std::erase(separators, blank);
    return {nothing, separators, labels, options};
}

Reading TextGrammar::start() const {
    Reading reading;
    reading.context = model_.ngrams == nullptr ? 0 : model_.ngrams->start();
    return reading;
}

std::uint64_t TextGrammar::followers(std::span<const Reading> readings) const {
    std::uint64_t bits = 0;
    for (const Reading& reading : readings) {
        if (may_be_none(reading)) {
            return ~std::uint64_t{0};
        }
        bits |= reading.node == Reading::kBoundary ? root_bits_ : bits_below(reading.node);
        bits |= ended(reading).term > kNever ? separator_bits_ : 0;
    }
    return bits;
}

void TextGrammar::advance(std::span<const Reading> readings, Label label, std::vector<Reading>& out) const {
    const bool separates = is_separator(label);
    const std::size_t first = out.size();
    for (const Reading& before : readings) {
        const Reading reading = model_.words == nullptr ? spelled(before, label) : before;
        if (separates) {
            keep_best(ended(reading), first, out);
        }
        const bool is_plain = !separates && reading.length != Reading::kHasSeparator;
        const Node next = reading.node == Reading::kOffLexicon ? Node{0} : child(reading.node, label);
        if (next > 0) {
            out.push_back({next, is_plain ? reading.length + 1 : Reading::kHasSeparator, reading.context, reading.term});
        } else if (is_plain && may_be_none(reading)) {
            // A stretch pays for all its labels once it is clear that it will be no entry.
            const std::int32_t due = reading.node == Reading::kOffLexicon ? 1 : reading.length + 1;
            out.push_back(
                {Reading::kOffLexicon, reading.length + 1, reading.context, reading.term - out_of_lexicon_ * due});
        }
    }
}

double TextGrammar::final_term(std::span<const Reading> readings) const {
    double best = kNever;
    for (const Reading& reading : readings) {
        const Reading at_end = ended(reading);
        const double end = model_.ngrams == nullptr ? 0.0 : model_.weight * model_.ngrams->end(at_end.context);
        best = std::max(best, at_end.term + end);
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

/// A reading whose stretch ends here, at a boundary; its term is -inf where it cannot.
Reading TextGrammar::ended(const Reading& reading) const {
    Reading end{.node = Reading::kBoundary, .length = 0, .context = reading.context, .term = reading.term};
    if (reading.node == Reading::kBoundary) {
        return end;
    }
    const bool is_known = reading.node != Reading::kOffLexicon;
    const std::int32_t entry = is_known ? lexicon_.node_entry[static_cast<std::size_t>(reading.node)] : kNoEntry;
    if (entry != kNoEntry) {
        const auto at = static_cast<std::size_t>(entry);
        end.term += prior_weight_ > 0.0 ? prior_weight_ * static_cast<double>(lexicon_.priors[at]) : 0.0;
        return model_.words == nullptr ? end : followed(end, model_.words->of_entries[at]);
    }
    if (is_known) {
        end.term = may_be_none(reading) ? end.term - out_of_lexicon_ * reading.length : kNever;
    }
    return model_.words == nullptr ? end : followed(end, NgramModel::kUnknown);
}

/// A reading with one unit more of the language model.
Reading TextGrammar::followed(Reading reading, NgramModel::Unit unit) const {
    const NgramModel::Step step = model_.ngrams->score(reading.context, unit);
    reading.term += model_.weight * step.log_prob + model_.bonus;
    reading.context = step.next;
    return reading;
}

/// A reading with the units that spell one label more, where the language model is one of labels.
Reading TextGrammar::spelled(const Reading& reading, Label label) const {
    Reading next = reading;
    if (model_.ngrams != nullptr) {
        const auto at = static_cast<std::size_t>(label);
        const auto begin = static_cast<std::size_t>(model_.label_offsets[at]);
        const auto end = static_cast<std::size_t>(model_.label_offsets[at + 1]);
        double log_prob = 0.0;
        for (std::size_t i = begin; i < end; ++i) {
            const NgramModel::Step step = model_.ngrams->score(next.context, model_.label_units[i]);
            log_prob += step.log_prob;
            next.context = step.next;
        }
        next.term += model_.weight * log_prob + model_.bonus * static_cast<double>(end - begin);
    }
    return next;
}

/// The term of a reading once its stretch has ended, if that goes as well as it can.
double TextGrammar::hoped(const Reading& reading) const {
    if (reading.node == Reading::kBoundary) {
        return reading.term;
    }
    const double model = hoped_of_model(reading);
    if (prior_weight_ <= 0.0 || reading.node == Reading::kOffLexicon) {
        return reading.term + model;
    }
    const auto at = static_cast<std::size_t>(reading.node);
    const std::int32_t entry = lexicon_.node_entry[at];
    double prior = lexicon_.best_prior_below[at];
    if (entry != kNoEntry) {
        prior = std::max(prior, static_cast<double>(lexicon_.priors[static_cast<std::size_t>(entry)]));
    }
    const double none = may_be_none(reading) ? -out_of_lexicon_ * reading.length : kNever;
    return reading.term + std::max(prior_weight_ * prior, none) + model;
}

/// What a word model may say of the entry that has begun, as far as can be told without what stands before it.
double TextGrammar::hoped_of_model(const Reading& reading) const {
    if (model_.words == nullptr) {
        return 0.0;
    }
    double best = kNever;
    if (reading.node > Reading::kBoundary) {
        best = static_cast<double>(model_.words->best_below[static_cast<std::size_t>(reading.node)]);
    }
    if (reading.node == Reading::kOffLexicon || may_be_none(reading)) {
        best = std::max(best, model_.ngrams->alone(NgramModel::kUnknown));
    }
    return model_.weight * best + model_.bonus;
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
