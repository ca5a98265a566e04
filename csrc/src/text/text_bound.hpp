/// How much of the frames that are left a text may still get, at most, wherever it stands in the lexicon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "line/prepare.hpp"
#include "ocrkit/ctc/lexicon.hpp"
#include "text/text_grammar.hpp"
#include "text/text_search_mass.hpp"

namespace ocrkit::ctc {

/// What the frames from one on can give to a text, by how the frame before it ended.
template <class Mass>
struct Rest {
    Mass after_blank{};
    Mass after_label{};
};

/// Backwards through the frames of a line, by the readings of a hard grammar: the sum over the alignments of what is
/// still to come, of the best label to follow in each frame. The best may differ between alignments, as no labelling's
/// can, so that the bound is never too low. A label follows its like only over a blank. Below the first nodes of the trie, which alone are told apart, any letter of
/// the lexicon may follow, as many as the longest entry there has.
template <class Mass>
class TextBound {
   public:
    explicit TextBound(const TextGrammar& grammar);

    /// Takes a line's probabilities. O(T V).
    void read(const LineView& line);

    /// Makes the bound, telling about `most_nodes` nodes apart. O(T (most_nodes + separators + letters + longest entry)).
    void tell_apart(std::size_t most_nodes);

    /// Whether every node of the lexicon is told apart.
    bool is_whole() const { return exact_ == lexicon_.labels.size(); }

    /// The probability of a label in frame `t`.
    const Mass& probability(std::size_t t, Label label) const {
        return probabilities_[t * labels_ + static_cast<std::size_t>(label)];
    }

    /// What the frames from `t` on give, as a share of exp(`log_scale(t)`), to a text whose last stretch stands at
    /// `node` and that ends with the label `last`.
    const Rest<Mass>& rest(std::size_t t, Node node, Label last) const {
        return rests_[t * columns_ + column(node, last)];
    }

    double log_scale(std::size_t t) const { return log_scales_[t]; }

    /// ln of what any text can have.
    double log_bound() const { return log_of(rests_.front().after_blank) + log_scales_.front(); }

   private:
    std::size_t column(Node node, Label last) const {
        if (node == Reading::kBoundary) {
            return last < 0 ? 0 : exact_ + static_cast<std::size_t>(separator_[static_cast<std::size_t>(last)]);
        }
        const auto at = static_cast<std::size_t>(node);
        return at < exact_ ? at : free_ + lexicon_.shapes[at].height();
    }

    void choose_columns(std::size_t most_nodes);
    void end_row();
    void step_apart(const Mass* probabilities, const Rest<Mass>* next, Rest<Mass>* row);
    void step_nodes(const Mass& blank, const Rest<Mass>* next, Rest<Mass>* row);
    void step(std::size_t t);
    void step_free(const Mass* probabilities, const Mass& blank, const Rest<Mass>* next, Rest<Mass>* row);
    Mass best_begun(std::size_t node, Label except) const;

    const LexiconView& lexicon_;
    std::span<const Label> separators_;
    std::vector<std::int32_t> separator_;   // (V,) which of the separators a label is
    std::size_t frames_ = 0;
    std::size_t labels_ = 0;
    Label blank_ = 0;
    std::size_t exact_ = 0;     // columns of nodes: those whose children are all told apart
    std::size_t told_ = 0;      // nodes among which all children of those are
    std::size_t free_ = 0;      // first column of those by height
    std::size_t columns_ = 0;
    std::vector<Mass> probabilities_;   // (T, V)
    std::vector<Mass> scaled_;          // (V,) of one frame
    std::vector<Mass> begun_;           // (told_,) of one frame: by beginning a node's label there
    std::vector<Rest<Mass>> rests_;     // (T+1, columns_)
    std::vector<double> log_scales_;    // (T+1,)
    std::vector<std::size_t> repeating_;   // nodes told apart with a child of their own label
    Mass apart_{};                      // of one frame: the most by beginning a separator there
    Mass other_apart_{};                // and by another than that one
    Mass high_{};                       // of the row last made
};

extern template class TextBound<double>;
extern template class TextBound<LogMass>;

}  // namespace ocrkit::ctc
