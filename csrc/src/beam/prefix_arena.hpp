/// The prefixes that a beam search has met, as a tree of links in one flat array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A prefix by the number of its node.
using Prefix = std::int32_t;

/// Nodes with parent links; two nodes never spell the same prefix.
class PrefixArena {
   public:
    static constexpr Prefix kNone = -1;
    static constexpr Prefix kRoot = 0;
    static constexpr Label kNoLabel = -1;

    /// Forgets all prefixes but the empty one; keeps the memory.
    void reset() { nodes_.assign(1, {}); }

    /// How many prefixes there are, the empty one among them.
    std::size_t size() const { return nodes_.size(); }

    Prefix parent(Prefix prefix) const { return at(prefix).parent; }

    /// The last label; the empty prefix has none.
    Label last(Prefix prefix) const { return at(prefix).label; }

    /// Where the prefix stood in the beam when it was last told so.
    std::int32_t slot(Prefix prefix) const { return at(prefix).slot; }
    void set_slot(Prefix prefix, std::int32_t slot) { at(prefix).slot = slot; }

    /// The prefix with one label more. O(children).
    Prefix child(Prefix prefix, Label label) {
        for (Prefix child = at(prefix).first_child; child != kNone; child = at(child).next_sibling) {
            if (last(child) == label) {
                return child;
            }
        }
        const auto created = static_cast<Prefix>(nodes_.size());
        nodes_.push_back({.parent = prefix,
                          .label = label,
                          .depth = at(prefix).depth + 1,
                          .next_sibling = std::exchange(at(prefix).first_child, created)});
        return created;
    }

    /// Writes out the labels.
    void spell(Prefix prefix, std::vector<Label>& labels) const {
        labels.resize(static_cast<std::size_t>(at(prefix).depth));
        for (std::size_t i = labels.size(); i-- > 0; prefix = parent(prefix)) {
            labels[i] = last(prefix);
        }
    }

    /// Whether `a` with the label `after_a` (or kNoLabel for none) stands before `b` with `after_b` in lexicographic
    /// order; the two spell different prefixes. O(labels since they parted).
    bool precedes(Prefix a, Label after_a, Prefix b, Label after_b) const {
        Path left{a, after_a};
        Path right{b, after_b};
        const std::int32_t left_depth = depth(left);
        const std::int32_t right_depth = depth(right);
        for (std::int32_t i = left_depth; i > right_depth; --i) {
            shorten(left);
        }
        for (std::int32_t i = right_depth; i > left_depth; --i) {
            shorten(right);
        }
        bool before = left_depth < right_depth;  // unless they differ where both have labels, a prefix comes first
        while (left.prefix != right.prefix || left.after != right.after) {
            if (end(left) != end(right)) {
                before = end(left) < end(right);
            }
            shorten(left);
            shorten(right);
        }
        return before;
    }

   private:
    struct Node {
        Prefix parent = kNone;
        Label label = kNoLabel;
        std::int32_t depth = 0;
        std::int32_t slot = 0;
        Prefix first_child = kNone;
        Prefix next_sibling = kNone;
    };

    /// A prefix, and perhaps one label more that has no node.
    struct Path {
        Prefix prefix;
        Label after;
    };

    const Node& at(Prefix prefix) const { return nodes_[static_cast<std::size_t>(prefix)]; }
    Node& at(Prefix prefix) { return nodes_[static_cast<std::size_t>(prefix)]; }

    std::int32_t depth(const Path& path) const { return at(path.prefix).depth + (path.after == kNoLabel ? 0 : 1); }
    Label end(const Path& path) const { return path.after == kNoLabel ? last(path.prefix) : path.after; }
    void shorten(Path& path) const {
        path = {path.after == kNoLabel ? parent(path.prefix) : path.prefix, kNoLabel};
    }

    std::vector<Node> nodes_;
};

}  // namespace ocrkit::ctc
