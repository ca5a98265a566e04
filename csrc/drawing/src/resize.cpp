#include "resize.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace ocrkit::drawing {

namespace {

constexpr int kBits = 14;
constexpr std::size_t kRows = 16;  // worked on at once, each in a lane of its own
constexpr double kSteps = 2048;    // of the curves' tables a px

double sinc(double x) { return x == 0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

/// How far a kernel reaches on either side, px at a scale of 1, and its height there.
struct Curve {
    double support;
    double (*at)(double);
};

Curve curve_of(Kernel kernel) {
    switch (kernel) {
        case Kernel::kNearest:
        case Kernel::kBox:
            return {0.5, [](double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }};
        case Kernel::kHamming:
            return {1.0, [](double x) {
                        x = std::abs(x);
                        return x >= 1 ? 0.0 : sinc(x) * (0.54 + 0.46 * std::cos(std::numbers::pi * x));
                    }};
        case Kernel::kBicubic:
            return {2.0, [](double x) {
                        constexpr double a = -0.5;
                        x = std::abs(x);
                        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
                        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
                    }};
        case Kernel::kLanczos:
            return {3.0, [](double x) { return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0.0; }};
        case Kernel::kBilinear:
            break;
    }
    return {1.0, [](double x) { return std::max(0.0, 1 - std::abs(x)); }};
}

/// A kernel's right half at each step, since its sines cost more than all the rest, and 0 behind it.
struct Table {
    double support;
    std::vector<float> heights;
};

Table table_of(Kernel kernel) {
    const Curve curve = curve_of(kernel);
    Table table{curve.support, std::vector<float>(static_cast<std::size_t>(curve.support * kSteps) + 2)};
    for (std::size_t k = 0; k + 1 < table.heights.size(); ++k) {
        table.heights[k] = static_cast<float>(curve.at(static_cast<double>(k) / kSteps));
    }
    return table;
}

const Table& table(Kernel kernel) {
    static const std::array<Table, 6> tables = [] {
        std::array<Table, 6> made;
        for (std::size_t k = 0; k < made.size(); ++k) made[k] = table_of(static_cast<Kernel>(k));
        return made;
    }();
    return tables[static_cast<std::size_t>(kernel)];
}

/// For each place of one side: the first place of the other that counts, and `taps` weights in 2^-14ths from there on.
struct Weights {
    std::size_t taps;
    std::vector<std::size_t> first;
    std::vector<std::int16_t> values;

    const std::int16_t* of(std::size_t place) const { return values.data() + place * taps; }
};

/// The nearest whole number; a call of the library's would cost more than the rest.
std::int16_t rounded(float value) {
    constexpr float kFar = 1 << 16;
    return static_cast<std::int16_t>(static_cast<int>(value + kFar + 0.5F) - static_cast<int>(kFar));
}

/// As the kernel's centre says, of one pixel.
Weights nearest(std::size_t from, std::size_t to) {
    Weights made{1, std::vector<std::size_t>(to), std::vector<std::int16_t>(to, 1 << kBits)};
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    for (std::size_t place = 0; place < to; ++place) {
        made.first[place] = std::min(from - 1, static_cast<std::size_t>((static_cast<double>(place) + 0.5) * scale));
    }
    return made;
}

Weights weights(std::size_t from, std::size_t to, Kernel kernel) {
    if (kernel == Kernel::kNearest) return nearest(from, to);
    const Table& curve = table(kernel);
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double stretch = std::max(scale, 1.0);
    const double support = curve.support * stretch;
    const std::size_t taps = std::min(from, static_cast<std::size_t>(std::ceil(support)) * 2 + 1);
    Weights made{taps, std::vector<std::size_t>(to), std::vector<std::int16_t>(to * taps)};
    std::vector<float> heights(taps);
    const float* const steps = curve.heights.data();
    const std::size_t beyond = curve.heights.size() - 1;
    for (std::size_t place = 0; place < to; ++place) {
        const double center = (static_cast<double>(place) + 0.5) * scale;
        // Pillow's bounds of what counts.
        const auto begin = static_cast<std::size_t>(std::max(0.0, center - support + 0.5));
        const std::size_t end = std::min(from, static_cast<std::size_t>(center + support + 0.5));
        // All have as many taps; those that would lie behind the end are nought in front.
        const std::size_t first = std::min(begin, from - taps);
        float sum = 0;
        for (std::size_t at = begin; at < std::min(end, first + taps); ++at) {
            const double away = (static_cast<double>(at) - center + 0.5) / stretch;
            const auto step = std::min(static_cast<std::size_t>(std::abs(away) * kSteps + 0.5), beyond);
            // The one kernel with edges, of which its table does not know the right one from the left.
            const float height = kernel != Kernel::kBox ? steps[step] : away > -0.5 && away <= 0.5 ? 1.0F : 0.0F;
            heights[at - first] = height;
            sum += height;
        }
        made.first[place] = first;
        const float share = (1 << kBits) / sum;
        for (std::size_t at = begin; at < std::min(end, first + taps); ++at) {
            made.values[place * taps + at - first] = rounded(heights[at - first] * share);
        }
    }
    return made;
}

std::uint8_t grey_of(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp((sum + (1 << (kBits - 1))) >> kBits, 0, 255));
}

/// The sum of one place over `taps` rows that are `step` bytes apart.
inline std::uint8_t sum(const std::uint8_t* from, std::size_t step, const std::int16_t* weights, std::size_t taps) {
    std::int32_t total = 0;
    for (std::size_t k = 0; k < taps; ++k) total += from[k * step] * weights[k];
    return grey_of(total);
}

/// Those of sixteen places beside one another.
#if defined(__SSE2__)
inline void sums(const std::uint8_t* from, std::size_t step, const std::int16_t* weights, std::size_t taps,
                 std::uint8_t* out) {
    const __m128i nought = _mm_setzero_si128();
    __m128i total[4];
    std::fill_n(total, 4, _mm_set1_epi32(1 << (kBits - 1)));
    for (std::size_t k = 0; k < taps; k += 2) {
        // Two rows at a time, pixel beside pixel; where there is no second one, nothing of the first again.
        const bool both = k + 1 < taps;
        const auto second = static_cast<std::uint32_t>(both ? static_cast<std::uint16_t>(weights[k + 1]) : 0) << 16;
        const __m128i weight = _mm_set1_epi32(static_cast<int>(second | static_cast<std::uint16_t>(weights[k])));
        const auto row = [=](std::size_t at) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at * step));
        };
        const __m128i here = row(k);
        const __m128i next = row(both ? k + 1 : k);
        const __m128i low = _mm_unpacklo_epi8(here, next);
        const __m128i high = _mm_unpackhi_epi8(here, next);
        total[0] = _mm_add_epi32(total[0], _mm_madd_epi16(_mm_unpacklo_epi8(low, nought), weight));
        total[1] = _mm_add_epi32(total[1], _mm_madd_epi16(_mm_unpackhi_epi8(low, nought), weight));
        total[2] = _mm_add_epi32(total[2], _mm_madd_epi16(_mm_unpacklo_epi8(high, nought), weight));
        total[3] = _mm_add_epi32(total[3], _mm_madd_epi16(_mm_unpackhi_epi8(high, nought), weight));
    }
    for (__m128i& sum : total) sum = _mm_srai_epi32(sum, kBits);
    const __m128i packed = _mm_packus_epi16(_mm_packs_epi32(total[0], total[1]), _mm_packs_epi32(total[2], total[3]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), packed);
}
#else
inline void sums(const std::uint8_t* from, std::size_t step, const std::int16_t* weights, std::size_t taps,
                 std::uint8_t* out) {
    for (std::size_t lane = 0; lane < kRows; ++lane) out[lane] = sum(from + lane, step, weights, taps);
}
#endif

Picture resized_down(View picture, std::size_t height, Kernel kernel) {
    const Weights down = weights(picture.height, height, kernel);
    const std::size_t width = picture.width;
    Picture made(height, width);
    for (std::size_t y = 0; y < height; ++y) {
        const std::uint8_t* const from = picture.row(down.first[y]);
        std::uint8_t* const out = made.row(y);
        std::size_t x = 0;
        for (; x + kRows <= width; x += kRows) sums(from + x, width, down.of(y), down.taps, out + x);
        for (; x < width; ++x) out[x] = sum(from + x, width, down.of(y), down.taps);
    }
    return made;
}

Picture resized_across(View picture, std::size_t width, Kernel kernel) {
    const Weights across = weights(picture.width, width, kernel);
    Picture made(picture.height, width);
    // Rows lie side by side here, so that one weight goes for all of them.
    std::vector<std::uint8_t> aside(picture.width * kRows);
    std::vector<std::uint8_t> results(width * kRows);
    for (std::size_t top = 0; top < picture.height; top += kRows) {
        const std::size_t rows = std::min(kRows, picture.height - top);
        for (std::size_t row = 0; row < rows; ++row) {
            const std::uint8_t* __restrict const from = picture.row(top + row);
            std::uint8_t* __restrict const to = aside.data() + row;
            for (std::size_t x = 0; x < picture.width; ++x) to[x * kRows] = from[x];
        }
        for (std::size_t x = 0; x < width; ++x) {
            sums(aside.data() + across.first[x] * kRows, kRows, across.of(x), across.taps, results.data() + x * kRows);
        }
        for (std::size_t row = 0; row < rows; ++row) {
            const std::uint8_t* __restrict const from = results.data() + row;
            std::uint8_t* __restrict const to = made.row(top + row);
            for (std::size_t x = 0; x < width; ++x) to[x] = from[x * kRows];
        }
    }
    return made;
}

}  // namespace

Picture resized(View picture, std::size_t height, std::size_t width, Kernel kernel) {
    Picture across = width == picture.width ? Picture(picture) : resized_across(picture, width, kernel);
    return height == picture.height ? std::move(across) : resized_down(across.view(), height, kernel);
}

}  // namespace ocrkit::drawing
