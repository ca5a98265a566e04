#include "ocrkit/ctc/lexicon_kernel.hpp"

#include <random>
#include <vector>

#include "check.hpp"
#include "ocrkit/ctc/types.hpp"

using namespace ocrkit::ctc;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

float nats(std::mt19937& random, float scale) { return -scale * static_cast<float>(random() % 10000) / 10000.0F; }

}  // namespace

TEST(extended_numbers_add_and_multiply_as_their_logarithms_do) {
    std::mt19937 random(1);
    for (const float scale : {1.0F, 50.0F, 2000.0F, 1e6F}) {
        for (int repeat = 0; repeat < 500; ++repeat) {
            const float a = nats(random, scale);
            const float b = nats(random, scale);
            const double expected = log_add(static_cast<double>(a), static_cast<double>(b));
            const double tolerance = 1e-13 * (1.0 + static_cast<double>(scale));
            CHECK_NEAR(to_log(from_log<Extended>(a) + from_log<Extended>(b)), expected, tolerance);
            CHECK_NEAR(to_log(from_log<Extended>(a) * from_log<Extended>(b)),
                       static_cast<double>(a) + static_cast<double>(b), tolerance);
        }
    }
}

TEST(zero_is_neutral_to_extended_sums_and_absorbs_products) {
    const Extended third = from_log<Extended>(-1.1F);
    CHECK(to_log(Extended{} + third) == to_log(third));
    CHECK(to_log(third + Extended{}) == to_log(third));
    CHECK(to_log(Extended{} + Extended{}) == -kInfinity);
    CHECK(to_log(third * Extended{}) == -kInfinity);
    CHECK(to_log(from_log<Extended>(kLogZero)) == -kInfinity);
}

TEST(extended_products_never_underflow) {
    Extended product = from_log<Extended>(0.0F);
    for (int frame = 0; frame < 5000; ++frame) {
        product = product * from_log<Extended>(-60.0F);
    }
    CHECK_NEAR(to_log(product), -300000.0, 1e-6);
}

TEST(a_difference_gets_its_slack_and_never_falls_below_zero) {
    const float half = std::log(0.5F);
    const float quarter = std::log(0.25F);
    CHECK_NEAR(log_difference(from_log<double>(half), from_log<double>(quarter), 0.1), std::log(0.3), 1e-6);
    CHECK_NEAR(log_difference(from_log<Extended>(half), from_log<Extended>(quarter), 0.1), std::log(0.3), 1e-6);
    CHECK(log_difference(0.25, 0.5, 0.0) == -kInfinity);
    CHECK(log_difference(from_log<Extended>(quarter), from_log<Extended>(half), 0.0) == -kInfinity);
    CHECK(log_difference(Extended{}, Extended{}, 0.1) == -kInfinity);
    const Extended tiny = from_log<Extended>(-9000.0F);
    CHECK_NEAR(log_difference(tiny, tiny, 0.5), -9000.0 + std::log(0.5), 1e-6);
}

TEST(the_columns_of_one_child_agree_with_the_masses_of_siblings) {
    std::mt19937 random(2);
    constexpr std::size_t kFrames = 9;
    std::vector<double> source(kFrames + 1);
    std::vector<double> blank(kFrames);
    std::array<std::vector<double>, 2> emission{std::vector<double>(kFrames), std::vector<double>(kFrames)};
    for (std::size_t t = 0; t < kFrames; ++t) {
        source[t] = std::exp(nats(random, 3.0F));
        blank[t] = std::exp(nats(random, 3.0F));
        emission[0][t] = std::exp(nats(random, 3.0F));
        emission[1][t] = std::exp(nats(random, 3.0F));
    }

    const auto mass = child_mass<double, 2>(source.data(), {emission[0].data(), emission[1].data()}, blank.data(), 2,
                                            kFrames);

    for (std::size_t l = 0; l < 2; ++l) {
        std::vector<double> blank_column(kFrames + 1);
        std::vector<double> total_column(kFrames + 1);
        child_columns(source.data(), emission[l].data(), blank.data(), 2, kFrames, blank_column.data(),
                      total_column.data());
        CHECK_NEAR(total_column[kFrames], mass.whole[l], 1e-15);
        CHECK(blank_column[3] == 0.0);
        CHECK_NEAR(total_column[3], source[2] * emission[l][2], 1e-15);
        double begun = 0.0;
        for (std::size_t t = 2; t < kFrames; ++t) {
            begun += source[t] * emission[l][t];
        }
        CHECK_NEAR(mass.prefix[l], begun, 1e-15);
    }
}
