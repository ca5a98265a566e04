#include "text/lone_entry_search.hpp"

namespace ocrkit::ctc {

namespace {

/// Nodes expanded for a line before a beam takes over: a tenth of a second or so.
constexpr std::int64_t kBudget = 100'000;

}  // namespace

LoneEntrySearch::LoneEntrySearch(const LexiconView& lexicon, const TextSearchOptions& options)
    : lexicon_(lexicon),
      prior_weight_(options.prior_weight),
      finder_(lexicon, {.n_best = options.n_best, .prior_weight = options.prior_weight, .budget = kBudget}) {}

bool LoneEntrySearch::run(const LineView& line, RankedTexts& texts) {
    const Verdict verdict = finder_.run(line, kLogZero);
    texts.add(line, {}, 0.0);
    for (const Node node : finder_.found()) {
        labels_.clear();
        lexicon_.append_path(node, labels_);
        const auto entry = static_cast<std::size_t>(lexicon_.node_entry[static_cast<std::size_t>(node)]);
        const double prior = prior_weight_ > 0.0 ? static_cast<double>(lexicon_.priors[entry]) : 0.0;
        texts.add(line, labels_, prior_weight_ * prior);
    }
    return verdict == Verdict::kProved;
}

}  // namespace ocrkit::ctc
