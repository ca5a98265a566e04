#include "ocrkit/ctc/greedy.hpp"

#include <algorithm>
#include <memory>

#include "line/parallel_for.hpp"
#include "line/prepare.hpp"
#include "line/rescore.hpp"
#include "simd/kernels.hpp"

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

/// Collapses a path whose labels other than the blank stand at the `places`, and puts each at its likeliest frame.
/// Where labels begin and end is as good as random, so nothing branches on it. Returns how many labels there are.
std::size_t collapse_path(const Label* path, const float* values, std::span<const std::int32_t> places,
                          Label* __restrict labels, std::int32_t* __restrict frames, float* __restrict tops) {
    std::size_t count = 0;
    std::int32_t before = -2;  // no frame stands in front of the first
    Label last = -1;
    float top = 0.0F;
    std::int32_t likeliest = 0;
    for (const std::int32_t t : places) {
        const Label label = path[t];
        const float value = values[t];
        const bool begins = (label != last) | (t != before + 1);
        const bool is_better = begins | (value > top);
        top = is_better ? value : top;
        likeliest = is_better ? t : likeliest;
        count += begins ? 1 : 0;
        labels[count - 1] = label;
        frames[count - 1] = likeliest;
        tops[count - 1] = top;
        before = t;
        last = label;
    }
    return count;
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
    static constexpr std::size_t kExponentials = 8;  // to a vector, the widest there is

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

    void place_labels(const LineView& view) {
        places_.resize(view.frames + kExponentials);
        const std::size_t places = kernels().pick_other(view.best.data(), view.frames, view.blank, places_.data());
        labels_.resize(places);
        frames_.resize(places);
        tops_.resize(places + kExponentials);
        const std::size_t count = collapse_path(view.best.data(), values_.data(), std::span(places_).first(places),
                                                labels_.data(), frames_.data(), tops_.data());
        labels_.resize(count);
        frames_.resize(count);
        // Whole vectors of them: what is left over costs more than the few too many.
        const std::size_t padded = (count + kExponentials - 1) / kExponentials * kExponentials;
        probabilities_.resize(padded);
        confidences_.resize(padded);
        kernels().exp(tops_.data(), padded, 0.0F, probabilities_.data());
        for (std::size_t i = 0; i < padded; ++i) {
            confidences_[i] = static_cast<float>(probabilities_[i]);
        }
        confidences_.resize(count);
    }

    EmissionsView emissions_;
    bool rescore_;
    PreparedLine prepared_;
    Rescorer rescorer_;
    std::vector<float> normalised_;
    std::span<const float> values_;   // the best path's, as confidences take them
    std::vector<std::int32_t> places_;
    std::vector<Label> labels_;
    std::vector<std::int32_t> frames_;
    std::vector<float> tops_;
    std::vector<double> probabilities_;
    std::vector<float> confidences_;
};

}  // namespace

Decoded greedy(const EmissionsView& emissions, const GreedyOptions& options) {
    check(emissions);
    // To start a thread takes as long as to read half a megabyte.
    constexpr std::int64_t kWorthwhile = 1 << 17;
    const std::int64_t numbers = std::max<std::int64_t>(1, emissions.frames * emissions.labels);
    const auto make_decoder = [&]() -> LineDecoder {
        const auto decoder = std::make_shared<GreedyDecoder>(emissions, options.rescore);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    };
    return decode_lines(emissions.lines, options.threads, make_decoder, kWorthwhile / numbers + 1);
}

void collapse(std::span<const Label> best_path, Label blank, std::vector<Label>& labels) {
    labels.clear();
    each_run(best_path, blank, [&](Label label, std::size_t, std::size_t) { labels.push_back(label); });
}

}  // namespace ocrkit::ctc
