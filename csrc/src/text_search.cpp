#include "ocrkit/ctc/text_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "ocrkit/ctc/parallel_for.hpp"
#include "ocrkit/ctc/prepare.hpp"
#include "ocrkit/ctc/rescore.hpp"
#include "text_beam.hpp"
#include "text_grammar.hpp"

namespace ocrkit::ctc {

namespace {

void check(const TextSearchOptions& options, const LexiconView& lexicon) {
    if (options.beam_width < 1) {
        throw OptionError("beam_width is " + std::to_string(options.beam_width) + "; it is at least 1");
    }
    if (options.n_best < 1) {
        throw OptionError("n_best is " + std::to_string(options.n_best) + "; it is at least 1");
    }
    if (!(options.token_cut >= 0.0 && options.token_cut <= 1.0)) {
        throw OptionError("token_cut is " + std::to_string(options.token_cut) + "; it lies in 0..1");
    }
    if (!(options.out_of_lexicon >= 0.0)) {
        throw OptionError("out_of_lexicon is " + std::to_string(options.out_of_lexicon) + "; it is 0 nats or more");
    }
    if (!std::isfinite(options.prior_weight) || options.prior_weight < 0.0) {
        throw OptionError("prior_weight is " + std::to_string(options.prior_weight) + "; it is finite and 0 or more");
    }
    if (!std::isfinite(options.model.weight) || options.model.weight < 0.0) {
        throw OptionError("lm_weight is " + std::to_string(options.model.weight) + "; it is finite and 0 or more");
    }
    if (!std::isfinite(options.model.bonus)) {
        throw OptionError("lm_bonus is " + std::to_string(options.model.bonus) + "; it is a finite number of nats");
    }
    if (options.prior_weight > 0.0 && lexicon.priors.empty()) {
        throw LexiconError("prior_weight is " + std::to_string(options.prior_weight) +
                           ", but the lexicon has no counts; build it with counts, or leave prior_weight at 0");
    }
}

void check(const TextModel& model, const EmissionsView& emissions) {
    const auto labels = static_cast<std::int64_t>(model.label_offsets.size()) - 1;
    if (model.ngrams != nullptr && model.words == nullptr && labels != emissions.labels) {
        throw OptionError("the language model was read for a charset of " + std::to_string(labels) +
                          " labels, and log_probs has " + std::to_string(emissions.labels));
    }
}

void check(std::span<const Label> separators, const EmissionsView& emissions) {
    for (const Label separator : separators) {
        if (separator == emissions.blank) {
            throw OptionError("separator " + std::to_string(separator) + " is the blank; no labelling has a blank");
        }
        if (separator < 0 || separator >= emissions.labels) {
            throw OptionError("there is no label " + std::to_string(separator) +
                              " to separate entries; log_probs has labels 0.." +
                              std::to_string(emissions.labels - 1));
        }
    }
}

TextBeamOptions beam_options(const TextSearchOptions& options) {
    // A word is known for what it is only when it ends, and then may gain whatever it seemed to lack before.
    const double gain = options.model.words != nullptr ? std::numeric_limits<double>::infinity()
                        : options.model.ngrams != nullptr ? std::exp(std::max(options.model.bonus, 0.0))
                                                          : 1.0;
    return {.width = static_cast<std::size_t>(options.beam_width),
            .token_cut = options.token_cut,
            .largest_gain = gain};
}

/// Text search of one line after another, with the memory it takes.
class TextDecoder {
   public:
    TextDecoder(const EmissionsView& emissions, const TextGrammar& grammar, const TextSearchOptions& options)
        : emissions_(emissions),
          n_best_(static_cast<std::size_t>(options.n_best)),
          narrow_(grammar, beam_options(options)),
          wide_(grammar, beam_options(options)) {}

    void decode(std::int64_t line, Decoded& out) {
        const LineView view = prepared_.prepare(emissions_, line);
        search(narrow_, view);
        if (found_.empty() || narrow_.only_faint()) {
            search(wide_, view);
            give_out(view, wide_.prefixes(), out);
            out.end_line(!wide_.pruned());
        } else {
            give_out(view, narrow_.prefixes(), out);
            out.end_line(!narrow_.pruned());
        }
    }

   private:
    struct Ranked {
        double score;
        double acoustic_score;
        std::vector<Label> labels;

        /// Before `other` where the score that is given out, a float32, is higher, or equal with lower labels.
        bool operator<(const Ranked& other) const {
            const auto mine = static_cast<float>(score);
            const auto its = static_cast<float>(other.score);
            return mine > its || (mine == its && labels < other.labels);
        }
    };

    template <class Mass>
    void search(TextBeam<Mass>& beam, const LineView& view) {
        beam.reset(view);
        for (std::size_t t = 0; t < view.frames; ++t) {
            beam.advance(t);
        }
        beam.complete(found_);
    }

    /// Adds the best of what was found, rescored and put in order.
    void give_out(const LineView& view, const TextPrefixes& prefixes, Decoded& out) {
        // Scores are compared as they are given, in float32: two labellings that tie must not be told apart by the
        // rounding of their sums.
        const auto better = [&](const CompleteText& a, const CompleteText& b) {
            const auto left = static_cast<float>(a.score + view.log_sum_total);
            const auto right = static_cast<float>(b.score + view.log_sum_total);
            return left != right ? left > right : a.prefix != b.prefix && prefixes.precedes(a.prefix, b.prefix);
        };
        const std::size_t count = std::min(n_best_, found_.size());
        std::partial_sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(count), found_.end(), better);
        ranked_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            prefixes.spell(found_[i].prefix, labels_);
            const double acoustic = rescorer_.acoustic_score(view, labels_);
            ranked_.push_back({acoustic + prefixes.final_term(found_[i].prefix), acoustic, labels_});
        }
        std::sort(ranked_.begin(), ranked_.end());
        for (const Ranked& ranked : ranked_) {
            HypothesisView hypothesis = rescorer_.hypothesis(view, ranked.labels, ranked.acoustic_score);
            hypothesis.score = ranked.score;
            out.add(hypothesis);
        }
    }

    EmissionsView emissions_;
    std::size_t n_best_;
    PreparedLine prepared_;
    TextBeam<double> narrow_;
    TextBeam<LogMass> wide_;
    Rescorer rescorer_;
    std::vector<CompleteText> found_;
    std::vector<Label> labels_;
    std::vector<Ranked> ranked_;
};

Decoded search(const EmissionsView& emissions, const TextGrammar& grammar, const TextSearchOptions& options) {
    return decode_lines(emissions.lines, options.threads, [&]() -> LineDecoder {
        const auto decoder = std::make_shared<TextDecoder>(emissions, grammar, options);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    });
}

}  // namespace

Decoded text_search(const EmissionsView& emissions, const LexiconView& lexicon, std::span<const Label> separators,
                    const TextSearchOptions& options) {
    check(emissions);
    check(options, lexicon);
    check(options.model, emissions);
    check(separators, emissions);
    lexicon.check_labels(emissions.blank, static_cast<std::size_t>(emissions.labels));
    const TextGrammar grammar(lexicon, separators, static_cast<std::size_t>(emissions.labels), options);
    return search(emissions, grammar, options);
}

Decoded beam_search_with_model(const EmissionsView& emissions, const TextSearchOptions& options) {
    // No entry, and every label a separator.
    static constexpr std::array<Label, 1> kLabels{-1};
    static constexpr std::array<Node, 2> kFirstChild{1, 1};
    static constexpr std::array<std::int32_t, 1> kNodeEntry{kNoEntry};
    check(emissions);
    LexiconView nothing;
    nothing.labels = kLabels;
    nothing.first_child = kFirstChild;
    nothing.node_entry = kNodeEntry;
    check(options, nothing);
    check(options.model, emissions);
    std::vector<Label> separators(static_cast<std::size_t>(emissions.labels));
    std::iota(separators.begin(), separators.end(), Label{0});
    std::erase(separators, emissions.blank);
    const TextGrammar grammar(nothing, separators, static_cast<std::size_t>(emissions.labels), options);
    return search(emissions, grammar, options);
}

}  // namespace ocrkit::ctc
