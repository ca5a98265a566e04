#include "soften.hpp"

#include <algorithm>
#include <cmath>

namespace ocrkit::drawing {

namespace {

constexpr double kLeastVariance = 1e-3;
constexpr double kVarianceOfPass = 0.5;

/// Each of `count` values with `weight` 256ths of those on either side, the rest of its own; `rounding` is below 256.
void smear(const std::uint8_t* before, const std::uint8_t* values, const std::uint8_t* behind, std::size_t count,
           std::uint16_t weight, std::uint16_t rounding, std::uint8_t* __restrict out) {
    const auto own = static_cast<std::uint16_t>(256 - 2 * weight);
    for (std::size_t at = 0; at < count; ++at) {
        // 16 bits hold it: 255 x 256 + 128.
        const auto beside = static_cast<std::uint16_t>(before[at] + behind[at]);
        const auto sum = static_cast<std::uint16_t>(values[at] * own + beside * weight + rounding);
        out[at] = static_cast<std::uint8_t>(sum >> 8);
    }
}

}  // namespace

Picture soften(View picture, double deviation) {
    const double variance = deviation * deviation;
    Picture soft(picture);
    if (variance < kLeastVariance) return soft;
    const double passes = std::ceil(variance / kVarianceOfPass);
    // A pass weighs 1 - 2 w, and w on either side: variance 2 w a direction.
    const auto weight = static_cast<std::uint16_t>(std::nearbyint(128 * variance / passes));
    const std::size_t height = picture.height;
    const std::size_t width = picture.width;
    // Rows as they were before the pass, and one between edges that repeat its ends.
    std::vector<std::uint8_t> above(width);
    std::vector<std::uint8_t> own(width);
    std::vector<std::uint8_t> wide(width + 2);
    for (int pass = 0; pass < static_cast<int>(passes); ++pass) {
        std::copy_n(soft.row(0), width, above.begin());
        for (std::size_t y = 0; y < height; ++y) {
            std::uint8_t* const row = soft.row(y);
            std::copy_n(row, width, own.begin());
            const std::uint8_t* const below = y + 1 < height ? soft.row(y + 1) : own.data();
            // Halves go down the first way and up the second, so that the mean stays.
            if (height > 1) {
                smear(above.data(), own.data(), below, width, weight, 127, wide.data() + 1);
            } else {
                std::copy_n(row, width, wide.begin() + 1);
            }
            wide.front() = wide[1];
            wide.back() = wide[width];
            if (width > 1) {
                smear(wide.data(), wide.data() + 1, wide.data() + 2, width, weight, 128, row);
            } else {
                row[0] = wide[1];
            }
            above.swap(own);
        }
    }
    return soft;
}

}  // namespace ocrkit::drawing
