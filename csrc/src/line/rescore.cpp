#include "line/rescore.hpp"

#include <algorithm>
#include <cmath>

#include "line/prepare.hpp"
#include "simd/kernels.hpp"

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

    double log_prob(std::size_t t, std::size_t state) const { return line_.value(t, label(state)); }

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
    if (line.frames > 0) {
        const Mass mass = kernels().forward(lattice(line, labels));
        if (mass.is_trusted) {
            return mass.log + line.high_total;
        }
    }
    return score_in_logs(line, labels);
}

double Rescorer::score_in_logs(const LineView& line, std::span<const Label> labels) {
    if (line.frames == 0) {
        return labels.empty() ? 0.0 : kNothing;
    }
    const States states(line, labels);
    states_.assign(states.count(), kNothing);
    for (std::size_t state = 0; state < states.last(0); ++state) {
        states_[state] = states.log_prob(0, state);
    }
    for (std::size_t t = 1; t < line.frames; ++t) {
        // Downwards, so that the states below still hold the frame before.
        for (std::size_t state = states.last(t); state-- > states.first(t);) {
            const double step = state >= 1 ? states_[state - 1] : kNothing;
            const double skip = states.can_skip_to(state) ? states_[state - 2] : kNothing;
            states_[state] = log_sum(states_[state], step, skip) + states.log_prob(t, state);
        }
    }
    const double end = states.count() == 1 ? kNothing : states_[states.count() - 2];
    return log_add(states_[states.count() - 1], end);
}

HypothesisView Rescorer::hypothesis(const LineView& line, std::span<const Label> labels) {
    return hypothesis(line, labels, acoustic_score(line, labels));
}

HypothesisView Rescorer::hypothesis(const LineView& line, std::span<const Label> labels, double score) {
    align(line, labels);
    return {.labels = labels, .frames = frames_, .confidences = confidences_, .score = score, .acoustic_score = score};
}

/// The labels over the line, with scratch memory for the forward pass.
Lattice Rescorer::lattice(const LineView& line, std::span<const Label> labels) {
    const std::size_t blocks = labels.size() / kernels().lanes + 1;
    padded_.assign(blocks * kernels().lanes, line.blank);
    std::copy(labels.begin(), labels.end(), padded_.begin());
    states_.resize(4 * padded_.size());
    return {.values = line.values.data(),
            .stride = static_cast<std::ptrdiff_t>(line.stride),
            .frames = line.frames,
            .high = line.high.data(),
            .labels = padded_.data(),
            .count = labels.size(),
            .blank = line.blank,
            .states = states_.data()};
}

void Rescorer::align(const LineView& line, std::span<const Label> labels) {
    frames_.assign(labels.size(), 0);
    confidences_.assign(labels.size(), 0.0F);
    if (labels.empty() || line.frames == 0) {
        return;
    }
    Lattice over = lattice(line, labels);
    steps_.resize(3 * line.frames * (labels.size() / kernels().lanes + 1));
    over.steps = steps_.data();
    begin_.resize(labels.size());
    end_.resize(labels.size());
    if (!kernels().align(over, begin_.data(), end_.data())) {
        return;
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        float best = kLogZero;
        for (auto t = static_cast<std::size_t>(begin_[i]); t < static_cast<std::size_t>(end_[i]); ++t) {
            const double log_sum = line.log_sums.empty() ? log_sum_exp(line.values_of(t), line.high[t]) : line.log_sums[t];
            const auto value = static_cast<float>(static_cast<double>(line.value(t, labels[i])) - log_sum);
            if (value > best || static_cast<std::int32_t>(t) == begin_[i]) {
                best = value;
                frames_[i] = static_cast<std::int32_t>(t);
            }
        }
        confidences_[i] = std::exp(best);
    }
}

}  // namespace ocrkit::ctc
