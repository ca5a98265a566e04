#include "shape.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ocrkit::drawing {

namespace {

constexpr int kParts = 256;  // of a px

/// A place between two pixels: the first of them, and how much the second counts, in 256ths.
struct Place {
    std::ptrdiff_t pixel;
    int share;
};

Place place_of(double begin) {
    const auto parts = static_cast<std::ptrdiff_t>(std::floor(begin * kParts + 0.5));
    return {parts >> 8, static_cast<int>(parts & (kParts - 1))};
}

std::uint8_t between(std::uint8_t first, std::uint8_t second, int share) {
    return static_cast<std::uint8_t>((first * (kParts - share) + second * share + kParts / 2) >> 8);
}

}  // namespace

Picture padded(View picture, std::ptrdiff_t top, std::ptrdiff_t bottom, std::ptrdiff_t left, std::ptrdiff_t right) {
    const auto height = static_cast<std::ptrdiff_t>(picture.height);
    const auto width = static_cast<std::ptrdiff_t>(picture.width);
    Picture made(static_cast<std::size_t>(height + top + bottom), static_cast<std::size_t>(width + left + right));
    // What of the picture is kept, where that begins, and the first and last of it.
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, -left);
    const std::ptrdiff_t to = width - std::max<std::ptrdiff_t>(0, -right);
    const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, -top);
    const std::ptrdiff_t last = height - std::max<std::ptrdiff_t>(0, -bottom) - 1;
    for (std::size_t y = 0; y < made.height; ++y) {
        const std::ptrdiff_t source = std::clamp(static_cast<std::ptrdiff_t>(y) - top, first, last);
        const std::uint8_t* const row = picture.row(static_cast<std::size_t>(source));
        std::uint8_t* out = made.row(y);
        out = std::fill_n(out, std::max<std::ptrdiff_t>(0, left), row[from]);
        out = std::copy(row + from, row + to, out);
        std::fill_n(out, std::max<std::ptrdiff_t>(0, right), row[to - 1]);
    }
    return made;
}

Picture rows_shifted(View picture, std::span<const double> begins, std::size_t width, std::uint8_t fill) {
    Picture made(picture.height, width);
    const auto reach = static_cast<std::ptrdiff_t>(picture.width);
    for (std::size_t y = 0; y < picture.height; ++y) {
        const Place place = place_of(begins[y]);
        const std::uint8_t* const row = picture.row(y);
        std::uint8_t* const out = made.row(y);
        const auto shown = static_cast<std::ptrdiff_t>(width);
        // Where both pixels are there; at an end, one of them is the end itself, and beyond it is none.
        const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-place.pixel, 0, shown);
        const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(reach - 1 - place.pixel, begin, shown);
        std::fill_n(out, begin, fill);
        const std::uint8_t* __restrict const from = row;
        std::uint8_t* __restrict const to = out;
        for (std::ptrdiff_t x = begin; x < end; ++x) {
            to[x] = between(from[x + place.pixel], from[x + place.pixel + 1], place.share);
        }
        std::fill(out + end, out + shown, fill);
        if (begin > 0 && begin == -place.pixel) out[begin - 1] = place.share >= kParts / 2 ? row[0] : fill;
        if (end < shown && end + place.pixel == reach - 1) out[end] = place.share < kParts / 2 ? row[reach - 1] : fill;
    }
    return made;
}

Picture columns_shifted(View picture, std::span<const double> begins, std::size_t height, int fill) {
    Picture made(height, picture.width);
    const auto last = static_cast<std::ptrdiff_t>(picture.height) - 1;
    std::vector<Place> places(picture.width);
    std::transform(begins.begin(), begins.end(), places.begin(), place_of);
    // Columns side by side mostly begin at the same pixel: each run of them is a picture of its own.
    for (std::size_t left = 0; left < picture.width;) {
        std::size_t right = left + 1;
        const std::ptrdiff_t pixel = places[left].pixel;
        while (right < picture.width && places[right].pixel == pixel) ++right;
        for (std::size_t y = 0; y < height; ++y) {
            const std::ptrdiff_t source = static_cast<std::ptrdiff_t>(y) + pixel;
            const std::uint8_t* __restrict const above = picture.row(static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(source, 0, last)));
            const std::uint8_t* __restrict const below =
                picture.row(static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(source + 1, 0, last)));
            std::uint8_t* __restrict const out = made.row(y);
            if (fill >= 0 && (source < -1 || source > last)) {
                std::fill(out + left, out + right, static_cast<std::uint8_t>(fill));
                continue;
            }
            const Place* __restrict const run = places.data();
            for (std::size_t x = left; x < right; ++x) out[x] = between(above[x], below[x], run[x].share);
            if (fill < 0 || (source >= 0 && source < last)) continue;
            // Half a pixel beyond the ends, the end still is; farther off is nothing.
            for (std::size_t x = left; x < right; ++x) {
                const bool beyond = source < 0 ? run[x].share < kParts / 2 : run[x].share >= kParts / 2;
                if (beyond) out[x] = static_cast<std::uint8_t>(fill);
            }
        }
        left = right;
    }
    return made;
}

}  // namespace ocrkit::drawing
