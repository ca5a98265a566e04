#include "jpeg.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ocrkit::drawing {

namespace {

constexpr std::size_t kSide = 8;

/// Eight values, one of each column (or row) of a block, that go through the same steps side by side.
using Lanes = float __attribute__((vector_size(kSide * sizeof(float))));
using Block = std::array<Lanes, kSide>;

// T.81, table K.1.
constexpr std::array<int, kSide * kSide> kLuminance = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,   //
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,   //
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,   //
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
};

constexpr float kRoot2 = 1.414213562F;
constexpr float kCos2 = 0.707106781F;   // cos(pi / 4)
constexpr float kCos6 = 0.382683433F;   // cos(3 pi / 8)
constexpr float kDiff = 0.541196100F;   // cos(pi / 8) - cos(3 pi / 8)
constexpr float kSum = 1.306562965F;    // cos(pi / 8) + cos(3 pi / 8)
constexpr float kTwice2 = 1.847759065F; // 2 cos(pi / 8)
constexpr float kTwiceDiff = 1.082392200F;
constexpr float kTwiceSum = 2.613125930F;

/// The transform of eight rows, each but for a factor that the quantisation takes with it.
void transform(Block& v) {
    const Lanes a0 = v[0] + v[7], a7 = v[0] - v[7], a1 = v[1] + v[6], a6 = v[1] - v[6];
    const Lanes a2 = v[2] + v[5], a5 = v[2] - v[5], a3 = v[3] + v[4], a4 = v[3] - v[4];
    const Lanes b0 = a0 + a3, b3 = a0 - a3, b1 = a1 + a2, b2 = a1 - a2;
    v[0] = b0 + b1;
    v[4] = b0 - b1;
    const Lanes z1 = (b2 + b3) * kCos2;
    v[2] = b3 + z1;
    v[6] = b3 - z1;
    const Lanes c0 = a4 + a5, c1 = a5 + a6, c2 = a6 + a7;
    const Lanes z5 = (c0 - c2) * kCos6;
    const Lanes z2 = kDiff * c0 + z5, z4 = kSum * c2 + z5, z3 = c1 * kCos2;
    const Lanes z11 = a7 + z3, z13 = a7 - z3;
    v[5] = z13 + z2;
    v[3] = z13 - z2;
    v[1] = z11 + z4;
    v[7] = z11 - z4;
}

/// Back again.
void restore(Block& v) {
    const Lanes a0 = v[0] + v[4], a1 = v[0] - v[4], a3 = v[2] + v[6], a2 = (v[2] - v[6]) * kRoot2 - a3;
    const Lanes b0 = a0 + a3, b3 = a0 - a3, b1 = a1 + a2, b2 = a1 - a2;
    const Lanes z13 = v[5] + v[3], z10 = v[5] - v[3], z11 = v[1] + v[7], z12 = v[1] - v[7];
    const Lanes c7 = z11 + z13, c11 = (z11 - z13) * kRoot2;
    const Lanes z5 = (z10 + z12) * kTwice2;
    const Lanes c10 = z5 - z12 * kTwiceDiff, c12 = z5 - z10 * kTwiceSum;
    const Lanes c6 = c12 - c7, c5 = c11 - c6, c4 = c10 - c5;
    v[0] = b0 + c7;
    v[7] = b0 - c7;
    v[1] = b1 + c6;
    v[6] = b1 - c6;
    v[2] = b2 + c5;
    v[5] = b2 - c5;
    v[3] = b3 + c4;
    v[4] = b3 - c4;
}

void transpose(Block& v) {
    const auto low = [](Lanes a, Lanes b) { return __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13); };
    const auto high = [](Lanes a, Lanes b) { return __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15); };
    const auto pair = [](Lanes a, Lanes b) { return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13); };
    const auto rest = [](Lanes a, Lanes b) { return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15); };
    const auto front = [](Lanes a, Lanes b) { return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11); };
    const auto back = [](Lanes a, Lanes b) { return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15); };
    Block w;
    for (std::size_t k = 0; k < kSide; k += 4) {
        const Lanes p0 = low(v[k], v[k + 1]), p1 = high(v[k], v[k + 1]);
        const Lanes p2 = low(v[k + 2], v[k + 3]), p3 = high(v[k + 2], v[k + 3]);
        w[k] = pair(p0, p2);
        w[k + 1] = rest(p0, p2);
        w[k + 2] = pair(p1, p3);
        w[k + 3] = rest(p1, p3);
    }
    for (std::size_t k = 0; k < 4; ++k) {
        v[k] = front(w[k], w[k + 4]);
        v[k + 4] = back(w[k], w[k + 4]);
    }
}

/// What a block's coefficients are multiplied by before they are rounded, and after it, transposed.
struct Steps {
    Block into;
    Block out_of;
};

Steps steps_of(int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const auto factor = [](std::size_t k) {
        return k == 0 ? 1.0 : std::cos(static_cast<double>(k) * std::numbers::pi / 16) * std::numbers::sqrt2;
    };
    Steps steps;
    for (std::size_t row = 0; row < kSide; ++row) {
        for (std::size_t column = 0; column < kSide; ++column) {
            const int step = std::clamp((kLuminance[row * kSide + column] * scale + 50) / 100, 1, 255);
            const double both = factor(row) * factor(column);
            steps.into[column][row] = static_cast<float>(1 / (step * both * 8));
            steps.out_of[column][row] = static_cast<float>(step * both / 8);
        }
    }
    return steps;
}

/// The nearest whole numbers, of what is less than 2^22.
Lanes rounded(Lanes values) {
    constexpr float kBig = 12582912.0F;  // 1.5 x 2^23, where floats are whole numbers
    return (values + kBig) - kBig;
}

void lose(Block& block, const Steps& steps) {
    transform(block);
    transpose(block);
    transform(block);
    for (std::size_t k = 0; k < kSide; ++k) block[k] = rounded(block[k] * steps.into[k]) * steps.out_of[k];
    restore(block);
    transpose(block);
    restore(block);
}

}  // namespace

Picture compressed(View picture, int quality) {
    const Steps steps = steps_of(quality);
    const std::size_t wide = (picture.width + kSide - 1) / kSide * kSide;
    Picture made(picture.height, picture.width);
    // Eight rows, of which what is beyond the picture repeats its edge.
    std::vector<float> strip(kSide * wide);
    for (std::size_t top = 0; top < picture.height; top += kSide) {
        for (std::size_t y = 0; y < kSide; ++y) {
            const std::uint8_t* __restrict const row = picture.row(std::min(top + y, picture.height - 1));
            float* __restrict const out = strip.data() + y * wide;
            for (std::size_t x = 0; x < picture.width; ++x) out[x] = static_cast<float>(row[x] - 128);
            std::fill(out + picture.width, out + wide, out[picture.width - 1]);
        }
        for (std::size_t left = 0; left < wide; left += kSide) {
            Block block;
            for (std::size_t y = 0; y < kSide; ++y) {
                std::copy_n(strip.data() + y * wide + left, kSide, reinterpret_cast<float*>(&block[y]));
            }
            lose(block, steps);
            for (std::size_t y = 0; y < kSide; ++y) {
                std::copy_n(reinterpret_cast<const float*>(&block[y]), kSide, strip.data() + y * wide + left);
            }
        }
        for (std::size_t y = 0; y < std::min(kSide, picture.height - top); ++y) {
            const float* __restrict const from = strip.data() + y * wide;
            std::uint8_t* __restrict const row = made.row(top + y);
            for (std::size_t x = 0; x < picture.width; ++x) {
                row[x] = static_cast<std::uint8_t>(static_cast<int>(std::min(255.0F, std::max(0.0F, from[x] + 128.0F)) + 0.5F));
            }
        }
    }
    return made;
}

}  // namespace ocrkit::drawing
