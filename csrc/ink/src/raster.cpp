#include "raster.hpp"

#include <cmath>

namespace ocrkit::ink {

std::vector<float> raster_of(std::span<const Run> runs, std::span<const std::uint8_t> counts,
                             const std::array<double, 6>& place, std::size_t height, std::size_t width) {
    std::vector<float> raster(height * width);
    for (const Run& run : runs) {
        if (counts[static_cast<std::size_t>(run.component)] == 0) continue;
        double across = place[0] * run.left + place[1] * run.y + place[2];
        double down = place[3] * run.left + place[4] * run.y + place[5];
        for (std::int32_t x = run.left; x < run.right; ++x) {
            if (across >= 0 && down >= 0) {
                const auto column = static_cast<std::size_t>(across);
                const auto row = static_cast<std::size_t>(down);
                if (row < height && column < width) raster[row * width + column] += 1.0F;
            }
            across += place[0];
            down += place[3];
        }
    }
    return raster;
}

}  // namespace ocrkit::ink
