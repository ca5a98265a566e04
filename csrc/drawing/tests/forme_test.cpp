// What can be told on the page of letters on a page; tests/drawing/test_native_forme.py has the oracle.
#include "forme.hpp"

#include <algorithm>
#include <vector>

#include "check.hpp"

namespace {

using namespace ocrkit::drawing;

/// A square of one grey, 2 x 2 px.
Ink square(std::uint8_t grey, std::ptrdiff_t x = 0, std::ptrdiff_t y = 0) {
    Ink ink{Picture(2, 2), x, y};
    std::fill(ink.mask.pixels.begin(), ink.mask.pixels.end(), grey);
    return ink;
}

}  // namespace

TEST(letters_stand_one_after_another_with_tracking_between_them) {
    const Letter letter{square(200), {}, 3, false};
    const std::vector<Type> types = {{&letter}, {&letter}};

    const Printed line = printed(types, {.tracking = 1});

    CHECK(line.page.width == 6 && line.page.height == 2);
    CHECK((line.page.pixels == std::vector<std::uint8_t>{200, 200, 0, 0, 200, 200, 200, 200, 0, 0, 200, 200}));
}

TEST(a_shifted_letter_makes_the_page_higher) {
    const Letter letter{square(200, 0, 5), {}, 2, false};
    const std::vector<Type> types = {{&letter}, {&letter, -3}};

    const Printed line = printed(types, {});

    CHECK(line.top == 2);
    CHECK(line.page.height == 5);
}

TEST(the_darker_of_two_letters_that_overlap_is_seen) {
    const Letter dark{square(200), {}, 1, false};
    const Letter light{square(90), {}, 1, false};
    const std::vector<Type> types = {{&dark}, {&light}};

    const Printed line = printed(types, {});

    CHECK((line.page.pixels == std::vector<std::uint8_t>{200, 200, 90, 200, 200, 90}));
}

TEST(a_word_is_inked_as_the_space_before_it_says) {
    const Letter letter{square(200), {}, 2, false};
    const Letter space{{}, {}, 2, true};
    const std::vector<Type> types = {{&letter, 0, 0.1, 1}, {&space, 0, 0.5, 1}, {&letter, 0, 0.1, 0.5}};

    const Printed line = printed(types, {.evenly_inked = false});

    CHECK((line.page.pixels == std::vector<std::uint8_t>{200, 200, 0, 0, 50, 50, 200, 200, 0, 0, 50, 50}));
}

TEST(a_mark_stands_off_its_letter_by_the_gap_and_so_does_the_next_letter) {
    const Letter marked{square(200), square(100, 2), 4, false};
    const std::vector<Type> types = {{&marked}, {&marked}};

    CHECK(printed(types, {.gap = 1}).page.width == 5 + 2 + 3);
}

TEST(no_letters_make_no_page) {
    CHECK(printed({}, {}).page.pixels.empty());
}

TEST(ink_is_boxed_as_high_as_a_small_letter) {
    Picture page(5, 6);
    page.row(2)[3] = 7;

    const Picture boxed = ink_boxed(page.view(), 10, 11, 15);

    CHECK(boxed.height == 4 && boxed.width == 1);
    CHECK(boxed.pixels[1] == 7);
}

TEST(paper_is_light_about_dark_ink) {
    const Picture page = on_paper(square(255).mask.view(), 1, 0, 0, 1);

    CHECK((page.pixels == std::vector<std::uint8_t>{255, 0, 0, 255, 0, 0, 255, 255, 255}));
}
