// What can be told on the page of the loops over pixels; tests/drawing/test_native_pixels.py has the oracles.
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <random>

#include "chance.hpp"
#include "check.hpp"
#include "jpeg.hpp"
#include "measures.hpp"
#include "png.hpp"
#include "points.hpp"
#include "resize.hpp"
#include "shape.hpp"
#include "soften.hpp"
#include "two_levels.hpp"

namespace {

using namespace ocrkit::drawing;

constexpr std::array<std::size_t, 7> kSides = {1, 2, 7, 8, 16, 17, 45};

Picture noisy(std::size_t height, std::size_t width) {
    Picture picture(height, width);
    std::minstd_rand random(static_cast<unsigned>(height * 1000 + width));
    for (std::uint8_t& grey : picture.pixels) grey = static_cast<std::uint8_t>(random());
    return picture;
}

Picture even(std::size_t height, std::size_t width, std::uint8_t grey) {
    Picture picture(height, width);
    std::fill(picture.pixels.begin(), picture.pixels.end(), grey);
    return picture;
}

Table same() {
    Table table;
    std::iota(table.begin(), table.end(), std::uint8_t{0});
    return table;
}

/// Upright strokes, 3 px wide and 9 px apart, in rows 6 to 33 of 40.
Picture bars() {
    Picture picture = even(40, 120, 255);
    for (std::size_t y = 6; y < 34; ++y) {
        for (std::size_t left = 6; left < 112; left += 9) std::fill_n(picture.row(y) + left, 3, std::uint8_t{0});
    }
    return picture;
}

}  // namespace

TEST(the_words_of_a_seed_are_numpys) {
    // np.random.SeedSequence(0).generate_state(4, np.uint64)
    const std::array<std::uint64_t, 1> nought = {0};
    const auto words = seed_words(nought);

    CHECK(words[0] == 15793235383387715774ULL);
    CHECK(words[1] == 12390638538380655177ULL);
    CHECK(words[2] == 2361836109651742017ULL);
    CHECK(words[3] == 3188717715514472916ULL);
}

TEST(bars_are_measured) {
    const Picture picture = bars();
    const Levels greys = levels(picture.view());
    const auto box = ink_box(picture.view(), greys);

    CHECK(greys.ink == 0 && greys.paper == 255);
    CHECK(box && box->top == 6 && box->bottom == 34 && box->left == 6 && box->right == 108);
    CHECK(letters(picture.view(), greys).height == 28);
    // Twelve bars of 3 x 28 px, each with an edge of 2 x 28 and 2 x 3.
    CHECK_NEAR(stroke_width(picture.view(), greys), 2 * 84 / (62 * 3.14159265358979 / 4), 1e-9);
}

TEST(an_even_grey_stays_through_what_is_smooth) {
    for (const std::uint8_t grey : {std::uint8_t{0}, std::uint8_t{37}, std::uint8_t{255}}) {
        const Picture picture = even(17, 45, grey);
        const auto stays = [&](const Picture& made) {
            return std::all_of(made.pixels.begin(), made.pixels.end(), [=](std::uint8_t other) { return other == grey; });
        };
        CHECK(stays(soften(picture.view(), 1.3)));
        for (int kernel = 0; kernel < 6; ++kernel) {
            CHECK(stays(resized(picture.view(), 9, 70, static_cast<Kernel>(kernel))));
            CHECK(stays(resized(picture.view(), 30, 11, static_cast<Kernel>(kernel))));
        }
        CHECK(stays(padded(picture.view(), 3, -2, -5, 7)));
    }
}

TEST(a_jpeg_of_the_best_quality_is_the_picture) {
    const Picture picture = noisy(20, 45);
    const Picture made = compressed(picture.view(), 100);

    for (std::size_t at = 0; at < picture.pixels.size(); ++at) {
        CHECK(std::abs(picture.pixels[at] - made.pixels[at]) <= 2);
    }
}

TEST(a_row_that_repeats_the_one_above_is_nought) {
    Picture picture(2, 30);
    std::copy_n(noisy(1, 30).pixels.begin(), 30, picture.row(0));
    std::copy_n(picture.row(0), 30, picture.row(1));
    const Picture rows = filtered_rows(picture.view());

    CHECK(rows.width == 31 && rows.pixels[31] == 2);
    CHECK(std::all_of(rows.pixels.begin() + 32, rows.pixels.end(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST(a_shift_of_whole_pixels_moves_them) {
    const Picture picture = noisy(3, 8);
    const std::vector<double> begins = {2, 0, -3};
    const Picture made = rows_shifted(picture.view(), begins, 8, 255);

    CHECK(std::equal(made.pixels.begin(), made.pixels.begin() + 6, picture.pixels.begin() + 2));
    CHECK(made.pixels[6] == 255 && made.pixels[7] == 255);
    CHECK(std::equal(made.pixels.begin() + 8, made.pixels.begin() + 16, picture.pixels.begin() + 8));
    CHECK(made.pixels[16] == 255 && made.pixels[18] == 255);
    CHECK(std::equal(made.pixels.begin() + 19, made.pixels.end(), picture.pixels.begin() + 16));
}

// The sanitizers see to it.
TEST(every_loop_stays_within_pictures_of_any_size) {
    for (const std::size_t height : kSides) {
        for (const std::size_t width : kSides) {
            const Picture picture = noisy(height, width);
            const Picture other = noisy(height, width);
            const View view = picture.view();
            const Levels greys = levels(view);
            std::vector<std::int8_t> bytes(height * width, 5);
            const Noise noise{bytes.data() + bytes.size() - 1, -static_cast<std::ptrdiff_t>(width), -1, height, width};
            const Noise fibres{bytes.data(), static_cast<std::ptrdiff_t>(width), 1, height, (width + 2) / 3};
            static_cast<void>(ink_box(view, greys));
            static_cast<void>(letters(view, greys));
            static_cast<void>(stroke_width(view, greys));
            for (const double deviation : {0.0, 0.5, 2.0, 7.0, 90.0}) CHECK(soften(view, deviation).pixels.size() == view.size());
            for (const auto& made :
                 {looked_up(view, same()), darkened(view, other.view(), same()), lightened(view, other.view(), same()),
                  lit(view, other.view(), same()), blended(view, other.view(), 0.4F),
                  sharpened(view, other.view(), 0.4F), with_noise(view, noise, 2.0F), bared(view, noise, 2.0F),
                  textured(view, noise, 1.0F, fibres, 1.0F, 3.0F), roughly_above(view, noise, 1.0F, 99.0F),
                  paled(view, other.view(), 255, 0.01F), sauvola(view, 9, 0.0F, 20.0F, 200.0F),
                  above(view, other.view()), quarters_above(view, other.view()), margins(view, other.view()),
                  compressed(view, 1)}) {
                CHECK(made.height == height && made.width == width);
            }
            CHECK(otsu(view) < 255);
            CHECK(filtered_rows(view).pixels.size() == height * (width + 1));
            for (int kernel = 0; kernel < 6; ++kernel) {
                for (const std::size_t side : kSides) {
                    CHECK(resized(view, side, 50 - side, static_cast<Kernel>(kernel)).pixels.size() == side * (50 - side));
                }
            }
            for (const double begin : {-60.0, -1.5, -0.5, 0.0, 0.5, 1.5, 60.0}) {
                for (const std::size_t side : kSides) {
                    CHECK(rows_shifted(view, std::vector<double>(height, begin), side, 9).width == side);
                    CHECK(columns_shifted(view, std::vector<double>(width, begin), side, 9).height == side);
                    CHECK(columns_shifted(view, std::vector<double>(width, begin), side, -1).height == side);
                }
            }
        }
    }
}
