#include "line/prepare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>

#include "line/pulse.hpp"
#include "simd/kernels.hpp"

namespace ocrkit::ctc {

namespace {

std::string where(std::int64_t line, std::int64_t frame) {
    return "log_probs[line " + std::to_string(line) + ", frame " + std::to_string(frame);
}

[[noreturn]] void refuse(float value, std::int64_t line, std::int64_t frame, std::size_t label) {
    throw EmissionsError(where(line, frame) + ", label " + std::to_string(label) + "] is " +
                         (std::isnan(value) ? "nan" : "+inf") +
                         "; a log-probability that counts is finite or -inf: check the network's output, or give "
                         "lengths that leave padding out");
}

/// Whether the values are probabilities: none below 0, and 1 in all but for rounding.
bool are_probabilities(std::span<const float> values) {
    double sum = 0.0;
    for (const float value : values) {
        if (!(value >= 0.0F)) {
            return false;
        }
        sum += static_cast<double>(value);
    }
    return std::abs(sum - 1.0) <= 0.02;
}

[[noreturn]] void refuse_probabilities(std::int64_t line, std::int64_t frame) {
    throw EmissionsError(where(line, frame) + "] has values from 0 to 1 that add up to 1, as probabilities have; expected "
                                              "their natural logarithms: pass numpy.log(…) of them, or log_softmax of "
                                              "the network's output");
}

[[noreturn]] void refuse_above_zero(std::span<const float> values, std::size_t best, std::int64_t line,
                                    std::int64_t frame) {
    if (are_probabilities(values)) {
        refuse_probabilities(line, frame);
    }
    std::array<char, 32> value{};
    std::snprintf(value.data(), value.size(), "%.6g", static_cast<double>(values[best]));
    throw EmissionsError(where(line, frame) + ", label " + std::to_string(best) + "] is " + value.data() +
                         ", and the natural logarithm of a probability is 0 or less: pass log_softmax of the network's "
                         "output (its logits), or numpy.log(…) of probabilities");
}

std::size_t size_of(DType dtype) { return dtype == DType::kFloat32 ? 4 : 2; }

/// Where a frame begins.
const std::byte* place(const EmissionsView& emissions, std::int64_t line, std::int64_t frame) {
    return emissions.data + line * emissions.line_stride + frame * emissions.frame_stride;
}

/// Whether the frames of a line can be read by the kernels where they lie: aligned, their labels side by side.
bool is_plain(const EmissionsView& emissions, std::int64_t line) {
    const std::size_t size = size_of(emissions.dtype);
    const auto address = reinterpret_cast<std::uintptr_t>(place(emissions, line, 0));
    const bool is_aligned = address % size == 0 && emissions.frame_stride % static_cast<std::ptrdiff_t>(size) == 0;
    return is_aligned && (emissions.labels == 1 || emissions.label_stride == static_cast<std::ptrdiff_t>(size));
}

}  // namespace

void check(const EmissionsView& emissions) {
    if (emissions.labels < 1) {
        throw EmissionsError("log_probs has no labels; its last axis holds one log-probability a label");
    }
    if (emissions.blank < 0 || emissions.blank >= emissions.labels) {
        throw OptionError("blank is " + std::to_string(emissions.blank) + "; with " +
                          std::to_string(emissions.labels) + " labels it is one of 0.." +
                          std::to_string(emissions.labels - 1));
    }
    if (!emissions.lengths.empty() && static_cast<std::int64_t>(emissions.lengths.size()) != emissions.lines) {
        throw EmissionsError("lengths has " + std::to_string(emissions.lengths.size()) + " values for " +
                             std::to_string(emissions.lines) + " lines");
    }
    for (std::size_t line = 0; line < emissions.lengths.size(); ++line) {
        if (emissions.lengths[line] < 0 || emissions.lengths[line] > emissions.frames) {
            throw EmissionsError("lengths[" + std::to_string(line) + "] is " +
                                 std::to_string(emissions.lengths[line]) + "; it is a number of frames, 0.." +
                                 std::to_string(emissions.frames));
        }
    }
}

void read_frame(const EmissionsView& emissions, std::int64_t line, std::int64_t frame, std::span<float> out) {
    constexpr std::size_t kChunk = 64;
    const std::size_t size = size_of(emissions.dtype);
    const std::byte* at = place(emissions, line, frame);
    alignas(float) std::array<std::byte, kChunk * sizeof(float)> gathered{};
    for (std::size_t done = 0; done < out.size();) {
        const std::size_t count = std::min(kChunk, out.size() - done);
        for (std::size_t i = 0; i < count; ++i) {
            std::memcpy(gathered.data() + i * size, at, size);
            at += emissions.label_stride;
        }
        kernels().widen[static_cast<std::size_t>(emissions.dtype)](gathered.data(), count, out.data() + done);
        done += count;
    }
}

float rounding_above_zero(DType dtype) { return dtype == DType::kBFloat16 ? 0.15F : 0.02F; }

Label checked_arg_max(std::span<const float> values, float limit, std::int64_t line, std::int64_t frame) {
    float high = kLogZero;
    std::size_t best = 0;
    for (std::size_t label = 0; label < values.size(); ++label) {
        const float value = values[label];
        if (!(value <= std::numeric_limits<float>::max())) {  // NaN compares false
            refuse(value, line, frame, label);
        }
        if (value > high) {
            high = value;
            best = label;
        }
    }
    if (high == kLogZero) {
        throw EmissionsError(where(line, frame) + "] is -inf for every label; a frame that counts gives at least one "
                                                  "label a finite log-probability");
    }
    if (high >= limit) {
        refuse_above_zero(values, best, line, frame);
    }
    return static_cast<Label>(best);
}

double total(std::span<const float> values) {
    std::array<double, 4> sums{};
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4) {
        for (std::size_t part = 0; part < 4; ++part) {
            sums[part] += static_cast<double>(values[i + part]);
        }
    }
    for (; i < values.size(); ++i) {
        sums[0] += static_cast<double>(values[i]);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double log_sum_exp(std::span<const float> values, float high) {
    return static_cast<double>(high) + std::log(kernels().sum_exp(values.data(), values.size(), high));
}

LineView PreparedLine::best_path(const EmissionsView& emissions, std::int64_t line) {
    const auto frames = static_cast<std::size_t>(emissions.length(line));
    const auto labels = static_cast<std::size_t>(emissions.labels);
    pulse().beat(100 + frames * labels / 8);
    const bool in_place = is_plain(emissions, line);
    if (!in_place) {
        copy(emissions, line);
    }
    best_.resize(frames);
    high_.resize(frames);
    const auto dtype = in_place ? static_cast<std::size_t>(emissions.dtype) : std::size_t{0};
    const std::byte* const data =
        in_place ? place(emissions, line, 0) : reinterpret_cast<const std::byte*>(values_.data());
    const auto stride = in_place ? emissions.frame_stride : static_cast<std::ptrdiff_t>(labels * sizeof(float));
    const float limit = rounding_above_zero(emissions.dtype);
    const std::size_t refused =
        kernels().arg_max[dtype](data, stride, frames, labels, limit, high_.data(), best_.data());
    if (refused < frames) {
        std::vector<float> values(labels);
        read_frame(emissions, line, static_cast<std::int64_t>(refused), values);
        checked_arg_max(values, limit, line, static_cast<std::int64_t>(refused));
    }
    LineView view{
        .stride = labels, .best = best_, .high = high_, .frames = frames, .labels = labels, .blank = emissions.blank};
    view.high_total = total(high_);
    if (view.high_total > 0.0) {  // of log-probabilities it is not, but for rounding
        refuse_flat_probabilities(emissions, line);
    }
    return view;
}

/// Probabilities of many labels alike stay below the limit; each of their frames has one of at least 1 / V.
void PreparedLine::refuse_flat_probabilities(const EmissionsView& emissions, std::int64_t line) const {
    const float least = 0.9F / static_cast<float>(emissions.labels);
    std::vector<float> values(static_cast<std::size_t>(emissions.labels));
    for (std::size_t t = 0; t < high_.size(); ++t) {
        if (high_[t] >= least) {
            read_frame(emissions, line, static_cast<std::int64_t>(t), values);
            if (are_probabilities(values)) {
                refuse_probabilities(line, static_cast<std::int64_t>(t));
            }
        }
    }
}

LineView PreparedLine::read(const EmissionsView& emissions, std::int64_t line) {
    LineView view = best_path(emissions, line);
    const bool in_place = is_plain(emissions, line);
    if (in_place && emissions.dtype == DType::kFloat32 && emissions.frame_stride >= 0 && view.frames > 0) {
        view.stride = static_cast<std::size_t>(emissions.frame_stride) / sizeof(float);
        view.values = {reinterpret_cast<const float*>(place(emissions, line, 0)),
                       (view.frames - 1) * view.stride + view.labels};
        return view;
    }
    if (in_place) {
        copy(emissions, line);
    }
    view.values = values_;
    return view;
}

LineView PreparedLine::prepare(const EmissionsView& emissions, std::int64_t line) {
    LineView view = read(emissions, line);
    log_probs_.resize(view.frames * view.labels);
    sums_.resize(view.frames);
    log_sums_.resize(view.frames);
    const Kernels& run = kernels();
    for (std::size_t t = 0; t < view.frames; ++t) {
        sums_[t] = run.sum_exp(view.values_of(t).data(), view.labels, view.high[t]);
    }
    run.ln(sums_.data(), view.frames, log_sums_.data());
    for (std::size_t t = 0; t < view.frames; ++t) {
        log_sums_[t] += static_cast<double>(view.high[t]);
        view.log_sum_total += log_sums_[t];
        run.subtract(view.values_of(t).data(), view.labels, log_sums_[t], log_probs_.data() + t * view.labels);
    }
    view.log_probs = log_probs_;
    view.log_sums = log_sums_;
    return view;
}

/// Widens the line's frames that count into values_.
void PreparedLine::copy(const EmissionsView& emissions, std::int64_t line) {
    const auto frames = static_cast<std::size_t>(emissions.length(line));
    const auto labels = static_cast<std::size_t>(emissions.labels);
    values_.resize(frames * labels);
    const bool side_by_side = is_plain(emissions, line);
    for (std::size_t t = 0; t < frames; ++t) {
        const std::span<float> values = std::span(values_).subspan(t * labels, labels);
        if (side_by_side) {
            kernels().widen[static_cast<std::size_t>(emissions.dtype)](
                place(emissions, line, static_cast<std::int64_t>(t)), labels, values.data());
        } else {
            read_frame(emissions, line, static_cast<std::int64_t>(t), values);
        }
    }
}

}  // namespace ocrkit::ctc
