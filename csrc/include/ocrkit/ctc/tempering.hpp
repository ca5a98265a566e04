/// How probable labellings are once each frame's probabilities are flattened or sharpened.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// The labellings of B lines in flat arrays, as `Decoded` has them; the caller's memory.
struct LabellingsView {
    std::span<const Label> labels;                 // (L,)
    std::span<const std::int32_t> frames;          // (L,) for each label the frame that tells its probability
    std::span<const std::int64_t> label_offsets;   // (H+1,)
    std::span<const std::int64_t> line_offsets;    // (B+1,)
};

struct TemperOptions {
    double temperature = 1.0;  // above 1 probabilities are flattened, below sharpened
    int threads = 0;           // 0: one a core
};

/// What comes of the labellings where each log-probability is divided by the temperature and each frame normalised anew.
struct Tempered {
    std::vector<float> acoustic_scores;  // (H,) nats; ln of the full CTC probability, -inf where no alignment fits
    std::vector<float> confidences;      // (L,) each label's probability at its frame
};

/// O(TV) exponentials a line, and O(TL) a labelling. Throws EmissionsError as the decoders do, and OptionError for a
/// temperature that is not above 0 and finite, or labellings that are not those of such lines.
/// Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2 (temperature scaling), by frame.
Tempered temper(const EmissionsView& emissions, const LabellingsView& labellings, const TemperOptions& options);

}  // namespace ocrkit::ctc
