#include <algorithm>

#include "ocrkit/ctc/text_search.hpp"

namespace ocrkit::ctc {

namespace {

/// The node that a spelling leads to, or 0.
Node follow(const LexiconView& lexicon, std::span<const Label> spelling) {
    Node node = 0;
    for (const Label label : spelling) {
        const auto at = static_cast<std::size_t>(node);
        const auto begin = lexicon.labels.begin() + lexicon.first_child[at];
        const auto end = lexicon.labels.begin() + lexicon.first_child[at + 1];
        const auto found = std::lower_bound(begin, end, label);
        if (found == end || *found != label) {
            return 0;
        }
        node = static_cast<Node>(found - lexicon.labels.begin());
    }
    return node;
}

}  // namespace

WordUnits::WordUnits(const NgramModel& ngrams, const LexiconView& lexicon, std::span<const Label> labels,
                     std::span<const std::int64_t> offsets)
    : of_entries(lexicon.entries(), NgramModel::kUnknown), best_below(lexicon.labels.size(), kLogZero) {
    for (std::size_t unit = 0; unit + 1 < offsets.size(); ++unit) {
        const auto begin = static_cast<std::size_t>(offsets[unit]);
        const Node node = follow(lexicon, labels.subspan(begin, static_cast<std::size_t>(offsets[unit + 1]) - begin));
        const std::int32_t entry = lexicon.node_entry[static_cast<std::size_t>(node)];
        if (entry == kNoEntry) {
            continue;
        }
        // Of two units that the charset spells alike, the first counts.
        NgramModel::Unit& found = of_entries[static_cast<std::size_t>(entry)];
        found = found == NgramModel::kUnknown ? static_cast<NgramModel::Unit>(unit) : found;
    }
    for (std::size_t node = lexicon.labels.size(); node-- > 0;) {   // children have higher numbers than their parent
        if (const std::int32_t entry = lexicon.node_entry[node]; entry != kNoEntry) {
            const double alone = ngrams.alone(of_entries[static_cast<std::size_t>(entry)]);
            best_below[node] = static_cast<float>(alone);
        }
        for (Node child = lexicon.first_child[node]; child < lexicon.first_child[node + 1]; ++child) {
            best_below[node] = std::max(best_below[node], best_below[static_cast<std::size_t>(child)]);
        }
    }
}

}  // namespace ocrkit::ctc
