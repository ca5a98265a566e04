#include "ocrkit/ctc/lexicon_search.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "lexicon/entry_finder.hpp"
#include "line/parallel_for.hpp"
#include "line/prepare.hpp"
#include "line/rescore.hpp"
#include "ocrkit/ctc/greedy.hpp"

namespace ocrkit::ctc {
namespace {

void check(const LexiconSearchOptions& options, const LexiconView& lexicon) {
    if (options.n_best < 1) {
        throw OptionError("n_best is " + std::to_string(options.n_best) + "; it is 1 or more");
    }
    if (options.budget < 0) {
        throw OptionError("budget is " + std::to_string(options.budget) + "; it is 1 or more, or none");
    }
    if (!std::isfinite(options.prior_weight) || options.prior_weight < 0.0) {
        throw OptionError("prior_weight is " + std::to_string(options.prior_weight) + "; it is finite and 0 or more");
    }
    if (!(options.reject_below >= 0.0)) {
        throw OptionError("reject_below is " + std::to_string(options.reject_below) + "; it is 0 nats or more");
    }
    if (options.prior_weight > 0.0 && lexicon.priors.empty()) {
        throw LexiconError("prior_weight is " + std::to_string(options.prior_weight) +
                           ", but the lexicon has no counts; build it with counts, or leave prior_weight at 0");
    }
}

/// Lexicon search of one line after another, with the memory it takes.
class LexiconDecoder {
   public:
    LexiconDecoder(const EmissionsView& emissions, const LexiconView& lexicon, const LexiconSearchOptions& options)
        : emissions_(emissions),
          lexicon_(lexicon),
          options_(options),
          finder_(lexicon, options) {
        if (options.prior_weight > 0.0 && !std::isinf(options.reject_below)) {
            lowest_prior_ = static_cast<double>(*std::min_element(lexicon.priors.begin(), lexicon.priors.end()));
        }
    }

    void decode(std::int64_t line, Decoded& out) {
        const LineView view = prepared_.prepare(emissions_, line);
        const double floor = lowest_acoustic_score(view);
        const float cut = lowest_score(view, floor);
        const Verdict verdict = finder_.run(view, cut);
        give_out(view, finder_.found(), floor, out);
        out.end_line(verdict == Verdict::kProved);
    }

   private:
    struct Ranked {
        std::int32_t entry;
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

    /// What the best entry must reach; -inf where every entry will do.
    double lowest_acoustic_score(const LineView& view) {
        if (std::isinf(options_.reject_below)) {
            return -options_.reject_below;
        }
        collapse(view.best, view.blank, labels_);
        return rescorer_.acoustic_score(view, labels_) - options_.reject_below;
    }

    /// A score that every entry with an acoustic score of at least `floor` has, with room for rounding.
    float lowest_score(const LineView& view, double floor) const {
        const double margin = 1e-4 + 1e-6 * std::fabs(floor) + 2e-6 * static_cast<double>(view.frames);
        const double prior = options_.prior_weight > 0.0 ? options_.prior_weight * lowest_prior_ : 0.0;
        return std::isinf(floor) ? kLogZero : static_cast<float>(floor - margin + prior);
    }

    /// Adds the best of the entries found, unless the best one's acoustic score is below `floor`.
    void give_out(const LineView& view, const std::vector<Node>& found, double floor, Decoded& out) {
        ranked_.resize(found.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            score(view, found[i], ranked_[i]);
        }
        std::sort(ranked_.begin(), ranked_.end());
        if (ranked_.empty() || ranked_.front().acoustic_score < floor) {
            return;
        }
        const auto wanted = std::min(ranked_.size(), static_cast<std::size_t>(options_.n_best));
        for (std::size_t i = 0; i < wanted; ++i) {
            const Ranked& ranked = ranked_[i];
            HypothesisView hypothesis = rescorer_.hypothesis(view, ranked.labels, ranked.acoustic_score);
            hypothesis.score = ranked.score;
            hypothesis.entry = ranked.entry;
            out.add(hypothesis);
        }
    }

    void score(const LineView& view, Node node, Ranked& ranked) {
        ranked.entry = lexicon_.node_entry[static_cast<std::size_t>(node)];
        ranked.labels.clear();
        lexicon_.append_path(node, ranked.labels);
        ranked.acoustic_score = rescorer_.acoustic_score(view, ranked.labels);
        ranked.score = ranked.acoustic_score + weighted_prior(ranked.entry);
    }

    double weighted_prior(std::int32_t entry) const {
        if (options_.prior_weight <= 0.0) {
            return 0.0;
        }
        return options_.prior_weight * static_cast<double>(lexicon_.priors[static_cast<std::size_t>(entry)]);
    }

    EmissionsView emissions_;
    LexiconView lexicon_;
    LexiconSearchOptions options_;
    double lowest_prior_ = 0.0;
    PreparedLine prepared_;
    EntryFinder finder_;
    Rescorer rescorer_;
    std::vector<Label> labels_;
    std::vector<Ranked> ranked_;
};

}  // namespace

Decoded lexicon_search(const EmissionsView& emissions, const LexiconView& lexicon,
                       const LexiconSearchOptions& options) {
    check(emissions);
    check(options, lexicon);
    lexicon.check_labels(emissions.blank, static_cast<std::size_t>(emissions.labels));
    return decode_lines(emissions.lines, options.threads, [&]() -> LineDecoder {
        const auto decoder = std::make_shared<LexiconDecoder>(emissions, lexicon, options);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    });
}

}  // namespace ocrkit::ctc
