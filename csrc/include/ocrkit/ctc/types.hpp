/// What goes into the decoders and what comes out of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

namespace ocrkit::ctc {

using Label = std::int32_t;

/// The logarithm of probability zero.
inline constexpr float kLogZero = -std::numeric_limits<float>::infinity();

/// The `entry` of a hypothesis that is no lexicon entry.
inline constexpr std::int32_t kNoEntry = -1;

/// log(exp(a) + exp(b)) without overflow; -inf is the identity.
template <std::floating_point Real>
inline Real log_add(Real a, Real b) {
    const Real low = std::min(a, b);
    const Real high = std::max(a, b);
    return low == static_cast<Real>(kLogZero) ? high : high + std::log1p(std::exp(low - high));
}

/// Emissions, or lengths, of the wrong shape or value.
struct EmissionsError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// An option out of its range.
struct OptionError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// A lexicon that is empty, or that holds an impossible entry.
struct LexiconError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

enum class DType : std::uint8_t { kFloat32, kFloat16, kBFloat16 };

/// The caller's log-probabilities, B lines of T frames of V labels, where they lie: any strides, any alignment.
struct EmissionsView {
    const std::byte* data = nullptr;
    DType dtype = DType::kFloat32;
    std::ptrdiff_t line_stride = 0;   // bytes, as the other two; negative and zero are as good as any
    std::ptrdiff_t frame_stride = 0;
    std::ptrdiff_t label_stride = 0;
    std::int64_t lines = 0;           // B
    std::int64_t frames = 0;          // T
    std::int64_t labels = 0;          // V
    std::span<const std::int64_t> lengths = {};  // (B,), or empty where every frame counts
    Label blank = 0;

    /// How many frames of a line count.
    std::int64_t length(std::int64_t line) const {
        return lengths.empty() ? frames : lengths[static_cast<std::size_t>(line)];
    }
};

/// One line made ready for a search; the memory belongs to a `PreparedLine` (prepare.hpp), or is the caller's.
struct LineView {
    std::span<const float> values = {};     // as the caller gave them; frame t's V stand from t * stride on
    std::size_t stride = 0;                 // in floats
    std::span<const Label> best = {};       // (T,) the arg-max of each frame; ties to the lowest
    std::span<const float> high = {};       // (T,) the largest value of each frame
    double high_total = 0.0;                // their sum
    std::span<const float> log_probs = {};  // (T, V) contiguous; each frame normalised: its exponentials sum to one.
                                            // Empty unless `PreparedLine::prepare` made it, as the two below
    std::span<const double> log_sums = {};  // (T,) what normalising took away
    double log_sum_total = 0.0;             // their sum: add it to every score of normalised log-probabilities
    std::size_t frames = 0;                 // T, counting frames alone
    std::size_t labels = 0;                 // V
    Label blank = 0;

    /// The V values of frame `t` as they stand.
    std::span<const float> values_of(std::size_t t) const { return values.subspan(t * stride, labels); }

    float value(std::size_t t, Label label) const { return values[t * stride + static_cast<std::size_t>(label)]; }

    /// The V normalised log-probabilities of frame `t`.
    std::span<const float> frame(std::size_t t) const { return log_probs.subspan(t * labels, labels); }

    float at(std::size_t t, Label label) const { return log_probs[t * labels + static_cast<std::size_t>(label)]; }
};

/// One labelling of a line; the spans belong to whoever made it.
struct HypothesisView {
    std::span<const Label> labels;
    std::span<const std::int32_t> frames;     // for each label, its most probable frame on the best alignment
    std::span<const float> confidences;       // the label's probability there
    double score = 0.0;                       // nats; what hypotheses are ranked by
    double acoustic_score = 0.0;              // nats; ln of the full CTC probability
    std::int32_t entry = kNoEntry;
};

/// The hypotheses of B lines in flat arrays: H hypotheses with L labels in all, each line's best first.
struct Decoded {
    std::vector<Label> labels;                    // (L,)
    std::vector<std::int32_t> frames;             // (L,)
    std::vector<float> confidences;               // (L,)
    std::vector<std::int64_t> label_offsets{0};   // (H+1,)
    std::vector<float> scores;                    // (H,)
    std::vector<float> acoustic_scores;           // (H,)
    std::vector<std::int32_t> entries;            // (H,)
    std::vector<std::int64_t> line_offsets{0};    // (B+1,)
    std::vector<std::uint8_t> proved;             // (B,) 1 where no labelling can be better

    std::size_t lines() const { return proved.size(); }
    std::size_t hypotheses() const { return scores.size(); }

    /// Hypothesis `h` of all lines.
    HypothesisView operator[](std::size_t h) const;

    /// Adds the next hypothesis of the line that is open; best first.
    void add(const HypothesisView& hypothesis);

    /// Makes room for so many lines of one hypothesis each.
    void reserve_lines(std::size_t count);

    /// Closes the line that is open, whatever number of hypotheses it has.
    void end_line(bool is_proved);

    /// Puts the lines of `other` behind these.
    void extend(const Decoded& other);
};

}  // namespace ocrkit::ctc
