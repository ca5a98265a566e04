/// Texts of lexicon entries by brute force: every labelling of a line, and every way of cutting it.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "ocrkit/ctc/lexicon.hpp"
#include "oracle.hpp"

namespace ocrkit::oracle {

/// line := sep* (entry sep+)* entry? sep*
struct Grammar {
    std::map<Labels, double> entries;   // with their weighted priors, 0 where there are none
    std::set<Label> separators;
    double out_of_lexicon = -kNothing;  // what each label of a stretch costs that is no entry; infinite: none is read

    /// The best term of the labels from `begin` on, where an entry may begin; -inf where they are no text.
    double term(const Labels& labels, std::size_t begin = 0) const {
        if (begin == labels.size()) {
            return 0.0;
        }
        double best = separators.contains(labels[begin]) ? term(labels, begin + 1) : kNothing;
        for (std::size_t end = begin + 1; end <= labels.size(); ++end) {
            const Labels stretch(labels.begin() + static_cast<std::ptrdiff_t>(begin),
                                 labels.begin() + static_cast<std::ptrdiff_t>(end));
            const bool ends = end == labels.size() || separators.contains(labels[end]);
            const double rest = !ends ? kNothing : end == labels.size() ? 0.0 : term(labels, end + 1);
            if (const auto entry = entries.find(stretch); entry != entries.end()) {
                best = std::max(best, entry->second + rest);
            } else if (std::none_of(stretch.begin(), stretch.end(), [&](Label l) { return separators.contains(l); })) {
                best = std::max(best, rest - out_of_lexicon * static_cast<double>(stretch.size()));
            }
        }
        return best;
    }

    ctc::Lexicon lexicon() const {
        Labels labels;
        std::vector<std::int64_t> offsets{0};
        for (const auto& [entry, prior] : entries) {
            labels.insert(labels.end(), entry.begin(), entry.end());
            offsets.push_back(static_cast<std::int64_t>(labels.size()));
        }
        return ctc::Lexicon(labels, offsets);
    }
};

struct Text {
    double score;
    double acoustic_score;
    Labels labels;
};

/// Every text that is possible in a line, best first.
inline std::vector<Text> texts(const Batch& batch, std::size_t line, const Grammar& grammar) {
    std::vector<Text> found;
    for (const auto& [labels, acoustic] : labellings(batch, line)) {
        if (const double term = grammar.term(labels); term > kNothing) {
            found.push_back({acoustic + term, acoustic, labels});
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const Text& a, const Text& b) { return a.score > b.score; });
    return found;
}

}  // namespace ocrkit::oracle
