/// From the caller's emissions to a line that a search can read: checked, widened, contiguous, normalised.
#pragma once

#include <cstdint>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// Throws unless V > 0, the blank is one of the labels, and every length lies in 0..T.
void check(const EmissionsView& emissions);

/// Copies the V values of one frame, widened to float32, into `out`.
void read_frame(const EmissionsView& emissions, std::int64_t line, std::int64_t frame, std::span<float> out);

/// How far above 0 rounding may put a log-probability: where a network's output less the logarithm of its sum is taken
/// in so few digits. What is not below is none.
float rounding_above_zero(DType dtype);

/// The lowest label of the highest value, as NumPy's argmax has it. Throws EmissionsError, naming line, frame and
/// label, for NaN and +inf, for what is not below `limit`, and for a frame that is -inf throughout.
Label checked_arg_max(std::span<const float> values, float limit, std::int64_t line, std::int64_t frame);

/// The sum of some floats, in four parts that do not wait for each other: one order, so that a line that comes bit by
/// bit has the sum that it has as a whole.
double total(std::span<const float> values);

/// ln of the sum of exp(value); `high` is the largest value. Within 2e-7.
double log_sum_exp(std::span<const float> values, float high);

/// The memory of one line; reuse it, so that a worker allocates once. Views last until the next call, and those of
/// float32 no longer than the caller's emissions, where they may lie. No frame past the line's length is read.
class PreparedLine {
   public:
    /// Each frame's best label and its value; `values` stays empty. One pass over what the caller has.
    /// Throws EmissionsError as `checked_arg_max` does.
    LineView best_path(const EmissionsView& emissions, std::int64_t line);

    /// The line as it stands, in float32: where the caller has it if it can be, else widened and made contiguous.
    LineView read(const EmissionsView& emissions, std::int64_t line);

    /// The line as it stands, and with each frame normalised; O(TV) exponentials.
    LineView prepare(const EmissionsView& emissions, std::int64_t line);

   private:
    void copy(const EmissionsView& emissions, std::int64_t line);
    void refuse_flat_probabilities(const EmissionsView& emissions, std::int64_t line) const;

    std::vector<float> values_;
    std::vector<Label> best_;
    std::vector<float> high_;
    std::vector<float> log_probs_;
    std::vector<double> sums_;
    std::vector<double> log_sums_;
};

}  // namespace ocrkit::ctc
