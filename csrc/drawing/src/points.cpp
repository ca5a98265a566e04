#include "points.hpp"

#include <algorithm>

namespace ocrkit::drawing {

namespace {

constexpr int kNoiseDeviation = 32;
constexpr int kHillFoot = 80;
constexpr std::size_t kAlong = 3;  // px of each value of fibres

std::uint8_t grey_of(float value) {
    return static_cast<std::uint8_t>(static_cast<int>(std::min(255.0F, std::max(0.0F, value))));
}

/// Rows of noise from left to right, behind one another in memory.
class Rows {
public:
    explicit Rows(Noise noise) : noise_(noise), turned_(noise.column_step == 1 ? 0 : noise.width) {}

    const std::int8_t* at(std::size_t y) {
        const std::int8_t* const row = noise_.first + static_cast<std::ptrdiff_t>(y) * noise_.row_step;
        if (noise_.column_step == 1) return row;
        for (std::size_t x = 0; x < noise_.width; ++x) {
            turned_[x] = row[static_cast<std::ptrdiff_t>(x) * noise_.column_step];
        }
        return turned_.data();
    }

private:
    Noise noise_;
    std::vector<std::int8_t> turned_;
};

// Bytes may lie anywhere, in a picture's own members too: only what is restricted is not read again for each pixel.

template <class Grey>
Picture each(View picture, Grey grey) {
    Picture made(picture.height, picture.width);
    const std::uint8_t* __restrict const from = picture.pixels;
    std::uint8_t* __restrict const to = made.pixels.data();
    for (std::size_t at = 0; at < picture.size(); ++at) to[at] = grey(from[at]);
    return made;
}

template <class Grey>
Picture each(View picture, View other, Grey grey) {
    Picture made(picture.height, picture.width);
    const std::uint8_t* __restrict const from = picture.pixels;
    const std::uint8_t* __restrict const by = other.pixels;
    std::uint8_t* __restrict const to = made.pixels.data();
    for (std::size_t at = 0; at < picture.size(); ++at) to[at] = grey(from[at], by[at]);
    return made;
}

template <class Grey>
Picture each(View picture, Noise noise, Grey grey) {
    Picture made(picture.height, picture.width);
    Rows rows(noise);
    for (std::size_t y = 0; y < picture.height; ++y) {
        const std::int8_t* __restrict const rough = rows.at(y);
        const std::uint8_t* __restrict const from = picture.row(y);
        std::uint8_t* __restrict const to = made.row(y);
        for (std::size_t x = 0; x < picture.width; ++x) to[x] = grey(from[x], rough[x]);
    }
    return made;
}

}  // namespace

Table curve(double ink, double paper, double middle, double width) {
    Table table;
    for (std::size_t at = 0; at < table.size(); ++at) {
        const auto grey = static_cast<double>(at);
        const double place = ((grey - ink) / std::max(1.0, paper - ink) - middle) / width + 0.5;
        const double stepped = ink + (paper - ink) * std::clamp(place, 0.0, 1.0) + 0.5;
        table[at] = static_cast<std::uint8_t>(grey > ink && grey < paper ? stepped : grey);
    }
    return table;
}

Picture looked_up(View picture, const Table& table) {
    return each(picture, [&](std::uint8_t grey) { return table[grey]; });
}

Picture darkened(View picture, View other, const Table& table) {
    return each(picture, other, [&](std::uint8_t grey, std::uint8_t by) { return std::min(grey, table[by]); });
}

Picture lightened(View picture, View other, const Table& table) {
    return each(picture, other, [&](std::uint8_t grey, std::uint8_t by) { return std::max(grey, table[by]); });
}

Picture lit(View picture, View light, const Table& table) {
    return each(picture, light, [&](std::uint8_t grey, std::uint8_t by) {
        // The product over 255, rounded down.
        const unsigned product = static_cast<unsigned>(grey) * table[by];
        return static_cast<std::uint8_t>((product + 1 + (product >> 8)) >> 8);
    });
}

Picture blended(View picture, View other, float share) {
    return each(picture, other, [=](std::uint8_t grey, std::uint8_t to) {
        return static_cast<std::uint8_t>(static_cast<int>(static_cast<float>(grey) + share * static_cast<float>(to - grey)));
    });
}

Picture sharpened(View picture, View soft, float share) {
    return each(picture, soft, [=](std::uint8_t grey, std::uint8_t by) {
        return grey_of(static_cast<float>(grey) + share * static_cast<float>(grey - by));
    });
}

Picture with_noise(View picture, Noise noise, float amount) {
    return each(picture, noise, [=](std::uint8_t grey, std::int8_t rough) {
        return grey_of(static_cast<float>(grey) + static_cast<float>(rough) * amount);
    });
}

Picture textured(View picture, Noise noise, float amount, Noise fibres, float along, float shade) {
    Picture made(picture.height, picture.width);
    Rows fine(noise);
    Rows coarse(fibres);
    std::vector<std::int8_t> drawn_out(fibres.width * kAlong);
    for (std::size_t y = 0; y < picture.height; ++y) {
        const std::int8_t* const fibre = coarse.at(y);
        for (std::size_t x = 0; x < fibres.width; ++x) {
            for (std::size_t k = 0; k < kAlong; ++k) drawn_out[x * kAlong + k] = fibre[x];
        }
        const std::int8_t* __restrict const rough = fine.at(y);
        const std::uint8_t* __restrict const row = picture.row(y);
        std::uint8_t* __restrict const out = made.row(y);
        for (std::size_t x = 0; x < picture.width; ++x) {
            const float both = static_cast<float>(rough[x]) * amount + static_cast<float>(drawn_out[x]) * along;
            out[x] = grey_of(static_cast<float>(row[x]) + (both - shade));
        }
    }
    return made;
}

Picture bared(View picture, Noise noise, float amount) {
    return each(picture, noise, [=](std::uint8_t grey, std::int8_t rough) {
        const int bare = std::clamp<int>(rough, 0, 2 * kNoiseDeviation);
        return grey_of(static_cast<float>(grey) + static_cast<float>(bare) * amount);
    });
}

Picture roughly_above(View picture, Noise noise, float amount, float threshold) {
    return each(picture, noise, [=](std::uint8_t grey, std::int8_t rough) {
        const bool above = static_cast<float>(grey) + static_cast<float>(rough) * amount > threshold;
        return static_cast<std::uint8_t>(above ? 255 : 0);
    });
}

Picture paled(View picture, View hills, int paper, float amount) {
    return each(picture, hills, [=](std::uint8_t grey, std::uint8_t hill) {
        const float share = static_cast<float>(std::max(hill - kHillFoot, 0)) * amount;
        return grey_of(static_cast<float>(grey) + static_cast<float>(std::max(paper - grey, 0)) * share);
    });
}

}  // namespace ocrkit::drawing
