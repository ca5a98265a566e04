/// What a text may go on with: the ways in which its labels so far can be cut into entries.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/text_search.hpp"

namespace ocrkit::ctc {

/// One way of cutting a text: where in the trie the stretch after the last separator stands, and what the cut costs.
struct Reading {
    static constexpr Node kBoundary = 0;      // at the trie's root: at the start, or behind a separator
    static constexpr Node kOffLexicon = -1;   // no entry begins like this stretch
    static constexpr std::int32_t kHasSeparator = -1;

    Node node = kBoundary;
    std::int32_t length = 0;   // labels of the stretch, or kHasSeparator: only an entry may hold a separator
    NgramModel::Context context = 0;   // what the language model knows of the units so far
    double term = 0.0;         // nats: prior terms of the entries, and costs of what is none, as far as they are settled,
                               // and the language model's terms
};

/// line := sep* (entry sep+)* entry? sep*, with weights.
class TextGrammar {
   public:
    TextGrammar(const LexiconView& lexicon, std::span<const Label> separators, std::size_t labels,
                const TextSearchOptions& options);

    /// One to which every labelling is a text: no entry, and every label but the blank a separator.
    static TextGrammar of_labels(std::size_t labels, Label blank, const TextSearchOptions& options);

    const LexiconView& lexicon() const { return lexicon_; }

    /// The separators, each once.
    std::span<const Label> separators() const { return separator_labels_; }

    /// Whether every stretch is an entry.
    bool is_hard() const { return lexicon_.entries() > 0 && std::isinf(out_of_lexicon_); }

    /// The one way of reading nothing.
    Reading start() const;

    /// Appends to `out` each way of reading a text that goes on with `label`. Two ways that stand at the same node cost
    /// the same from there on, so only the better one is kept. O(readings x log children).
    void advance(std::span<const Reading> readings, Label label, std::vector<Reading>& out) const;

    /// Which labels a text may go on with, by their lowest six bits: a label whose bit is 0 can surely not follow.
    std::uint64_t followers(std::span<const Reading> readings) const;

    /// What a text costs that ends here, in nats; -inf where it cannot.
    double final_term(std::span<const Reading> readings) const;

    /// What a text that goes on costs at least, so far as can be told; -inf where no text begins so.
    double best_term(std::span<const Reading> readings) const;

   private:
    Node child(Node node, Label label) const;
    std::uint64_t bits_below(Node node) const;
    bool may_be_none(const Reading& reading) const;
    Reading ended(const Reading& reading) const;
    Reading followed(Reading reading, NgramModel::Unit unit) const;
    Reading spelled(const Reading& reading, Label label) const;
    double hoped_of_model(const Reading& reading) const;
    double hoped(const Reading& reading) const;
    bool is_separator(Label label) const { return separators_[static_cast<std::size_t>(label)] != 0; }

    LexiconView lexicon_;
    std::vector<std::uint8_t> separators_;   // (V,)
    std::vector<Label> separator_labels_;
    std::uint64_t separator_bits_ = 0;
    std::uint64_t root_bits_ = 0;
    double out_of_lexicon_;
    double prior_weight_;
    TextModel model_;
};

}  // namespace ocrkit::ctc
