#include "soften.hpp"

#include <algorithm>
#include <cmath>

namespace ocrkit::drawing {

namespace {

constexpr double kLeastVariance = 1e-3;
constexpr double kVarianceOfPass = 0.5;
constexpr double kMostVariance = 36.0;  // that is worth so many passes
constexpr int kBoxes = 3;

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
    if (variance > kMostVariance) {
        // A box of 2 r + 1 px has a variance of a twelfth of (2 r + 1)^2 - 1.
        const double side = std::sqrt(12 * variance / kBoxes + 1);
        const auto reach = static_cast<std::size_t>((side - 1) / 2 + 0.5);
        for (int box = 0; box < kBoxes; ++box) soft = box_blurred(soft.view(), reach);
        return soft;
    }
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

Picture box_blurred(View picture, std::size_t reach) {
    const std::size_t height = picture.height;
    const std::size_t width = picture.width;
    const auto count = static_cast<std::uint32_t>(2 * reach + 1);
    const auto clamped = [](std::size_t place, std::size_t less, std::size_t size) {
        return place < less ? 0 : std::min(place - less, size - 1);
    };
    Picture across(height, width);
    for (std::size_t y = 0; y < height; ++y) {
        const std::uint8_t* const row = picture.row(y);
        std::uint8_t* const out = across.row(y);
        std::uint32_t sum = 0;
        for (std::size_t k = 0; k < count; ++k) sum += row[clamped(k, reach, width)];
        for (std::size_t x = 0; x < width; ++x) {
            out[x] = static_cast<std::uint8_t>((sum + count / 2) / count);
            sum += row[clamped(x + count, reach, width)];
            sum -= row[clamped(x, reach, width)];
        }
    }
    Picture blurred(height, width);
    std::vector<std::uint32_t> sums(width);
    for (std::size_t k = 0; k < count; ++k) {
        const std::uint8_t* const row = across.row(clamped(k, reach, height));
        for (std::size_t x = 0; x < width; ++x) sums[x] += row[x];
    }
    const float share = 1.0F / static_cast<float>(count);
    for (std::size_t y = 0; y < height; ++y) {
        const std::uint8_t* __restrict const joins = across.row(clamped(y + count, reach, height));
        const std::uint8_t* __restrict const leaves = across.row(clamped(y, reach, height));
        std::uint8_t* __restrict const out = blurred.row(y);
        std::uint32_t* __restrict const sum = sums.data();
        for (std::size_t x = 0; x < width; ++x) {
            out[x] = static_cast<std::uint8_t>(static_cast<int>(static_cast<float>(static_cast<int>(sum[x])) * share + 0.5F));
            sum[x] += static_cast<std::uint32_t>(joins[x]) - leaves[x];
        }
    }
    return blurred;
}

}  // namespace ocrkit::drawing
