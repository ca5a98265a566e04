#include "measures.hpp"

#include <algorithm>
#include <functional>
#include <numbers>
#include <numeric>

namespace ocrkit::drawing {

namespace {

constexpr std::size_t kFew = 2000;    // px of a picture that is read whole
constexpr std::size_t kInByte = 255;  // counts of one each that a byte holds

/// How many of `count` bytes, each 0 or 1, are 1. Sums of bytes, which vectors hold sixteen of and more.
template <class IsSet>
std::size_t counted(std::size_t count, IsSet is_set) {
    std::size_t total = 0;
    for (std::size_t begin = 0; begin < count; begin += kInByte) {
        const std::size_t end = std::min(count, begin + kInByte);
        std::uint8_t part = 0;
        for (std::size_t at = begin; at < end; ++at) part = static_cast<std::uint8_t>(part + is_set(at));
        total += part;
    }
    return total;
}

/// How many pixels of each row are ink.
std::vector<std::size_t> ink_by_row(View picture, std::uint8_t middle) {
    std::vector<std::size_t> filled(picture.height);
    for (std::size_t y = 0; y < picture.height; ++y) {
        const std::uint8_t* const row = picture.row(y);
        filled[y] = counted(picture.width, [=](std::size_t x) { return static_cast<std::uint8_t>(row[x] < middle); });
    }
    return filled;
}

std::uint8_t darkest(const std::uint8_t* row, std::size_t width) {
    std::uint8_t least = 255;
    for (std::size_t x = 0; x < width; ++x) least = std::min(least, row[x]);
    return least;
}

}  // namespace

Levels levels(View picture) {
    const std::size_t step = picture.size() < kFew ? 1 : 2;
    // Two counts, since one that is the same as the one before would have to wait for it.
    std::array<std::uint32_t, 256> even{};
    std::array<std::uint32_t, 256> odd{};
    for (std::size_t y = 0; y < picture.height; y += step) {
        const std::uint8_t* const row = picture.row(y);
        std::size_t x = 0;
        for (; x + step < picture.width; x += 2 * step) {
            ++even[row[x]];
            ++odd[row[x + step]];
        }
        if (x < picture.width) ++even[row[x]];
    }
    const std::size_t size = ((picture.height + step - 1) / step) * ((picture.width + step - 1) / step);
    const auto reached = [&](std::size_t wanted) {
        std::size_t below = 0;
        for (int grey = 0; grey < 256; ++grey) {
            below += even[static_cast<std::size_t>(grey)] + odd[static_cast<std::size_t>(grey)];
            if (below >= wanted) return grey;
        }
        return 255;
    };
    return {reached(size / 100 + 1), reached(size * 3 / 4 + 1)};
}

std::optional<Box> ink_box(View picture, Levels greys) {
    const auto middle = static_cast<std::uint8_t>(greys.middle());
    if (!greys.show()) return std::nullopt;
    std::size_t top = 0;
    while (top < picture.height && darkest(picture.row(top), picture.width) >= middle) ++top;
    if (top == picture.height) return std::nullopt;
    std::size_t bottom = picture.height;
    while (darkest(picture.row(bottom - 1), picture.width) >= middle) --bottom;
    std::vector<std::uint8_t> columns(picture.row(top), picture.row(top) + picture.width);
    for (std::size_t y = top + 1; y < bottom; ++y) {
        const std::uint8_t* const row = picture.row(y);
        for (std::size_t x = 0; x < picture.width; ++x) columns[x] = std::min(columns[x], row[x]);
    }
    const auto is_ink = [=](std::uint8_t grey) { return grey < middle; };
    const auto left = std::find_if(columns.begin(), columns.end(), is_ink);
    const auto right = std::find_if(columns.rbegin(), columns.rend(), is_ink);
    return Box{top, bottom, static_cast<std::size_t>(left - columns.begin()),
               static_cast<std::size_t>(columns.rend() - right)};
}

Letters letters(View picture, Levels greys) {
    const auto height = static_cast<double>(picture.height);
    if (!greys.show()) return {height / 3, 0.3};
    const std::vector<std::size_t> filled = ink_by_row(picture, static_cast<std::uint8_t>(greys.middle()));
    std::vector<std::size_t> fullest = filled;
    const std::size_t many = std::max<std::size_t>(1, picture.height / 8);
    std::partial_sort(fullest.begin(), fullest.begin() + static_cast<std::ptrdiff_t>(many), fullest.end(),
                      std::greater<>());
    const double mean = static_cast<double>(std::accumulate(fullest.begin(), fullest.begin() + static_cast<std::ptrdiff_t>(many),
                                                            std::size_t{0})) / static_cast<double>(many);
    std::size_t rows = 0;
    std::size_t ink = 0;
    for (const std::size_t count : filled) {
        if (static_cast<double>(count) <= 0.45 * mean) continue;
        ++rows;
        ink += count;
    }
    if (rows == 0) return {height / 8, 0.3};
    const double share = static_cast<double>(ink) / static_cast<double>(rows) / static_cast<double>(picture.width);
    return {std::max(height / 8, static_cast<double>(rows)), share};
}

double stroke_width(View picture, Levels greys) {
    const auto middle = static_cast<std::uint8_t>(greys.middle());
    std::size_t ink = 0;
    std::size_t edge = 0;
    for (std::size_t y = 0; y < picture.height; ++y) {
        const std::uint8_t* const row = picture.row(y);
        const std::uint8_t* const above = y > 0 ? picture.row(y - 1) : row;
        ink += counted(picture.width, [=](std::size_t x) { return static_cast<std::uint8_t>(row[x] < middle); });
        edge += counted(picture.width, [=](std::size_t x) {
            return static_cast<std::uint8_t>((row[x] < middle) != (above[x] < middle));
        });
        edge += counted(picture.width - 1, [=](std::size_t x) {
            return static_cast<std::uint8_t>((row[x] < middle) != (row[x + 1] < middle));
        });
    }
    // A slanting edge is met as often across as down, hence pi / 4 of its steps is its length.
    return 2.0 * static_cast<double>(ink) / std::max(1.0, static_cast<double>(edge) * std::numbers::pi / 4);
}

}  // namespace ocrkit::drawing
