/// CTC by brute force, slow and obvious: every path of a line, summed by the labelling that it spells.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::oracle {

using ctc::Label;
using Labels = std::vector<Label>;

inline constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// B lines of T frames of V labels, contiguous, with the view that the decoders take.
struct Batch {
    std::size_t lines = 0;
    std::size_t frames = 0;
    std::size_t labels = 0;
    std::vector<float> values;
    std::vector<std::int64_t> lengths;
    Label blank = 0;

    ctc::EmissionsView view() const {
        const auto size = static_cast<std::ptrdiff_t>(sizeof(float));
        const auto frame = size * static_cast<std::ptrdiff_t>(labels);
        return {.data = reinterpret_cast<const std::byte*>(values.data()),
                .dtype = ctc::DType::kFloat32,
                .line_stride = frame * static_cast<std::ptrdiff_t>(frames),
                .frame_stride = frame,
                .label_stride = size,
                .lines = static_cast<std::int64_t>(lines),
                .frames = static_cast<std::int64_t>(frames),
                .labels = static_cast<std::int64_t>(labels),
                .lengths = lengths,
                .blank = blank};
    }

    std::size_t length(std::size_t line) const {
        return lengths.empty() ? frames : static_cast<std::size_t>(lengths[line]);
    }

    float at(std::size_t line, std::size_t frame, Label label) const {
        return values[(line * frames + frame) * labels + static_cast<std::size_t>(label)];
    }
};

/// Normal deviates times `scale`, each frame normalised, or only moved to where no value is above 0: flat for a small
/// scale, peaked for a large one.
inline Batch random_batch(std::mt19937& random, std::size_t lines, std::size_t frames, std::size_t labels, float scale,
                          bool normalised) {
    std::normal_distribution<float> normal;
    Batch batch{.lines = lines, .frames = frames, .labels = labels, .values = {}, .lengths = {}, .blank = 0};
    for (std::size_t i = 0; i < lines * frames; ++i) {
        std::vector<float> frame(labels);
        std::generate(frame.begin(), frame.end(), [&] { return scale * normal(random); });
        const float high = *std::max_element(frame.begin(), frame.end());
        double sum = 0.0;
        for (const float value : frame) {
            sum += std::exp(static_cast<double>(value - high));
        }
        const float log_sum = normalised ? high + static_cast<float>(std::log(sum)) : std::max(high, 0.0F);
        for (const float value : frame) {
            batch.values.push_back(value - log_sum);
        }
    }
    return batch;
}

/// Repeats merged, then blanks dropped.
inline Labels collapse(const Labels& path, Label blank) {
    Labels labels;
    for (std::size_t t = 0; t < path.size(); ++t) {
        if (path[t] != blank && (t == 0 || path[t] != path[t - 1])) {
            labels.push_back(path[t]);
        }
    }
    return labels;
}

/// ln p of every labelling of a line that is possible at all; O(V^T).
inline std::map<Labels, double> labellings(const Batch& batch, std::size_t line) {
    const std::size_t frames = batch.length(line);
    std::map<Labels, double> found;
    Labels path(frames, 0);
    for (bool more = true; more;) {
        double log_prob = 0.0;
        for (std::size_t t = 0; t < frames; ++t) {
            log_prob += static_cast<double>(batch.at(line, t, path[t]));
        }
        if (log_prob > kNothing) {
            const auto [at, is_new] = found.try_emplace(collapse(path, batch.blank), log_prob);
            if (!is_new) {
                at->second = ctc::log_add(at->second, log_prob);
            }
        }
        more = false;
        for (std::size_t t = 0; t < frames && !more; ++t) {  // counts up in base V
            path[t] = static_cast<Label>((static_cast<std::size_t>(path[t]) + 1) % batch.labels);
            more = path[t] != 0;
        }
    }
    return found;
}

/// What scores may differ by, by the contract.
inline double tolerance(double score) { return std::max(1e-4, 1e-6 * std::abs(score)); }

}  // namespace ocrkit::oracle
