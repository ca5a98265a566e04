// What can be told on the page of the loops over pages; tests/segmentation/test_native_ink.py has the oracles.
#include <string>

#include "check.hpp"
#include "components.hpp"
#include "depth.hpp"
#include "raster.hpp"

namespace {

using namespace ocrkit::ink;

/// Depths by letters: '#' is 200, '+' is 90, anything else 0.
struct Drawn {
    std::vector<std::uint8_t> pixels;
    Page page{};

    explicit Drawn(const std::vector<std::string>& rows) {
        for (const std::string& row : rows) {
            for (const char sign : row) pixels.push_back(sign == '#' ? 200 : sign == '+' ? 90 : 0);
        }
        page = {pixels.data(), rows.size(), rows.front().size()};
    }
};

}  // namespace

TEST(corners_join_and_a_gap_parts) {
    const Drawn drawn({"#..#", ".#.#", "...#", "##.."});

    const Components found = components_of(drawn.page, 100, 100, 100);

    CHECK(found.components.size() == 3);
    CHECK(found.components[0].area == 2);
    CHECK(found.components[1].bottom == 3);
    CHECK(found.components[2].left == 0 && found.components[2].right == 2);
}

TEST(what_forks_upwards_is_one) {
    const Drawn drawn({"#...#", "#...#", ".###."});

    const Components found = components_of(drawn.page, 100, 100, 100);

    CHECK(found.components.size() == 1);
    CHECK(found.components[0].area == 7);
    CHECK(found.runs.size() == 5);
}

TEST(pale_ink_counts_beside_deep_ink_only) {
    const Drawn drawn({"++..+#", "++..++"});

    const Components found = components_of(drawn.page, 80, 150, 100);

    CHECK(found.components.size() == 1);
    CHECK(found.components[0].left == 4 && found.components[0].area == 4 && found.components[0].deepest == 200);
    CHECK(found.runs.size() == 2);
}

TEST(too_many_runs_are_an_error) {
    const Drawn drawn({"#.#.#"});

    CHECK_THROWS(std::length_error, components_of(drawn.page, 100, 100, 2), "more runs");
}

TEST(paper_has_no_depth_and_black_has_all) {
    std::vector<std::uint8_t> pixels(64 * 64, 200);
    pixels[64 * 30 + 30] = 0;

    const Depth depth = depth_of({pixels.data(), 64, 64}, 0.5);

    CHECK(depth.counts[0] == 64 * 64 - 1);
    CHECK(depth.pixels[64 * 30 + 30] == 255);
}

TEST(ink_is_laid_on_half_the_scale) {
    const Drawn drawn({"####", "####", "....", "..##"});
    const Components found = components_of(drawn.page, 100, 100, 100);
    const std::vector<std::uint8_t> all(found.components.size(), 1);

    const std::vector<float> raster = raster_of(found.runs, all, {0.5, 0, 0.25, 0, 0.5, 0.25}, 2, 2);

    CHECK(raster[0] == 4 && raster[1] == 4 && raster[2] == 0 && raster[3] == 2);
}
