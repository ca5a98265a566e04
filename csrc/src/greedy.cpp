#include "ocrkit/ctc/greedy.hpp"

#include <cmath>
#include <memory>

#include "ocrkit/ctc/parallel_for.hpp"
#include "ocrkit/ctc/prepare.hpp"
#include "ocrkit/ctc/rescore.hpp"

namespace ocrkit::ctc {

namespace {

/// Calls visit(label, begin, end) for every run of one label that is not the blank.
template <class Visit>
void each_run(std::span<const Label> best_path, Label blank, Visit&& visit) {
    for (std::size_t begin = 0; begin < best_path.size();) {
        std::size_t end = begin + 1;
        while (end < best_path.size() && best_path[end] == best_path[begin]) {
            ++end;
        }
        if (best_path[begin] != blank) {
            visit(best_path[begin], begin, end);
        }
        begin = end;
    }
}

/// Greedy decoding of one line after another, with the memory it takes.
class GreedyDecoder {
   public:
    GreedyDecoder(const EmissionsView& emissions, bool rescore) : emissions_(emissions), rescore_(rescore) {}

    void decode(std::int64_t line, Decoded& out) {
        const LineView view = rescore_ ? prepared_.read(emissions_, line) : prepared_.best_path(emissions_, line);
        values_ = view.high;
        if (rescore_) {
            normalise(view);
        }
        place_labels(view);
        const double score = rescore_ ? rescorer_.acoustic_score(view, labels_) : view.high_total;
        out.add({.labels = labels_,
                 .frames = frames_,
                 .confidences = confidences_,
                 .score = score,
                 .acoustic_score = score});
        out.end_line(false);
    }

   private:
    /// The best path's log-probabilities, normalised where a label stands.
    void normalise(const LineView& view) {
        normalised_.resize(view.frames);
        for (std::size_t t = 0; t < view.frames; ++t) {
            const bool is_blank = view.best[t] == view.blank;
            const double log_sum = is_blank ? 0.0 : log_sum_exp(view.values_of(t), view.high[t]);
            normalised_[t] = static_cast<float>(static_cast<double>(view.high[t]) - log_sum);
        }
        values_ = normalised_;
    }

    /// Collapses the path, and puts each label at its likeliest frame.
    void place_labels(const LineView& view) {
        labels_.clear();
        frames_.clear();
        confidences_.clear();
        each_run(view.best, view.blank, [&](Label label, std::size_t begin, std::size_t end) {
            std::size_t likeliest = begin;
            for (std::size_t t = begin + 1; t < end; ++t) {
                likeliest = values_[t] > values_[likeliest] ? t : likeliest;
            }
            labels_.push_back(label);
            frames_.push_back(static_cast<std::int32_t>(likeliest));
            confidences_.push_back(std::exp(values_[likeliest]));
        });
    }

    EmissionsView emissions_;
    bool rescore_;
    PreparedLine prepared_;
    Rescorer rescorer_;
    std::vector<float> normalised_;
    std::span<const float> values_;   // the best path's, as confidences take them
    std::vector<Label> labels_;
    std::vector<std::int32_t> frames_;
    std::vector<float> confidences_;
};

}  // namespace

Decoded greedy(const EmissionsView& emissions, const GreedyOptions& options) {
    check(emissions);
    return decode_lines(emissions.lines, options.threads, [&]() -> LineDecoder {
        const auto decoder = std::make_shared<GreedyDecoder>(emissions, options.rescore);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    });
}

void collapse(std::span<const Label> best_path, Label blank, std::vector<Label>& labels) {
    labels.clear();
    each_run(best_path, blank, [&](Label label, std::size_t, std::size_t) { labels.push_back(label); });
}

}  // namespace ocrkit::ctc
