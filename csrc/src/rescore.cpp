#include "ocrkit/ctc/rescore.hpp"

#include <algorithm>
#include <cmath>

namespace ocrkit::ctc {

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// The 2L+1 states of a labelling: blanks at even numbers, its labels at odd ones; and which of them can matter when.
/// A path takes each state, the one after, or, between two labels that differ, the one after that.
class States {
   public:
    States(const LineView& line, std::span<const Label> labels) : line_(line), labels_(labels) {}

    std::size_t count() const { return 2 * labels_.size() + 1; }

    /// The first state from which the end can be reached in the frames after `t`.
    std::size_t first(std::size_t t) const {
        const std::size_t reach = 2 * (line_.frames - t);
        return count() > reach ? count() - reach : 0;
    }

    /// One past the last state that can be reached by frame `t`.
    std::size_t last(std::size_t t) const { return std::min(count(), 2 * t + 2); }

    Label label(std::size_t state) const { return state % 2 == 0 ? line_.blank : labels_[state / 2]; }

    bool can_skip_to(std::size_t state) const {
        return state % 2 == 1 && state >= 3 && labels_[state / 2] != labels_[state / 2 - 1];
    }

    double log_prob(std::size_t t, std::size_t state) const { return line_.at(t, label(state)); }

   private:
    const LineView& line_;
    std::span<const Label> labels_;
};

double log_sum(double a, double b, double c) {
    const double high = std::max({a, b, c});
    return high == kNothing ? kNothing : high + std::log(std::exp(a - high) + std::exp(b - high) + std::exp(c - high));
}

}  // namespace

double Rescorer::acoustic_score(const LineView& line, std::span<const Label> labels) {
    if (line.frames == 0) {
        return labels.empty() ? line.log_sum_total : kNothing;
    }
    const States states(line, labels);
    column_.assign(states.count(), kNothing);
    for (std::size_t state = 0; state < states.last(0); ++state) {
        column_[state] = states.log_prob(0, state);
    }
    for (std::size_t t = 1; t < line.frames; ++t) {
        // Downwards, so that the states below still hold the frame before.
        for (std::size_t state = states.last(t); state-- > states.first(t);) {
            const double step = state >= 1 ? column_[state - 1] : kNothing;
            const double skip = states.can_skip_to(state) ? column_[state - 2] : kNothing;
            column_[state] = log_sum(column_[state], step, skip) + states.log_prob(t, state);
        }
    }
    const double end = states.count() == 1 ? kNothing : column_[states.count() - 2];
    return log_add(column_[states.count() - 1], end) + line.log_sum_total;
}

HypothesisView Rescorer::hypothesis(const LineView& line, std::span<const Label> labels) {
    return hypothesis(line, labels, acoustic_score(line, labels));
}

HypothesisView Rescorer::hypothesis(const LineView& line, std::span<const Label> labels, double score) {
    align(line, labels);
    return {.labels = labels, .frames = frames_, .confidences = confidences_, .score = score, .acoustic_score = score};
}

void Rescorer::align(const LineView& line, std::span<const Label> labels) {
    const States states(line, labels);
    frames_.assign(labels.size(), 0);
    confidences_.assign(labels.size(), 0.0F);
    if (labels.empty() || line.frames == 0) {
        return;
    }
    column_.assign(states.count(), kNothing);
    steps_.assign(line.frames * states.count(), 0);
    for (std::size_t state = 0; state < states.last(0); ++state) {
        column_[state] = states.log_prob(0, state);
    }
    for (std::size_t t = 1; t < line.frames; ++t) {
        std::uint8_t* const steps = steps_.data() + t * states.count();
        for (std::size_t state = states.last(t); state-- > states.first(t);) {
            double best = column_[state];
            const auto consider = [&](std::size_t step) {
                if (column_[state - step] > best) {
                    best = column_[state - step];
                    steps[state] = static_cast<std::uint8_t>(step);
                }
            };
            if (state >= 1) {
                consider(1);
            }
            if (states.can_skip_to(state)) {
                consider(2);
            }
            column_[state] = best + states.log_prob(t, state);
        }
    }
    std::size_t state = states.count() - 1;
    state -= column_[state - 1] > column_[state] ? 1 : 0;
    std::vector<float>& best = confidences_;
    best.assign(labels.size(), kLogZero);
    for (std::size_t t = line.frames; t-- > 0;) {
        if (state % 2 == 1) {
            const float value = line.at(t, labels[state / 2]);
            if (value >= best[state / 2]) {  // walking backwards, so an equal frame that is earlier takes over
                best[state / 2] = value;
                frames_[state / 2] = static_cast<std::int32_t>(t);
            }
        }
        state -= steps_[t * states.count() + state];
    }
    for (float& value : best) {
        value = std::exp(value);
    }
}

}  // namespace ocrkit::ctc
