#include "ocrkit/ctc/lexicon.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace ocrkit::ctc {
namespace {

using Offsets = std::span<const std::int64_t>;

std::span<const Label> sequence(std::span<const Label> labels, Offsets offsets, std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    const auto begin = static_cast<std::size_t>(offsets[at]);
    return labels.subspan(begin, static_cast<std::size_t>(offsets[at + 1]) - begin);
}

void check_sequences(std::span<const Label> labels, Offsets offsets) {
    if (offsets.size() < 2) {
        throw LexiconError("the lexicon is empty; give at least one entry");
    }
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
        const auto entry = sequence(labels, offsets, static_cast<std::int64_t>(i));
        if (entry.empty()) {
            throw LexiconError("entry " + std::to_string(i) + " is empty; an entry has at least one label");
        }
        for (const Label label : entry) {
            if (label < 0) {
                throw LexiconError("entry " + std::to_string(i) + " holds label " + std::to_string(label) +
                                   "; labels are 0 or more");
            }
        }
    }
}

void check_counts(std::span<const double> counts, std::size_t entries) {
    if (counts.size() != entries) {
        throw LexiconError("there are " + std::to_string(counts.size()) + " counts for " + std::to_string(entries) +
                           " entries; give one count an entry");
    }
    double total = 0.0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!std::isfinite(counts[i]) || counts[i] < 0.0) {
            throw LexiconError("the count of entry " + std::to_string(i) + " is " + std::to_string(counts[i]) +
                               "; counts are finite and 0 or more");
        }
        total += counts[i];
    }
    if (!(total > 0.0)) {
        throw LexiconError("every count is 0; at least one entry needs a count above 0");
    }
    if (!std::isfinite(total)) {
        throw LexiconError("the counts add up to more than a float holds; divide them all");
    }
}

/// Input positions in the order of their sequences; among equal ones the first position comes first.
std::vector<std::int64_t> sort_sequences(std::span<const Label> labels, Offsets offsets) {
    std::vector<std::int64_t> order(offsets.size() - 1);
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        const auto left = sequence(labels, offsets, a);
        const auto right = sequence(labels, offsets, b);
        const auto [l, r] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
        if (l == left.end() && r == right.end()) {
            return a < b;
        }
        return l == left.end() || (r != right.end() && *l < *r);
    });
    return order;
}

struct Distinct {
    std::vector<std::int64_t> sorted;    // (E,) the first position of each distinct sequence, in order of sequences
    std::vector<std::int32_t> numbers;   // (E,) its entry number
    std::vector<double> counts;          // (E,) by entry number, or empty
};

Distinct merge_duplicates(std::span<const Label> labels, Offsets offsets, std::span<const double> counts) {
    const std::vector<std::int64_t> order = sort_sequences(labels, offsets);
    Distinct distinct;
    std::vector<std::int32_t> group_of(order.size());
    for (const std::int64_t position : order) {
        const auto entry = sequence(labels, offsets, position);
        if (distinct.sorted.empty() ||
            !std::ranges::equal(sequence(labels, offsets, distinct.sorted.back()), entry)) {
            distinct.sorted.push_back(position);
        }
        group_of[static_cast<std::size_t>(position)] = static_cast<std::int32_t>(distinct.sorted.size() - 1);
    }
    distinct.numbers.assign(distinct.sorted.size(), kNoEntry);
    std::int32_t next = 0;
    for (const std::int32_t group : group_of) {
        std::int32_t& number = distinct.numbers[static_cast<std::size_t>(group)];
        if (number == kNoEntry) {
            number = next++;
        }
    }
    if (counts.empty()) {
        return distinct;
    }
    distinct.counts.assign(distinct.sorted.size(), 0.0);
    for (std::size_t i = 0; i < group_of.size(); ++i) {
        const std::int32_t number = distinct.numbers[static_cast<std::size_t>(group_of[i])];
        distinct.counts[static_cast<std::size_t>(number)] += counts[i];
    }
    return distinct;
}

}  // namespace

Node LexiconView::parent(Node node) const {
    // Childless nodes share a bound with their right neighbour, and upper_bound passes them.
    const auto after = std::upper_bound(first_child.begin(), first_child.end() - 1, node);
    return static_cast<Node>(after - first_child.begin()) - 1;
}

void LexiconView::append_path(Node node, std::vector<Label>& out) const {
    const auto start = static_cast<std::ptrdiff_t>(out.size());
    for (; node != 0; node = parent(node)) {
        out.push_back(labels[static_cast<std::size_t>(node)]);
    }
    std::reverse(out.begin() + start, out.end());
}

bool LexiconView::precedes(Node a, Node b) const {
    std::vector<Label> left;
    std::vector<Label> right;
    append_path(a, left);
    append_path(b, right);
    return left < right;
}

void LexiconView::check_labels(Label blank, std::size_t label_count) const {
    const bool has_blank = std::binary_search(alphabet.begin(), alphabet.end(), blank);
    if (!has_blank && static_cast<std::size_t>(alphabet.back()) < label_count) {
        return;
    }
    std::vector<Label> path;
    for (std::size_t entry = 0; entry < entries(); ++entry) {
        path.clear();
        append_path(entry_node[entry], path);
        for (const Label label : path) {
            if (label == blank) {
                throw LexiconError("entry " + std::to_string(entry) + " holds label " + std::to_string(label) +
                                   ", which is the blank; no labelling has a blank");
            }
            if (static_cast<std::size_t>(label) >= label_count) {
                throw LexiconError("entry " + std::to_string(entry) + " holds label " + std::to_string(label) +
                                   ", but log_probs has labels 0.." + std::to_string(label_count - 1) +
                                   "; the lexicon belongs to another alphabet");
            }
        }
    }
}

Lexicon::Lexicon(std::span<const Label> labels, Offsets offsets, std::optional<std::span<const double>> counts) {
    check_sequences(labels, offsets);
    if (counts) {
        check_counts(*counts, offsets.size() - 1);
    }
    const Distinct distinct = merge_duplicates(labels, offsets, counts.value_or(std::span<const double>{}));
    grow(labels, offsets, distinct.sorted, distinct.numbers);
    measure();
    gather_alphabet();
    if (counts) {
        weigh(distinct.counts);
    }
}

void Lexicon::grow(std::span<const Label> labels, Offsets offsets, Offsets sorted,
                   std::span<const std::int32_t> numbers) {
    struct Range {
        std::size_t begin, end;   // the sorted sequences that pass through a node
    };
    entry_node_.resize(sorted.size());
    std::vector<Range> level{{0, sorted.size()}};
    std::vector<Range> next_level;
    labels_.push_back(-1);
    for (std::size_t depth = 0; !level.empty(); ++depth, level.swap(next_level)) {
        next_level.clear();
        for (const Range& range : level) {
            first_child_.push_back(static_cast<Node>(labels_.size()));
            std::size_t i = range.begin;
            // Sequences are distinct and sorted, so one that ends here stands first.
            const bool ends = sequence(labels, offsets, sorted[i]).size() == depth;
            if (ends) {
                entry_node_[static_cast<std::size_t>(numbers[i])] = static_cast<Node>(node_entry_.size());
            }
            node_entry_.push_back(ends ? numbers[i++] : kNoEntry);
            while (i < range.end) {
                const Label label = sequence(labels, offsets, sorted[i])[depth];
                const std::size_t begin = i;
                while (i < range.end && sequence(labels, offsets, sorted[i])[depth] == label) ++i;
                labels_.push_back(label);
                next_level.push_back({begin, i});
            }
        }
        if (labels_.size() > static_cast<std::size_t>(std::numeric_limits<Node>::max())) {
            throw LexiconError("the lexicon needs more than 2147483647 trie nodes; split it");
        }
    }
    first_child_.push_back(static_cast<Node>(labels_.size()));
    labels_.shrink_to_fit();
    first_child_.shrink_to_fit();
    node_entry_.shrink_to_fit();
}

void Lexicon::measure() {
    shapes_.resize(labels_.size());
    // Children have higher numbers than their parent, so each node is complete when it is reached.
    for (std::size_t node = labels_.size(); node-- > 0;) {
        std::size_t height = 0;
        for (Node child = first_child_[node]; child < first_child_[node + 1]; ++child) {
            height = std::max(height, shapes_[static_cast<std::size_t>(child)].height() + 1);
        }
        shapes_[node] = {node_entry_[node] != kNoEntry, height};
    }
}

void Lexicon::gather_alphabet() {
    alphabet_.assign(labels_.begin() + 1, labels_.end());
    std::sort(alphabet_.begin(), alphabet_.end());
    alphabet_.erase(std::unique(alphabet_.begin(), alphabet_.end()), alphabet_.end());
    alphabet_.shrink_to_fit();
}

void Lexicon::weigh(std::span<const double> counts) {
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    priors_.reserve(counts.size());
    for (const double count : counts) {
        priors_.push_back(static_cast<float>(std::log(count / total)));
    }
    best_prior_below_.assign(labels_.size(), kLogZero);
    // Children have higher numbers than their parent, so each node is complete when it is reached.
    for (std::size_t node = labels_.size(); node-- > 0;) {
        for (Node child = first_child_[node]; child < first_child_[node + 1]; ++child) {
            const auto at = static_cast<std::size_t>(child);
            const std::int32_t entry = node_entry_[at];
            const float own = entry == kNoEntry ? kLogZero : priors_[static_cast<std::size_t>(entry)];
            best_prior_below_[node] = std::max({best_prior_below_[node], own, best_prior_below_[at]});
        }
    }
}

LexiconView Lexicon::view() const {
    return {labels_, first_child_, node_entry_, shapes_, entry_node_, priors_, best_prior_below_, alphabet_};
}

std::size_t Lexicon::bytes() const {
    const LexiconView arrays = view();
    return arrays.labels.size_bytes() + arrays.first_child.size_bytes() + arrays.node_entry.size_bytes() +
           arrays.shapes.size_bytes() +
           arrays.entry_node.size_bytes() + arrays.priors.size_bytes() + arrays.best_prior_below.size_bytes() +
           arrays.alphabet.size_bytes();
}

}  // namespace ocrkit::ctc
