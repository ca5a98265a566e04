#include "forme.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ocrkit::drawing {

namespace {

/// Ink in its place on the page, and how dark it is.
struct Placed {
    const Ink* ink;
    std::ptrdiff_t x;
    std::ptrdiff_t y;
    float darkness;
};

struct Box {
    std::ptrdiff_t left = std::numeric_limits<std::ptrdiff_t>::max();
    std::ptrdiff_t top = std::numeric_limits<std::ptrdiff_t>::max();
    std::ptrdiff_t right = std::numeric_limits<std::ptrdiff_t>::min();
    std::ptrdiff_t bottom = std::numeric_limits<std::ptrdiff_t>::min();
};

std::vector<Placed> placed(std::span<const Type> types, const Setting& setting) {
    std::vector<Placed> inks;
    inks.reserve(types.size());
    double pen = 0;
    double word = 1;
    for (const Type& type : types) {
        const Letter& letter = *type.letter;
        if (letter.is_space) word = type.word_inking;
        const bool apart = !letter.mark.mask.pixels.empty();
        const float darkness = static_cast<float>(word * type.inking);
        const auto put = [&](const Ink& ink, double from) {
            if (ink.mask.pixels.empty()) return;
            inks.push_back({&ink, std::lrint(from) + ink.x, ink.y + type.shift, darkness});
        };
        put(letter.ink, pen);
        put(letter.mark, pen + setting.gap);
        pen += letter.advance + (letter.is_space ? setting.space_tracking : setting.tracking) + (apart ? setting.gap : 0);
    }
    return inks;
}

Box box_of(std::span<const Placed> inks) {
    Box box;
    for (const Placed& one : inks) {
        box.left = std::min(box.left, one.x);
        box.top = std::min(box.top, one.y);
        box.right = std::max(box.right, one.x + static_cast<std::ptrdiff_t>(one.ink->mask.width));
        box.bottom = std::max(box.bottom, one.y + static_cast<std::ptrdiff_t>(one.ink->mask.height));
    }
    return box;
}

void darken(std::uint8_t* page, const std::uint8_t* ink, std::size_t width) {
    for (std::size_t x = 0; x < width; ++x) page[x] = std::max(page[x], ink[x]);
}

void darken(std::uint8_t* page, const std::uint8_t* ink, std::size_t width, float darkness) {
    for (std::size_t x = 0; x < width; ++x) {
        page[x] = std::max(page[x], static_cast<std::uint8_t>(static_cast<float>(ink[x]) * darkness));
    }
}

bool is_empty(const std::uint8_t* row, std::size_t width) {
    return std::all_of(row, row + width, [](std::uint8_t grey) { return grey == 0; });
}

}  // namespace

Printed printed(std::span<const Type> types, const Setting& setting) {
    const std::vector<Placed> inks = placed(types, setting);
    if (inks.empty()) return {};
    const Box box = box_of(inks);
    Printed printed{Picture(static_cast<std::size_t>(box.bottom - box.top), static_cast<std::size_t>(box.right - box.left)),
                    box.top};
    for (const Placed& one : inks) {
        const View mask = one.ink->mask.view();
        for (std::size_t y = 0; y < mask.height; ++y) {
            std::uint8_t* const row = printed.page.row(static_cast<std::size_t>(one.y - box.top) + y) + (one.x - box.left);
            if (setting.evenly_inked) {
                darken(row, mask.row(y), mask.width);
            } else {
                darken(row, mask.row(y), mask.width, one.darkness);
            }
        }
    }
    return printed;
}

Picture ink_boxed(View ink, std::ptrdiff_t first, std::ptrdiff_t top, std::ptrdiff_t bottom) {
    std::size_t begin = 0;
    std::size_t end = ink.height;
    while (begin < end && is_empty(ink.row(begin), ink.width)) ++begin;
    while (end > begin && is_empty(ink.row(end - 1), ink.width)) --end;
    if (begin == end) return Picture(ink);
    std::vector<std::uint8_t> columns(ink.width);
    for (std::size_t y = begin; y < end; ++y) darken(columns.data(), ink.row(y), ink.width);
    const auto has_ink = [](std::uint8_t grey) { return grey != 0; };
    const auto left = static_cast<std::size_t>(std::find_if(columns.begin(), columns.end(), has_ink) - columns.begin());
    const auto beyond = static_cast<std::size_t>(std::find_if(columns.rbegin(), columns.rend(), has_ink) - columns.rbegin());
    const std::size_t width = ink.width - beyond - left;
    const auto more = [](std::ptrdiff_t rows) { return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, rows)); };
    const std::size_t above = more(first + static_cast<std::ptrdiff_t>(begin) - top);
    const std::size_t below = more(bottom - first - static_cast<std::ptrdiff_t>(end));
    Picture boxed(above + end - begin + below, width);
    for (std::size_t y = begin; y < end; ++y) std::copy_n(ink.row(y) + left, width, boxed.row(above + y - begin));
    return boxed;
}

Picture on_paper(View ink, std::size_t left, std::size_t top, std::size_t right, std::size_t bottom) {
    Picture page(top + ink.height + bottom, left + ink.width + right);
    std::fill(page.pixels.begin(), page.pixels.end(), std::uint8_t{255});
    for (std::size_t y = 0; y < ink.height; ++y) {
        const std::uint8_t* const from = ink.row(y);
        std::uint8_t* const to = page.row(top + y) + left;
        for (std::size_t x = 0; x < ink.width; ++x) to[x] = static_cast<std::uint8_t>(255 - from[x]);
    }
    return page;
}

}  // namespace ocrkit::drawing
