/// What moves pixels about: edges moved in and out, rows and columns that are shifted.
#pragma once

#include <span>

#include "picture.hpp"

namespace ocrkit::drawing {

/// So many px more on each side, which repeat the edge, or less where negative; at least one px must be left of it.
Picture padded(View picture, std::ptrdiff_t top, std::ptrdiff_t bottom, std::ptrdiff_t left, std::ptrdiff_t right);

/// A picture of `width` whose row y shows the row of `picture` from `begins[y]` on, px, between pixels linearly;
/// `fill` where that is beyond its ends.
Picture rows_shifted(View picture, std::span<const double> begins, std::size_t width, std::uint8_t fill);

/// A picture of `height` whose column x shows the column of `picture` from `begins[x]` on, likewise. Where there is no
/// `fill`, the edge goes on beyond the ends.
Picture columns_shifted(View picture, std::span<const double> begins, std::size_t height, int fill);

}  // namespace ocrkit::drawing
