#include "ocrkit/ctc/prepare.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace ocrkit::ctc {

namespace {

/// IEEE 754 binary16 to binary32; exact.
float widen(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
    const std::uint32_t exponent = (half >> 10U) & 0x1fU;
    const std::uint32_t fraction = half & 0x3ffU;
    if (exponent == 0) {  // zero and the subnormals, whose unit is 2^-24
        const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
        return sign == 0 ? magnitude : -magnitude;
    }
    const std::uint32_t widened = exponent == 0x1fU ? 0xffU : exponent + 112U;
    return std::bit_cast<float>(sign | (widened << 23U) | (fraction << 13U));
}

/// Reads a value that need not be aligned.
template <class T>
T load(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
}

std::string where(std::int64_t line, std::int64_t frame) {
    return "log_probs[line " + std::to_string(line) + ", frame " + std::to_string(frame);
}

[[noreturn]] void refuse(float value, std::int64_t line, std::int64_t frame, std::size_t label) {
    throw EmissionsError(where(line, frame) + ", label " + std::to_string(label) + "] is " +
                         (std::isnan(value) ? "nan" : "+inf") +
                         "; a log-probability that counts is finite or -inf: check the network's output, or give "
                         "lengths that leave padding out");
}

/// ln of the sum of exponentials; `high` is the largest value, which is finite.
double log_sum(std::span<const float> values, float high) {
    // Below exp(-45) of the largest, a term is lost in the sum's rounding, even 100,000 of them.
    constexpr float kNegligible = -45.0F;
    double sum = 0.0;
    for (const float value : values) {
        const float relative = value - high;
        if (relative > kNegligible) {
            sum += static_cast<double>(std::exp(relative));
        }
    }
    return static_cast<double>(high) + std::log(sum);
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
    const std::byte* at = emissions.data + line * emissions.line_stride + frame * emissions.frame_stride;
    if (emissions.dtype == DType::kFloat16) {
        for (std::size_t label = 0; label < out.size(); ++label) {
            out[label] = widen(load<std::uint16_t>(at + static_cast<std::ptrdiff_t>(label) * emissions.label_stride));
        }
    } else if (emissions.label_stride == static_cast<std::ptrdiff_t>(sizeof(float))) {
        std::memcpy(out.data(), at, out.size_bytes());
    } else {
        for (std::size_t label = 0; label < out.size(); ++label) {
            out[label] = load<float>(at + static_cast<std::ptrdiff_t>(label) * emissions.label_stride);
        }
    }
}

Label checked_arg_max(std::span<const float> values, std::int64_t line, std::int64_t frame) {
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
    return static_cast<Label>(best);
}

LineView PreparedLine::prepare(const EmissionsView& emissions, std::int64_t line) {
    const auto frames = static_cast<std::size_t>(emissions.length(line));
    const auto labels = static_cast<std::size_t>(emissions.labels);
    log_probs_.resize(frames * labels);
    best_.resize(frames);
    double total = 0.0;
    for (std::size_t t = 0; t < frames; ++t) {
        const std::span<float> values = std::span(log_probs_).subspan(t * labels, labels);
        read_frame(emissions, line, static_cast<std::int64_t>(t), values);
        best_[t] = checked_arg_max(values, line, static_cast<std::int64_t>(t));
        const double sum = log_sum(values, values[static_cast<std::size_t>(best_[t])]);
        for (float& value : values) {
            value = static_cast<float>(static_cast<double>(value) - sum);
        }
        total += sum;
    }
    return {.log_probs = log_probs_,
            .best = best_,
            .log_sum_total = total,
            .frames = frames,
            .labels = labels,
            .blank = emissions.blank};
}

}  // namespace ocrkit::ctc
