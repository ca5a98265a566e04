#include "text/text_prefixes.hpp"

#include <cmath>

namespace ocrkit::ctc {

void TextPrefixes::reset() {
    nodes_.clear();
    readings_.assign(1, grammar_.start());
    nodes_.push_back({.readings = 1});
    weigh(nodes_.front(), nullptr);
}

TextPrefix TextPrefixes::grow(TextPrefix prefix, Label label) {
    const std::span<const Reading> before =
        std::span(readings_).subspan(nodes_[index(prefix)].first_reading, nodes_[index(prefix)].readings);
    advanced_.clear();
    grammar_.advance(before, label, advanced_);
    Node node{.parent = prefix,
              .label = label,
              .next_sibling = nodes_[index(prefix)].first_child,
              .depth = nodes_[index(prefix)].depth + 1,
              .first_reading = static_cast<std::uint32_t>(readings_.size()),
              .readings = static_cast<std::uint32_t>(advanced_.size())};
    readings_.insert(readings_.end(), advanced_.begin(), advanced_.end());
    weigh(node, &nodes_[index(prefix)]);
    const auto created = static_cast<TextPrefix>(nodes_.size());
    nodes_.push_back(node);
    nodes_[index(prefix)].first_child = created;
    return node.is_dead ? kNone : created;
}

void TextPrefixes::weigh(Node& node, const Node* above) {
    const std::span<const Reading> readings = std::span(readings_).subspan(node.first_reading, node.readings);
    node.best_term = grammar_.best_term(readings);
    node.final_term = grammar_.final_term(readings);
    node.followers = grammar_.followers(readings);
    node.is_dead = !std::isfinite(node.best_term);
    node.is_complete = std::isfinite(node.final_term);
    node.gain = above == nullptr || node.is_dead ? 1.0 : std::exp(node.best_term - above->best_term);
}

void TextPrefixes::spell(TextPrefix prefix, std::vector<Label>& labels) const {
    labels.resize(static_cast<std::size_t>(nodes_[index(prefix)].depth));
    for (std::size_t i = labels.size(); i-- > 0; prefix = parent(prefix)) {
        labels[i] = last(prefix);
    }
}

bool TextPrefixes::precedes(TextPrefix a, TextPrefix b) const {
    const std::int32_t left_depth = nodes_[index(a)].depth;
    const std::int32_t right_depth = nodes_[index(b)].depth;
    for (std::int32_t i = left_depth; i > right_depth; --i) {
        a = parent(a);
    }
    for (std::int32_t i = right_depth; i > left_depth; --i) {
        b = parent(b);
    }
    bool before = left_depth < right_depth;  // unless they differ where both have labels, a prefix comes first
    for (; a != b; a = parent(a), b = parent(b)) {
        before = last(a) < last(b);
    }
    return before;
}

}  // namespace ocrkit::ctc
