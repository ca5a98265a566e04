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

/// The lowest label of the highest value, as NumPy's argmax has it. Throws EmissionsError, naming line, frame and
/// label, for NaN and +inf, and for a frame that is -inf throughout.
Label checked_arg_max(std::span<const float> values, std::int64_t line, std::int64_t frame);

/// The memory of one line; reuse it, so that a worker allocates once.
class PreparedLine {
   public:
    /// Reads the frames of a line that count, and no other; O(TV). The view lasts until the next call.
    /// Throws EmissionsError as `checked_arg_max` does.
    LineView prepare(const EmissionsView& emissions, std::int64_t line);

   private:
    std::vector<float> log_probs_;
    std::vector<Label> best_;
};

}  // namespace ocrkit::ctc
