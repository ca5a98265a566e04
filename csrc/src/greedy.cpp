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
        LineView view;
        if (rescore_) {
            view = prepared_.prepare(emissions_, line);
            read_path(view);
        } else {
            read_path(line);
        }
        const double path_score = place_labels();
        const double score = rescore_ ? rescorer_.acoustic_score(view, labels_) : path_score;
        out.add({.labels = labels_,
                 .frames = frames_,
                 .confidences = confidences_,
                 .score = score,
                 .acoustic_score = score});
        out.end_line(false);
    }

   private:
    /// The best path and its log-probabilities as they stand.
    void read_path(std::int64_t line) {
        const auto frames = static_cast<std::size_t>(emissions_.length(line));
        best_path_.resize(frames);
        values_.resize(frames);
        frame_.resize(static_cast<std::size_t>(emissions_.labels));
        for (std::size_t t = 0; t < frames; ++t) {
            read_frame(emissions_, line, static_cast<std::int64_t>(t), frame_);
            best_path_[t] = checked_arg_max(frame_, line, static_cast<std::int64_t>(t));
            values_[t] = frame_[static_cast<std::size_t>(best_path_[t])];
        }
    }

    /// The best path and its log-probabilities, normalised.
    void read_path(const LineView& view) {
        best_path_.assign(view.best.begin(), view.best.end());
        values_.resize(view.frames);
        for (std::size_t t = 0; t < view.frames; ++t) {
            values_[t] = view.at(t, best_path_[t]);
        }
    }

    /// Collapses the path, puts each label at its likeliest frame, and returns the path's log-probability.
    double place_labels() {
        labels_.clear();
        frames_.clear();
        confidences_.clear();
        each_run(best_path_, emissions_.blank, [&](Label label, std::size_t begin, std::size_t end) {
            std::size_t likeliest = begin;
            for (std::size_t t = begin + 1; t < end; ++t) {
                likeliest = values_[t] > values_[likeliest] ? t : likeliest;
            }
            labels_.push_back(label);
            frames_.push_back(static_cast<std::int32_t>(likeliest));
            confidences_.push_back(std::exp(values_[likeliest]));
        });
        double score = 0.0;
        for (const float value : values_) {
            score += static_cast<double>(value);
        }
        return score;
    }

    EmissionsView emissions_;
    bool rescore_;
    PreparedLine prepared_;
    Rescorer rescorer_;
    std::vector<float> frame_;
    std::vector<Label> best_path_;
    std::vector<float> values_;
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
