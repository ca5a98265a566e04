#include "ocrkit/ctc/text_search.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "line/parallel_for.hpp"
#include "line/prepare.hpp"
#include "ocrkit/ctc/beam_search.hpp"
#include "text/text_grammar.hpp"
#include "text/text_line_search.hpp"

namespace ocrkit::ctc {

namespace {

void check(const TextSearchOptions& options) {
    check(BeamSearchOptions{
        .beam_width = options.beam_width, .n_best = options.n_best, .token_cut = options.token_cut});
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
}

void check(const TextModel& model, std::int64_t labels) {
    const auto known = static_cast<std::int64_t>(model.label_offsets.size()) - 1;
    if (model.ngrams != nullptr && model.words == nullptr && known != labels) {
        throw OptionError("the language model was read for a charset of " + std::to_string(known) +
                          " labels, and log_probs has " + std::to_string(labels) +
                          "; read it with the charset of these labels");
    }
}

void check_priors(const TextSearchOptions& options, const LexiconView& lexicon) {
    if (options.prior_weight > 0.0 && lexicon.priors.empty()) {
        throw LexiconError("prior_weight is " + std::to_string(options.prior_weight) +
                           ", but the lexicon has no counts; build it with counts, or leave prior_weight at 0");
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

/// Text search of one line after another, with the memory it takes.
class TextDecoder {
   public:
    TextDecoder(const EmissionsView& emissions, const TextGrammar& grammar, const TextSearchOptions& options)
        : emissions_(emissions), n_best_(options.n_best), search_(grammar, options) {}

    void decode(std::int64_t line, Decoded& out) {
        const LineView view = prepared_.prepare(emissions_, line);
        search_.search(view, n_best_, out);
    }

   private:
    EmissionsView emissions_;
    std::int64_t n_best_;
    PreparedLine prepared_;
    TextLineSearch search_;
};

Decoded search(const EmissionsView& emissions, const TextGrammar& grammar, const TextSearchOptions& options) {
    return decode_lines(emissions.lines, options.threads, [&]() -> LineDecoder {
        const auto decoder = std::make_shared<TextDecoder>(emissions, grammar, options);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    });
}

}  // namespace

void check_model_search(const TextSearchOptions& options, std::int64_t labels) {
    check(options);
    check(options.model, labels);
}

Decoded text_search(const EmissionsView& emissions, const LexiconView& lexicon, std::span<const Label> separators,
                    const TextSearchOptions& options) {
    check(emissions);
    check(options);
    check_priors(options, lexicon);
    check(options.model, emissions.labels);
    check(separators, emissions);
    lexicon.check_labels(emissions.blank, static_cast<std::size_t>(emissions.labels));
    const TextGrammar grammar(lexicon, separators, static_cast<std::size_t>(emissions.labels), options);
    return search(emissions, grammar, options);
}

Decoded beam_search_with_model(const EmissionsView& emissions, const TextSearchOptions& options) {
    check(emissions);
    check_model_search(options, emissions.labels);
    const TextGrammar grammar =
        TextGrammar::of_labels(static_cast<std::size_t>(emissions.labels), emissions.blank, options);
    return search(emissions, grammar, options);
}

}  // namespace ocrkit::ctc
