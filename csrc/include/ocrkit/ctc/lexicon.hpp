/// A lexicon as a trie of labels in flat arrays.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A node of the trie; the root is 0, and nodes are numbered breadth first.
using Node = std::int32_t;

/// Whether an entry ends at a node, and how far those below it go on.
class NodeShape {
   public:
    static constexpr std::uint8_t kMostHeight = 127;

    NodeShape() = default;
    NodeShape(bool is_entry, std::size_t height)
        : bits_(static_cast<std::uint8_t>((is_entry ? kEntry : 0) | std::min<std::size_t>(height, kMostHeight))) {}

    bool is_entry() const { return (bits_ & kEntry) != 0; }

    /// Labels that the longest entry below has beyond the node's, 127 for more; 0 where nothing is below.
    std::size_t height() const { return bits_ & kMostHeight; }

   private:
    static constexpr std::uint8_t kEntry = 128;

    std::uint8_t bits_ = 0;
};

/// The arrays of a lexicon of E entries in N nodes, wherever they lie: in a `Lexicon`, or in a mapped file.
struct LexiconView {
    std::span<const Label> labels;              // (N,) the label that leads to a node; the root's is -1
    std::span<const Node> first_child;          // (N+1,) ascending: n's children are first_child[n]..first_child[n+1]-1
    std::span<const std::int32_t> node_entry;   // (N,) the entry that ends at a node, else kNoEntry
    std::span<const NodeShape> shapes;          // (N,) what a search must know of a node before it goes there
    std::span<const Node> entry_node;           // (E,) where an entry ends
    std::span<const float> priors;              // (E,) ln(count / total), or empty
    std::span<const float> best_prior_below;    // (N,) the largest prior strictly below a node, or empty
    std::span<const Label> alphabet;            // the labels in use, ascending

    std::size_t entries() const { return entry_node.size(); }

    /// The node that a node hangs from; O(log N).
    Node parent(Node node) const;

    /// Appends the labels from the root to `node`; O(depth log N).
    void append_path(Node node, std::vector<Label>& out) const;

    /// True where the labels that lead to `a` come before those that lead to `b`.
    bool precedes(Node a, Node b) const;

    /// Throws LexiconError where an entry holds the blank, or a label that is not below V; O(log) if none does.
    void check_labels(Label blank, std::size_t label_count) const;
};

/// What `entries` count, if anything: one number an entry.
using EntryCounts = std::optional<std::span<const double>>;

/// Entries numbered 0..E-1 in the order in which each first appears in the input; equal ones are merged. It cannot be
/// changed, and copies share its memory.
class Lexicon {
   public:
    /// Entry i of the input is labels[offsets[i]] .. labels[offsets[i+1]-1]. `counts` holds one number an entry, which
    /// merging adds up, or nothing. O(total labels), and a sort of the entries unless they are sorted already. Narrow
    /// labels are as good as wide ones, and take less room.
    /// Throws LexiconError where there is no entry, or an empty one, or a negative label; where counts are of another
    /// number than the entries, negative or not finite, or all zero.
    Lexicon(std::span<const Label> labels, std::span<const std::int64_t> offsets, EntryCounts counts = std::nullopt);
    Lexicon(std::span<const std::uint8_t> labels, std::span<const std::int64_t> offsets,
            EntryCounts counts = std::nullopt);
    Lexicon(std::span<const std::uint16_t> labels, std::span<const std::int64_t> offsets,
            EntryCounts counts = std::nullopt);

    /// Arrays that lie in memory that `owner` keeps.
    Lexicon(std::shared_ptr<const void> owner, const LexiconView& view) : owner_(std::move(owner)), view_(view) {}

    const LexiconView& view() const { return view_; }

    /// Bytes in the arrays.
    std::size_t bytes() const;

   private:
    std::shared_ptr<const void> owner_;
    LexiconView view_;
};

}  // namespace ocrkit::ctc
