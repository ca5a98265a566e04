#include "ocrkit/ctc/beam_search.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "beam.hpp"
#include "ocrkit/ctc/greedy.hpp"
#include "ocrkit/ctc/parallel_for.hpp"
#include "ocrkit/ctc/prepare.hpp"
#include "ocrkit/ctc/rescore.hpp"

namespace ocrkit::ctc {

namespace {

void check(const BeamSearchOptions& options) {
    if (options.beam_width < 1) {
        throw OptionError("beam_width is " + std::to_string(options.beam_width) + "; it is at least 1");
    }
    if (options.n_best < 1) {
        throw OptionError("n_best is " + std::to_string(options.n_best) + "; it is at least 1");
    }
    if (!(options.token_cut >= 0.0 && options.token_cut <= 1.0)) {
        throw OptionError("token_cut is " + std::to_string(options.token_cut) + "; it lies in 0..1");
    }
}

/// Beam search of one line after another, with the memory it takes.
class BeamDecoder {
   public:
    BeamDecoder(const EmissionsView& emissions, const BeamSearchOptions& options)
        : emissions_(emissions), n_best_(static_cast<std::size_t>(options.n_best)),
          beam_(options.beam_width, options.token_cut) {}

    void decode(std::int64_t line, Decoded& out) {
        const LineView view = prepared_.prepare(emissions_, line);
        beam_.reset(view);
        for (std::size_t t = 0; t < view.frames; ++t) {
            beam_.advance(t);
        }
        collect(view);
        for (std::size_t i = 0; i < std::min(n_best_, scored_.size()); ++i) {
            out.add(rescorer_.hypothesis(view, scored_[i].labels, scored_[i].score));
        }
        out.end_line(!beam_.pruned());
    }

   private:
    struct Scored {
        double score;
        std::vector<Label> labels;
    };

    /// The beam's best and greedy's labelling, by their exact scores.
    void collect(const LineView& view) {
        scored_.clear();
        rank_beam(view.log_sum_total);
        for (const std::size_t entry : ranking_) {
            beam_.spell(entry, labels_);
            score(view);
        }
        collapse(view.best, view.blank, labels_);
        if (std::none_of(scored_.begin(), scored_.end(), [&](const Scored& one) { return one.labels == labels_; })) {
            score(view);
        }
        std::sort(scored_.begin(), scored_.end(), [](const Scored& a, const Scored& b) {
            const auto [left, right] = std::pair(static_cast<float>(a.score), static_cast<float>(b.score));
            return left != right ? left > right : a.labels < b.labels;
        });
    }

    /// The entries of the highest mass, n_best of them. Scores are compared as they are given, in float32: two
    /// labellings that tie must not be told apart by the rounding of their sums.
    void rank_beam(double log_sum_total) {
        ranking_.resize(beam_.size());
        std::iota(ranking_.begin(), ranking_.end(), std::size_t{0});
        const auto middle = ranking_.begin() + static_cast<std::ptrdiff_t>(std::min(n_best_, ranking_.size()));
        std::partial_sort(ranking_.begin(), middle, ranking_.end(), [&](std::size_t a, std::size_t b) {
            const auto left = static_cast<float>(beam_.log_prob(a) + log_sum_total);
            const auto right = static_cast<float>(beam_.log_prob(b) + log_sum_total);
            return left != right ? left > right : a != b && beam_.precedes(a, b);
        });
        ranking_.erase(middle, ranking_.end());
    }

    void score(const LineView& view) { scored_.push_back({rescorer_.acoustic_score(view, labels_), labels_}); }

    EmissionsView emissions_;
    std::size_t n_best_;
    Beam beam_;
    PreparedLine prepared_;
    Rescorer rescorer_;
    std::vector<std::size_t> ranking_;
    std::vector<Label> labels_;
    std::vector<Scored> scored_;
};

}  // namespace

Decoded beam_search(const EmissionsView& emissions, const BeamSearchOptions& options) {
    check(emissions);
    check(options);
    return decode_lines(emissions.lines, options.threads, [&]() -> LineDecoder {
        const auto decoder = std::make_shared<BeamDecoder>(emissions, options);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    });
}

}  // namespace ocrkit::ctc
