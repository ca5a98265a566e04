/// The beam of one line of text: the prefixes that survive, and one frame's step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"
#include "text/ranked_texts.hpp"
#include "text/text_prefixes.hpp"
#include "text/text_search_mass.hpp"

namespace ocrkit::ctc {

struct TextBeamOptions {
    std::size_t width = 32;
    double token_cut = 1e-3;
    double largest_gain = 1.0;   // that one label can bring; infinite where that cannot be told
};

/// A prefix beam search whose hypotheses are weighted by a grammar. `Mass` is double, or LogMass where doubles end.
template <class Mass>
class TextBeam {
   public:
    TextBeam(const TextGrammar& grammar, const TextBeamOptions& options);

    /// Starts a line of frames of `labels` labels: the empty prefix alone, with probability one.
    void reset(std::size_t labels, Label blank);

    /// Goes on by a frame that is normalised, whose likeliest label is `best`.
    void advance(std::span<const float> frame, Label best);

    /// The hypotheses that can end here, in no order.
    void complete(std::vector<CompleteText>& out) const;

    /// Of each frame, the most that a hypothesis had that was left out, as a share of exp(`log_scale`).
    struct Loss {
        Mass most;
        double log_scale;
    };

    std::span<const Loss> losses() const { return losses_; }

    const TextPrefixes& prefixes() const { return prefixes_; }

    /// Whether any labelling that is possible was left out.
    bool pruned() const { return pruned_ || faint_; }

    /// Whether all that was left out was too improbable for a double: a search over LogMass leaves nothing out.
    bool only_faint() const { return faint_ && !pruned_; }

   private:
    struct Entry {
        TextPrefix prefix;
        TextPrefix parent;
        Label last;
        std::uint64_t followers;
        Mass blank_last;
        Mass label_last;
        Mass total;
    };

    /// An entry of the frame to come: the one in `slot` that stays, or (slot -1) a prefix that is new.
    struct Candidate {
        Mass total;
        TextPrefix prefix;
        std::int32_t slot;
    };

    struct Token {
        Label label;
        Mass probability;
    };

    void pick_tokens(std::span<const float> frame, Label best);
    void keep_prefixes(std::span<const float> frame);
    void extend_prefixes();
    void extend(const Entry& entry, Label label, const Mass& probability, const Mass& floor);
    void prune();
    void replace_entries();
    const Entry* in_beam(TextPrefix prefix) const;
    Mass probability(std::span<const float> frame, Label label);
    Mass product(const Mass& a, const Mass& b);
    bool drops(const Mass& mass);

    TextPrefixes prefixes_;
    TextBeamOptions options_;
    float log_cut_;
    Mass share_;                            // of the best hypothesis's mass, below which one is dropped; maybe none
    bool is_exact_;
    Label blank_ = 0;
    std::vector<Entry> entries_;
    std::vector<Entry> staying_;            // entry by entry, with the mass of the frame to come
    std::vector<Entry> next_entries_;
    std::vector<Candidate> candidates_;
    std::vector<Token> tokens_;             // labels of the frame above the cut, without the blank
    std::vector<Mass> probabilities_;       // (V,) of this frame's labels, where the stamp is the frame's
    std::vector<std::uint64_t> stamps_;     // (V,)
    std::uint64_t stamp_ = 0;
    Mass floor_{};                          // no new prefix of less mass is kept
    Mass best_{};                           // of the candidates' masses
    std::int32_t reserved_ = -1;            // the slot of a prefix that is kept for being complete
    Mass lost_{};                           // the most that was left out of this frame
    std::vector<Loss> losses_;
    double log_scale_ = 0.0;                // ln of what was divided out of all masses
    bool pruned_ = false;
    bool faint_ = false;
};

extern template class TextBeam<double>;
extern template class TextBeam<LogMass>;

}  // namespace ocrkit::ctc
