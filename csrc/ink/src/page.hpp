/// Grey pages, one byte a pixel, 255 for white: seen where they lie.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ocrkit::ink {

/// A page of `height` rows of `width` px, each behind the other, which lives elsewhere.
struct Page {
    const std::uint8_t* pixels;
    std::size_t height;
    std::size_t width;

    const std::uint8_t* row(std::size_t y) const { return pixels + y * width; }
    std::size_t size() const { return height * width; }
};

}  // namespace ocrkit::ink
