#include "two_levels.hpp"

#include <algorithm>

#include "soften.hpp"


namespace ocrkit::drawing {

namespace {

constexpr float kAtFlat = 0.7F;  // of the mean, where nothing deviates from it
constexpr float kRise = 0.3F / 128;
constexpr float kDeviations = 1.25F;  // a standard deviation, of mean ones, in normal noise

}  // namespace

int otsu(View picture) {
    std::array<double, 256> counts{};
    {
        std::array<std::uint32_t, 512> halves{};
        for (std::size_t at = 0; at < picture.size(); ++at) ++halves[picture.pixels[at] + 256 * (at & 1)];
        for (std::size_t grey = 0; grey < 256; ++grey) counts[grey] = halves[grey] + halves[grey + 256];
    }
    double all = 0;
    for (std::size_t grey = 0; grey < 256; ++grey) all += counts[grey] * static_cast<double>(grey);
    const auto size = static_cast<double>(picture.size());
    double below = 0;
    double greys = 0;
    double most = 0;
    int best = 0;
    for (std::size_t grey = 0; grey < 255; ++grey) {
        below += counts[grey];
        greys += counts[grey] * static_cast<double>(grey);
        const double above = size - below;
        if (below == 0 || above == 0) continue;
        const double apart = all * below / size - greys;
        const double between = apart * apart / (below * above);
        if (between <= most) continue;
        most = between;
        best = static_cast<int>(grey);
    }
    return best;
}

Picture sauvola(View picture, std::size_t reach, float offset, float least, float most) {
    const Picture mean = box_blurred(picture, reach);
    Picture away(picture.height, picture.width);
    const std::uint8_t* __restrict const grey = picture.pixels;
    const std::uint8_t* __restrict const means = mean.pixels.data();
    std::uint8_t* __restrict const apart = away.pixels.data();
    for (std::size_t at = 0; at < picture.size(); ++at) {
        apart[at] = static_cast<std::uint8_t>(std::max(grey[at], means[at]) - std::min(grey[at], means[at]));
    }
    Picture thresholds = box_blurred(away.view(), reach);
    std::uint8_t* __restrict const out = thresholds.pixels.data();
    for (std::size_t at = 0; at < picture.size(); ++at) {
        const float deviation = static_cast<float>(out[at]) * kDeviations;
        const float threshold = static_cast<float>(means[at]) * (kAtFlat + deviation * kRise) + offset;
        out[at] = static_cast<std::uint8_t>(static_cast<int>(std::min(most, std::max(least, threshold))));
    }
    return thresholds;
}

Picture above(View picture, View thresholds) {
    Picture made(picture.height, picture.width);
    const std::uint8_t* __restrict const grey = picture.pixels;
    const std::uint8_t* __restrict const threshold = thresholds.pixels;
    std::uint8_t* __restrict const out = made.pixels.data();
    for (std::size_t at = 0; at < picture.size(); ++at) out[at] = grey[at] > threshold[at] ? 255 : 0;
    return made;
}

Picture quarters_above(View picture, View thresholds) {
    static constexpr std::array<std::uint8_t, 5> kShares = {0, 64, 128, 191, 255};
    const std::size_t width = picture.width;
    Picture made(picture.height, width);
    // Three rows of margins, between edges that repeat their ends.
    std::array<std::vector<std::int16_t>, 3> rows;
    const auto fill = [&](std::vector<std::int16_t>& row, std::size_t y) {
        const std::uint8_t* __restrict const grey = picture.row(y);
        const std::uint8_t* __restrict const threshold = thresholds.row(y);
        row.resize(width + 2);
        std::int16_t* __restrict const margin = row.data() + 1;
        for (std::size_t x = 0; x < width; ++x) margin[x] = static_cast<std::int16_t>(grey[x] - threshold[x]);
        row.front() = row[1];
        row.back() = row[width];
    };
    fill(rows[1], 0);
    rows[0] = rows[1];
    for (std::size_t y = 0; y < picture.height; ++y) {
        fill(rows[2], std::min(y + 1, picture.height - 1));
        const std::int16_t* __restrict const up = rows[0].data();
        const std::int16_t* __restrict const own = rows[1].data();
        const std::int16_t* __restrict const down = rows[2].data();
        std::uint8_t* __restrict const out = made.row(y);
        for (std::size_t x = 0; x < width; ++x) {
            // Three parts of a pixel and one of its neighbour, across and down.
            const auto side = [x](const std::int16_t* row, std::size_t left) {
                return static_cast<std::int16_t>(3 * row[x + 1] + row[x + left]);
            };
            std::int16_t count = 0;
            for (const std::size_t left : {std::size_t{0}, std::size_t{2}}) {
                const auto middle = static_cast<std::int16_t>(3 * side(own, left));
                count = static_cast<std::int16_t>(count + (middle + side(up, left) > 0) + (middle + side(down, left) > 0));
            }
            out[x] = static_cast<std::uint8_t>(count);
        }
        for (std::size_t x = 0; x < width; ++x) out[x] = kShares[out[x]];
        std::swap(rows[0], rows[1]);
        std::swap(rows[1], rows[2]);
    }
    return made;
}

Picture margins(View picture, View thresholds) {
    Picture made(picture.height, picture.width);
    const std::uint8_t* __restrict const grey = picture.pixels;
    const std::uint8_t* __restrict const threshold = thresholds.pixels;
    std::uint8_t* __restrict const out = made.pixels.data();
    for (std::size_t at = 0; at < picture.size(); ++at) {
        out[at] = static_cast<std::uint8_t>(std::clamp(grey[at] - threshold[at], -127, 127) + 128);
    }
    return made;
}

}  // namespace ocrkit::drawing
