#include "text/text_bound.hpp"

#include <algorithm>
#include <type_traits>

#include "line/pulse.hpp"
#include "simd/kernels.hpp"

namespace ocrkit::ctc {

template <class Mass>
TextBound<Mass>::TextBound(const TextGrammar& grammar)
    : lexicon_(grammar.lexicon()), separators_(grammar.separators()) {}

template <class Mass>
void TextBound<Mass>::read(const LineView& line) {
    frames_ = line.frames;
    labels_ = line.labels;
    blank_ = line.blank;
    probabilities_.resize(frames_ * labels_);
    if constexpr (std::is_same_v<Mass, double>) {
        kernels().exp(line.log_probs.data(), probabilities_.size(), 0.0F, probabilities_.data());
    } else {
        for (std::size_t i = 0; i < probabilities_.size(); ++i) {
            probabilities_[i] = mass_from_log<Mass>(static_cast<double>(line.log_probs[i]));
        }
    }
    if (separator_.size() != labels_) {
        separator_.assign(labels_, 0);
        for (std::size_t i = 0; i < separators_.size(); ++i) {
            separator_[static_cast<std::size_t>(separators_[i])] = static_cast<std::int32_t>(i);
        }
    }
}

template <class Mass>
void TextBound<Mass>::tell_apart(std::size_t most_nodes) {
    choose_columns(most_nodes);
    rests_.resize((frames_ + 1) * columns_);
    begun_.resize(told_);
    scaled_.resize(labels_);
    log_scales_.resize(frames_ + 1);
    end_row();
    for (std::size_t t = frames_; t-- > 0;) {
        step(t);
        pulse().beat(10 * (told_ + columns_));
    }
}

template <class Mass>
void TextBound<Mass>::choose_columns(std::size_t most_nodes) {
    const std::span<const Node> first_child = lexicon_.first_child;
    const std::size_t nodes = lexicon_.labels.size();
    const std::size_t most = std::max(most_nodes, static_cast<std::size_t>(first_child[1]));
    const auto ends = first_child.begin() + 1;
    const auto past = std::upper_bound(ends, first_child.end(), static_cast<Node>(std::min(most, nodes)));
    exact_ = most >= nodes ? nodes : static_cast<std::size_t>(past - ends);
    told_ = static_cast<std::size_t>(first_child[exact_]);
    free_ = exact_ + separators_.size();
    columns_ = free_ + (is_whole() ? 0 : lexicon_.shapes[0].height() + std::size_t{1});
    repeating_.clear();
    for (std::size_t node = 1; node < exact_; ++node) {
        const Label* const children = lexicon_.labels.data();
        if (std::binary_search(children + first_child[node], children + first_child[node + 1], lexicon_.labels[node])) {
            repeating_.push_back(node);
        }
    }
}

template <class Mass>
void TextBound<Mass>::end_row() {
    const Mass all = mass_from_log<Mass>(0.0);
    Rest<Mass>* const row = rests_.data() + frames_ * columns_;
    std::fill(row, row + columns_, Rest<Mass>{all, all});
    for (std::size_t node = 1; node < exact_; ++node) {
        row[node] = lexicon_.shapes[node].is_entry() ? Rest<Mass>{all, all} : Rest<Mass>{};
    }
    log_scales_[frames_] = 0.0;
    high_ = all;
}

template <class Mass>
void TextBound<Mass>::step(std::size_t t) {
    const Rest<Mass>* const next = rests_.data() + (t + 1) * columns_;
    Rest<Mass>* const row = rests_.data() + t * columns_;
    // The row before is scaled while it is read.
    const double log_high = Mass{} < high_ ? log_of(high_) : 0.0;
    const Mass scale = mass_from_log<Mass>(-log_high);
    log_scales_[t] = log_scales_[t + 1] + log_high;
    const Mass* const given = probabilities_.data() + t * labels_;
    for (std::size_t label = 0; label < labels_; ++label) {
        scaled_[label] = given[label] * scale;
    }
    const Mass* const probabilities = scaled_.data();
    const Mass blank = probabilities[blank_];
    for (std::size_t node = 1; node < told_; ++node) {
        const std::size_t column = node < exact_ ? node : free_ + lexicon_.shapes[node].height();
        begun_[node] = probabilities[lexicon_.labels[node]] * next[column].after_label;
    }
    high_ = Mass{};
    step_apart(probabilities, next, row);
    step_nodes(blank, next, row);
    if (!is_whole()) {
        step_free(probabilities, blank, next + free_, row + free_);
    }
}

/// What beginning each separator gives, which stands in its column until `step_nodes` adds the rest.
template <class Mass>
void TextBound<Mass>::step_apart(const Mass* probabilities, const Rest<Mass>* next, Rest<Mass>* row) {
    apart_ = Mass{};
    other_apart_ = Mass{};
    for (std::size_t i = 0; i < separators_.size(); ++i) {
        const Mass begun = probabilities[separators_[i]] * next[exact_ + i].after_label;
        row[exact_ + i].after_label = begun;
        other_apart_ = std::max(other_apart_, std::min(apart_, begun));
        apart_ = std::max(apart_, begun);
    }
}

template <class Mass>
void TextBound<Mass>::step_nodes(const Mass& blank, const Rest<Mass>* next, Rest<Mass>* row) {
    constexpr Label kNone = -1;
    const auto ended = [&](std::size_t node) {
        return node == 0 || lexicon_.shapes[node].is_entry() ? apart_ : Mass{};
    };
    for (std::size_t node = 0; node < exact_; ++node) {
        const Mass best = std::max(ended(node), best_begun(node, kNone));
        row[node].after_blank = blank * next[node].after_blank + best;
        row[node].after_label = node == 0 ? row[node].after_blank : row[node].after_blank + begun_[node];
        high_ = std::max(high_, row[node].after_label);
    }
    for (const std::size_t node : repeating_) {
        const Mass best = std::max(ended(node), best_begun(node, lexicon_.labels[node]));
        row[node].after_label = blank * next[node].after_blank + best + begun_[node];
    }
    const Mass stay = blank * next[0].after_blank;
    for (std::size_t i = exact_; i < free_; ++i) {
        const Mass begun = row[i].after_label;
        const Mass best = std::max(best_begun(0, separators_[i - exact_]), begun < apart_ ? apart_ : other_apart_);
        row[i].after_blank = row[0].after_blank;
        row[i].after_label = stay + best + begun;
        high_ = std::max(high_, row[i].after_label);
    }
}

/// The most by beginning a child of `node` in the frame in hand, but for one with the label `except`.
template <class Mass>
Mass TextBound<Mass>::best_begun(std::size_t node, Label except) const {
    Mass best{};
    const auto end = static_cast<std::size_t>(lexicon_.first_child[node + 1]);
    for (auto child = static_cast<std::size_t>(lexicon_.first_child[node]); child < end; ++child) {
        if (except < 0 || lexicon_.labels[child] != except) {
            best = std::max(best, begun_[child]);
        }
    }
    return best;
}

/// The columns by height.
template <class Mass>
void TextBound<Mass>::step_free(const Mass* probabilities, const Mass& blank, const Rest<Mass>* next,
                                Rest<Mass>* row) {
    Mass first{};
    Mass second{};
    for (const Label letter : lexicon_.alphabet) {
        const Mass& probability = probabilities[letter];
        second = std::max(second, std::min(first, probability));
        first = std::max(first, probability);
    }
    const std::size_t heights = columns_ - free_;
    for (std::size_t height = 0; height < heights; ++height) {
        // From the greatest height that is told on, any number of letters may follow.
        const std::size_t below = height == NodeShape::kMostHeight ? height : height - 1;
        const Mass follow = height == 0 ? Mass{} : next[below].after_label;
        const Mass& repeat = next[height].after_label;
        const Mass stay = blank * next[height].after_blank;
        row[height].after_blank = stay + std::max(apart_, first * follow);
        // The label that goes on and the one that follows are two.
        const Mass going_on = first * repeat + std::max(apart_, second * follow);
        const Mass followed = second * repeat + std::max(apart_, first * follow);
        row[height].after_label = stay + std::max(going_on, followed);
        high_ = std::max(high_, row[height].after_label);
    }
}

template class TextBound<double>;
template class TextBound<LogMass>;

}  // namespace ocrkit::ctc
