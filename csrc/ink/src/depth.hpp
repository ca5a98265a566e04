/// How much darker than the paper around it each pixel is.
#pragma once

#include <array>
#include <vector>

#include "page.hpp"

namespace ocrkit::ink {

/// Of each pixel, 255 less its grey as a share of its paper's: 0 for paper, 255 for black. `counts` are of each depth.
struct Depth {
    std::vector<std::uint8_t> pixels;
    std::array<std::uint64_t, 256> counts{};
};

/// The depths of a page. Paper is looked for in blocks of 16 px: the mean of the brighter half of each, of which the
/// upper third of 7 x 7 blocks counts, never darker than `least` times what most of the page has; between the middles of
/// blocks it is blended. O(pixels).
Depth depth_of(Page page, double least);

}  // namespace ocrkit::ink
