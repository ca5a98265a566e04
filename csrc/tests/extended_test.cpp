#include "simd/extended.hpp"

#include <limits>
#include <random>

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

TEST(extended_numbers_are_ordered_as_their_logarithms_are) {
    std::mt19937 random(2);
    for (int repeat = 0; repeat < 500; ++repeat) {
        const float a = nats(random, 100.0F);
        const float b = nats(random, 100.0F);
        CHECK((from_log<Extended>(a) < from_log<Extended>(b)) == (a < b));
    }
    const Extended third = from_log<Extended>(-1.1F);
    CHECK(Extended{} < third);
    CHECK(!(third < Extended{}));
    CHECK(third == third);
    CHECK(Extended{} == Extended{});
}
