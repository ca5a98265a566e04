#include "png.hpp"

#include <algorithm>
#include <cstdlib>

namespace ocrkit::drawing {

namespace {

constexpr std::size_t kFilters = 5;  // none, the pixel before, the one above, their mean, Paeth's choice

std::uint8_t paeth(int before, int above, int corner) {
    const int to_before = std::abs(above - corner);
    const int to_above = std::abs(before - corner);
    const int to_corner = std::abs(before + above - 2 * corner);
    const int nearer = to_above <= to_corner ? above : corner;
    return static_cast<std::uint8_t>(to_before <= to_above && to_before <= to_corner ? before : nearer);
}

/// The sum of the differences, each as one of -128 to 127, without its sign.
std::uint32_t size_of(const std::uint8_t* __restrict row, std::size_t width) {
    std::uint32_t sum = 0;
    for (std::size_t x = 0; x < width; ++x) {
        sum += std::min<std::uint8_t>(row[x], static_cast<std::uint8_t>(256 - row[x]));
    }
    return sum;
}

}  // namespace

Picture filtered_rows(View picture) {
    const std::size_t width = picture.width;
    Picture made(picture.height, width + 1);
    // A pixel of nought stands before each row, and a row of noughts above the first.
    std::vector<std::uint8_t> last(width + 1);
    std::vector<std::uint8_t> own(width + 1);
    std::array<std::vector<std::uint8_t>, kFilters> tried;
    for (std::vector<std::uint8_t>& row : tried) row.resize(width);
    for (std::size_t y = 0; y < picture.height; ++y) {
        std::copy_n(picture.row(y), width, own.begin() + 1);
        const std::uint8_t* __restrict const before = own.data();
        const std::uint8_t* __restrict const above = last.data();
        std::uint8_t* __restrict const none = tried[0].data();
        std::uint8_t* __restrict const by_before = tried[1].data();
        std::uint8_t* __restrict const by_above = tried[2].data();
        std::uint8_t* __restrict const by_mean = tried[3].data();
        std::uint8_t* __restrict const by_paeth = tried[4].data();
        for (std::size_t x = 0; x < width; ++x) none[x] = before[x + 1];
        for (std::size_t x = 0; x < width; ++x) by_before[x] = static_cast<std::uint8_t>(before[x + 1] - before[x]);
        for (std::size_t x = 0; x < width; ++x) by_above[x] = static_cast<std::uint8_t>(before[x + 1] - above[x + 1]);
        for (std::size_t x = 0; x < width; ++x) {
            by_mean[x] = static_cast<std::uint8_t>(before[x + 1] - ((before[x] + above[x + 1]) >> 1));
        }
        for (std::size_t x = 0; x < width; ++x) {
            by_paeth[x] = static_cast<std::uint8_t>(before[x + 1] - paeth(before[x], above[x + 1], above[x]));
        }
        std::size_t best = 0;
        std::uint32_t least = size_of(none, width);
        for (std::size_t filter = 1; filter < kFilters; ++filter) {
            const std::uint32_t size = size_of(tried[filter].data(), width);
            if (size >= least) continue;
            least = size;
            best = filter;
        }
        std::uint8_t* const out = made.row(y);
        out[0] = static_cast<std::uint8_t>(best);
        std::copy(tried[best].begin(), tried[best].end(), out + 1);
        last.swap(own);
    }
    return made;
}

}  // namespace ocrkit::drawing
