/// A blur of small deviation, as sums of neighbours in 16 bits.
#pragma once

#include "picture.hpp"

namespace ocrkit::drawing {

/// A blur of about that normal deviation, px, up to about two. O(pixels x passes), a pass for each half px^2 of variance.
Picture soften(View picture, double deviation);

}  // namespace ocrkit::drawing
