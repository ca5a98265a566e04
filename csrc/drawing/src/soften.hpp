/// Blurs: of small deviation as sums of neighbours in 16 bits, of large ones as running sums.
#pragma once

#include "picture.hpp"

namespace ocrkit::drawing {

/// A blur of about that normal deviation, px. O(pixels x passes): a pass for each half px^2 of variance, three above 6 px.
Picture soften(View picture, double deviation);

/// The mean of `reach` px on each side and its own, the edge repeated, rounded: across, then down. O(pixels).
Picture box_blurred(View picture, std::size_t reach);

}  // namespace ocrkit::drawing
