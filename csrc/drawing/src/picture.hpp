/// Grey pictures, one byte a pixel, 255 for paper: seen where they lie, and made.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ocrkit::drawing {

/// A new grey for each of 256.
using Table = std::array<std::uint8_t, 256>;

/// A picture of `height` rows of `width` px, each behind the other, which lives elsewhere.
struct View {
    const std::uint8_t* pixels;
    std::size_t height;
    std::size_t width;

    const std::uint8_t* row(std::size_t y) const { return pixels + y * width; }
    std::size_t size() const { return height * width; }
};

/// A picture of its own.
struct Picture {
    std::size_t height = 0;
    std::size_t width = 0;
    std::vector<std::uint8_t> pixels;

    Picture() = default;
    Picture(std::size_t rows, std::size_t columns) : height(rows), width(columns), pixels(rows * columns) {}
    explicit Picture(View view)
        : height(view.height), width(view.width), pixels(view.pixels, view.pixels + view.size()) {}

    View view() const { return {pixels.data(), height, width}; }
    std::uint8_t* row(std::size_t y) { return pixels.data() + y * width; }
};

}  // namespace ocrkit::drawing
