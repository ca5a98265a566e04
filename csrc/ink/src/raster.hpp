/// Ink laid down on a smaller, straight page.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "components.hpp"

namespace ocrkit::ink {

/// The ink of runs whose component counts, on a raster of `height` x `width`: each pixel adds 1 where its middle falls.
/// `place` takes x and y to the raster: (place[0] x + place[1] y + place[2], place[3] x + place[4] y + place[5]).
/// What falls outside is left out. O(ink).
std::vector<float> raster_of(std::span<const Run> runs, std::span<const std::uint8_t> counts,
                             const std::array<double, 6>& place, std::size_t height, std::size_t width);

}  // namespace ocrkit::ink
