#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "ocrkit/ctc/lexicon.hpp"

namespace ocrkit::ctc {
namespace {

/// The input: entries one after another, their labels of any width.
template <class Narrow>
struct Sequences {
    std::span<const Narrow> labels;
    std::span<const std::int64_t> offsets;

    std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }

    std::span<const Narrow> operator[](std::size_t i) const {
        const auto begin = static_cast<std::size_t>(offsets[i]);
        return labels.subspan(begin, static_cast<std::size_t>(offsets[i + 1]) - begin);
    }
};

template <class Narrow>
void check(const Sequences<Narrow>& sequences) {
    if (sequences.size() == 0) {
        throw LexiconError("the lexicon is empty; give at least one entry");
    }
    if (sequences.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        throw LexiconError("the lexicon has more than 2147483647 entries; split it");
    }
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        if (sequences[i].empty()) {
            throw LexiconError("entry " + std::to_string(i) + " is empty; an entry has at least one label");
        }
        if constexpr (std::is_signed_v<Narrow>) {
            for (const Narrow label : sequences[i]) {
                if (label < 0) {
                    throw LexiconError("entry " + std::to_string(i) + " holds label " + std::to_string(label) +
                                       "; labels are 0 or more");
                }
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

/// How many labels two entries begin with alike.
template <class Narrow>
std::size_t shared_prefix(std::span<const Narrow> a, std::span<const Narrow> b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t shared = 0;
    while (shared < shorter && a[shared] == b[shared]) ++shared;
    return shared;
}

template <class Narrow>
bool precedes(std::span<const Narrow> a, std::span<const Narrow> b) {
    const std::size_t shared = shared_prefix(a, b);
    return shared < b.size() && (shared == a.size() || a[shared] < b[shared]);
}

template <class Narrow>
bool is_sorted(const Sequences<Narrow>& sequences) {
    for (std::size_t i = 1; i < sequences.size(); ++i) {
        if (precedes(sequences[i], sequences[i - 1])) return false;
    }
    return true;
}

/// Input positions in the order of their sequences; among equal ones the first position comes first.
template <class Narrow>
std::vector<std::uint32_t> sorted_positions(const Sequences<Narrow>& sequences) {
    // The first labels of a sequence as one number, so that few comparisons look at the sequences.
    struct Keyed {
        std::uint64_t key;
        std::uint32_t position;
    };
    const auto highest = static_cast<std::uint64_t>(*std::max_element(sequences.labels.begin(), sequences.labels.end()));
    const auto bits = static_cast<unsigned>(std::bit_width(highest + 1));
    const std::size_t held = 64 / bits;
    std::vector<Keyed> keyed(sequences.size());
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const auto sequence = sequences[i];
        std::uint64_t key = 0;
        for (std::size_t k = 0; k < held; ++k) {
            key = (key << bits) | (k < sequence.size() ? static_cast<std::uint64_t>(sequence[k]) + 1 : 0);
        }
        keyed[i] = {key, static_cast<std::uint32_t>(i)};
    }
    std::sort(keyed.begin(), keyed.end(), [&](const Keyed& a, const Keyed& b) {
        if (a.key != b.key) {
            return a.key < b.key;
        }
        const auto left = sequences[a.position];
        const auto right = sequences[b.position];
        if (precedes(left, right)) {
            return true;
        }
        return a.position < b.position && !precedes(right, left);
    });
    std::vector<std::uint32_t> order(sequences.size());
    std::transform(keyed.begin(), keyed.end(), order.begin(), [](const Keyed& each) { return each.position; });
    return order;
}

/// A copy of sequences in another order, so that what goes through them goes through memory once.
template <class Narrow>
struct Reordered {
    std::vector<Narrow> labels;
    std::vector<std::int64_t> offsets;

    Reordered(const Sequences<Narrow>& sequences, std::span<const std::uint32_t> order) {
        labels.reserve(sequences.labels.size());
        offsets.reserve(order.size() + 1);
        offsets.push_back(0);
        for (const std::uint32_t position : order) {
            const auto sequence = sequences[position];
            labels.insert(labels.end(), sequence.begin(), sequence.end());
            offsets.push_back(static_cast<std::int64_t>(labels.size()));
        }
    }
};

struct Distinct {
    std::vector<std::uint32_t> ranks;    // (E,) where the first of each group of equal sequences stands when sorted
    std::vector<std::int32_t> numbers;   // (E,) its entry number
    std::vector<double> counts;          // (E,) by entry number, or empty
};

/// `sequences` are sorted; the one of rank r stood at position[r] of the input.
template <class Narrow, class Position>
Distinct merge_duplicates(const Sequences<Narrow>& sequences, Position position, EntryCounts counts) {
    Distinct distinct;
    distinct.ranks.reserve(sequences.size());
    std::vector<std::int32_t> number(sequences.size(), kNoEntry);   // by position; of equal ones, at the first
    for (std::size_t rank = 0; rank < sequences.size(); ++rank) {
        if (rank == 0 || !std::ranges::equal(sequences[rank - 1], sequences[rank])) {
            distinct.ranks.push_back(static_cast<std::uint32_t>(rank));
            number[position(rank)] = 0;
        }
    }
    std::int32_t next = 0;
    for (std::int32_t& each : number) {
        if (each != kNoEntry) each = next++;
    }
    distinct.numbers.reserve(distinct.ranks.size());
    for (const std::uint32_t rank : distinct.ranks) {
        distinct.numbers.push_back(number[position(rank)]);
    }
    if (counts) {
        distinct.counts.assign(distinct.ranks.size(), 0.0);
        for (std::size_t group = 0; group < distinct.ranks.size(); ++group) {
            const bool is_last = group + 1 == distinct.ranks.size();
            const std::size_t end = is_last ? sequences.size() : distinct.ranks[group + 1];
            for (std::size_t rank = distinct.ranks[group]; rank < end; ++rank) {
                distinct.counts[static_cast<std::size_t>(distinct.numbers[group])] += (*counts)[position(rank)];
            }
        }
    }
    return distinct;
}

/// A lexicon's arrays, as LexiconView has them.
struct Arrays {
    std::vector<Label> labels;
    std::vector<Node> first_child;
    std::vector<std::int32_t> node_entry;
    std::vector<NodeShape> shapes;
    std::vector<Node> entry_node;
    std::vector<float> priors;
    std::vector<float> best_prior_below;
    std::vector<Label> alphabet;

    LexiconView view() const {
        return {labels, first_child, node_entry, shapes, entry_node, priors, best_prior_below, alphabet};
    }
};

/// The first node of each depth, root first, ended by the number of nodes twice.
template <class Narrow>
std::vector<std::size_t> level_begins(const Sequences<Narrow>& sequences, const Distinct& distinct) {
    std::vector<std::size_t> counts{1};
    std::span<const Narrow> before;
    for (const std::uint32_t rank : distinct.ranks) {
        const auto sequence = sequences[rank];
        if (counts.size() <= sequence.size()) {
            counts.resize(sequence.size() + 1);
        }
        for (std::size_t depth = shared_prefix(before, sequence) + 1; depth <= sequence.size(); ++depth) {
            ++counts[depth];
        }
        before = sequence;
    }
    std::vector<std::size_t> begins{0};
    for (const std::size_t count : counts) {
        begins.push_back(begins.back() + count);
    }
    begins.push_back(begins.back());
    if (begins.back() > static_cast<std::size_t>(std::numeric_limits<Node>::max())) {
        throw LexiconError("the lexicon needs more than 2147483647 trie nodes; split it");
    }
    return begins;
}

/// Sorted sequences bring the nodes of each depth in their order, so one pass fills all depths side by side.
template <class Narrow>
void grow(const Sequences<Narrow>& sequences, const Distinct& distinct, Arrays& arrays) {
    std::vector<std::size_t> next = level_begins(sequences, distinct);
    const std::size_t nodes = next.back();
    arrays.labels.resize(nodes);
    arrays.first_child.resize(nodes + 1);
    arrays.node_entry.assign(nodes, kNoEntry);
    arrays.shapes.resize(nodes);
    arrays.entry_node.resize(distinct.ranks.size());
    arrays.labels[0] = -1;
    arrays.first_child[0] = 1;
    arrays.first_child[nodes] = static_cast<Node>(nodes);
    std::vector<std::size_t> path(next.size());   // the nodes of the sequence before, from the root
    std::span<const Narrow> before;
    for (std::size_t i = 0; i < distinct.ranks.size(); ++i) {
        const auto sequence = sequences[distinct.ranks[i]];
        for (std::size_t depth = shared_prefix(before, sequence) + 1; depth <= sequence.size(); ++depth) {
            const std::size_t node = next[depth]++;
            arrays.labels[node] = static_cast<Label>(sequence[depth - 1]);
            arrays.first_child[node] = static_cast<Node>(next[depth + 1]);
            path[depth] = node;
        }
        for (std::size_t depth = 0; depth < sequence.size(); ++depth) {
            NodeShape& shape = arrays.shapes[path[depth]];
            shape = {shape.is_entry(), std::max(shape.height(), sequence.size() - depth)};
        }
        const std::size_t end = path[sequence.size()];
        arrays.shapes[end] = {true, arrays.shapes[end].height()};
        arrays.node_entry[end] = distinct.numbers[i];
        arrays.entry_node[static_cast<std::size_t>(distinct.numbers[i])] = static_cast<Node>(end);
        before = sequence;
    }
}

std::vector<Label> alphabet_of(std::span<const Label> labels) {
    constexpr Label kMostMarked = Label{1} << 24;
    const Label highest = *std::max_element(labels.begin(), labels.end());
    std::vector<Label> alphabet;
    if (highest < kMostMarked) {
        std::vector<std::uint8_t> occurs(static_cast<std::size_t>(highest) + 1);
        for (const Label label : labels) occurs[static_cast<std::size_t>(label)] = 1;
        for (Label label = 0; label <= highest; ++label) {
            if (occurs[static_cast<std::size_t>(label)] != 0) alphabet.push_back(label);
        }
    } else {
        alphabet.assign(labels.begin(), labels.end());
        std::sort(alphabet.begin(), alphabet.end());
        alphabet.erase(std::unique(alphabet.begin(), alphabet.end()), alphabet.end());
        alphabet.shrink_to_fit();
    }
    return alphabet;
}

void weigh(std::span<const double> counts, Arrays& arrays) {
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    arrays.priors.reserve(counts.size());
    for (const double count : counts) {
        arrays.priors.push_back(static_cast<float>(std::log(count / total)));
    }
    std::vector<float>& best = arrays.best_prior_below;
    best.assign(arrays.labels.size(), kLogZero);
    // Children have higher numbers than their parent, so each node is complete when it is reached.
    for (std::size_t node = arrays.labels.size(); node-- > 0;) {
        for (Node child = arrays.first_child[node]; child < arrays.first_child[node + 1]; ++child) {
            const auto at = static_cast<std::size_t>(child);
            const std::int32_t entry = arrays.node_entry[at];
            const float own = entry == kNoEntry ? kLogZero : arrays.priors[static_cast<std::size_t>(entry)];
            best[node] = std::max({best[node], own, best[at]});
        }
    }
}

template <class Narrow>
std::shared_ptr<const Arrays> built(const Sequences<Narrow>& sequences, EntryCounts counts) {
    check(sequences);
    if (counts) {
        check_counts(*counts, sequences.size());
    }
    auto arrays = std::make_shared<Arrays>();
    Distinct distinct;
    if (is_sorted(sequences)) {
        distinct = merge_duplicates(sequences, [](std::size_t rank) { return rank; }, counts);
        grow(sequences, distinct, *arrays);
    } else {
        std::vector<std::uint32_t> order = sorted_positions(sequences);
        const Reordered<Narrow> reordered(sequences, order);
        const Sequences<Narrow> sorted{reordered.labels, reordered.offsets};
        distinct = merge_duplicates(sorted, [&](std::size_t rank) { return std::size_t{order[rank]}; }, counts);
        order = {};   // memory that the trie can use
        grow(sorted, distinct, *arrays);
    }
    arrays->alphabet = alphabet_of(std::span(arrays->labels).subspan(1));
    if (counts) {
        weigh(distinct.counts, *arrays);
    }
    return arrays;
}

Lexicon lexicon_of(std::shared_ptr<const Arrays> arrays) {
    const LexiconView view = arrays->view();
    return {std::move(arrays), view};
}

}  // namespace

Lexicon::Lexicon(std::span<const Label> labels, std::span<const std::int64_t> offsets, EntryCounts counts)
    : Lexicon(lexicon_of(built(Sequences<Label>{labels, offsets}, counts))) {}

Lexicon::Lexicon(std::span<const std::uint8_t> labels, std::span<const std::int64_t> offsets, EntryCounts counts)
    : Lexicon(lexicon_of(built(Sequences<std::uint8_t>{labels, offsets}, counts))) {}

Lexicon::Lexicon(std::span<const std::uint16_t> labels, std::span<const std::int64_t> offsets, EntryCounts counts)
    : Lexicon(lexicon_of(built(Sequences<std::uint16_t>{labels, offsets}, counts))) {}

}  // namespace ocrkit::ctc
