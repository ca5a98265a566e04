/// The prefixes that a text search has met, as a tree in flat arrays, with what the grammar says of each.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"
#include "text/text_grammar.hpp"
#include "text/text_search_mass.hpp"

namespace ocrkit::ctc {

/// A prefix by its number. Two never spell the same labels.
using TextPrefix = std::int32_t;

class TextPrefixes {
   public:
    static constexpr TextPrefix kRoot = 0;
    static constexpr TextPrefix kNone = -1;
    static constexpr Label kNoLabel = -1;

    explicit TextPrefixes(const TextGrammar& grammar) : grammar_(grammar) {}

    /// Forgets all prefixes but the empty one; keeps the memory.
    void reset();

    /// The prefix with one label more, or kNone where no text begins so. What was asked once is remembered.
    TextPrefix child(TextPrefix prefix, Label label) {
        for (TextPrefix at = nodes_[index(prefix)].first_child; at != kNone; at = nodes_[index(at)].next_sibling) {
            if (nodes_[index(at)].label == label) {
                return nodes_[index(at)].is_dead ? kNone : at;
            }
        }
        return grow(prefix, label);
    }

    /// The same where it was asked before, else kNone.
    TextPrefix met(TextPrefix prefix, Label label) const {
        for (TextPrefix at = nodes_[index(prefix)].first_child; at != kNone; at = nodes_[index(at)].next_sibling) {
            if (nodes_[index(at)].label == label) {
                return nodes_[index(at)].is_dead ? kNone : at;
            }
        }
        return kNone;
    }

    TextPrefix parent(TextPrefix prefix) const { return nodes_[index(prefix)].parent; }
    Label last(TextPrefix prefix) const { return nodes_[index(prefix)].label; }

    /// What may follow, as `TextGrammar::followers` says it.
    std::uint64_t followers(TextPrefix prefix) const { return nodes_[index(prefix)].followers; }

    /// The ways in which it can be read, until the next prefix is met.
    std::span<const Reading> readings(TextPrefix prefix) const {
        return std::span(readings_).subspan(nodes_[index(prefix)].first_reading, nodes_[index(prefix)].readings);
    }

    /// How many labels it has.
    std::int32_t length(TextPrefix prefix) const { return nodes_[index(prefix)].depth; }

    /// Where the prefix stood in the beam when it was last told so.
    std::int32_t slot(TextPrefix prefix) const { return nodes_[index(prefix)].slot; }
    void set_slot(TextPrefix prefix, std::int32_t slot) { nodes_[index(prefix)].slot = slot; }

    /// What the last label changes of the best term that can be hoped for, as a factor.
    template <class Mass>
    Mass gain(TextPrefix prefix) const {
        if constexpr (std::is_same_v<Mass, double>) {
            return nodes_[index(prefix)].gain;
        } else {
            return {nodes_[index(prefix)].best_term - nodes_[index(parent(prefix))].best_term};
        }
    }

    /// The term that the gains so far add up to, in nats.
    double best_term(TextPrefix prefix) const { return nodes_[index(prefix)].best_term; }

    /// What the text costs if it ends with this prefix, in nats; -inf where it cannot.
    double final_term(TextPrefix prefix) const { return nodes_[index(prefix)].final_term; }
    bool is_complete(TextPrefix prefix) const { return nodes_[index(prefix)].is_complete; }

    /// Writes out the labels.
    void spell(TextPrefix prefix, std::vector<Label>& labels) const;

    /// Whether `a` stands before `b`, which is another prefix, in lexicographic order.
    bool precedes(TextPrefix a, TextPrefix b) const;

   private:
    struct Node {
        TextPrefix parent = kNone;
        Label label = kNoLabel;
        TextPrefix first_child = kNone;
        TextPrefix next_sibling = kNone;
        std::int32_t slot = 0;
        std::int32_t depth = 0;
        std::uint32_t first_reading = 0;
        std::uint32_t readings = 0;
        std::uint64_t followers = 0;
        double best_term = 0.0;
        double final_term = 0.0;
        double gain = 1.0;
        bool is_dead = false;
        bool is_complete = true;
    };

    static std::size_t index(TextPrefix prefix) { return static_cast<std::size_t>(prefix); }
    TextPrefix grow(TextPrefix prefix, Label label);
    void weigh(Node& node, const Node* above);

    const TextGrammar& grammar_;
    std::vector<Node> nodes_;
    std::vector<Reading> readings_;   // each prefix's, one after another
    std::vector<Reading> advanced_;
};

}  // namespace ocrkit::ctc
