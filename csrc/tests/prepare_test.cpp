#include "line/prepare.hpp"

#include <array>
#include <cstring>

#include "check.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
using ocrkit::oracle::Batch;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// One line of two frames of three labels.
Batch small() {
    return {.lines = 1, .frames = 2, .labels = 3, .values = {-4, -3, -2, -1, 0, 0}, .lengths = {}, .blank = 0};
}

float widened(std::uint16_t half) {
    EmissionsView view{.data = reinterpret_cast<const std::byte*>(&half), .dtype = DType::kFloat16};
    std::array<float, 1> out{};
    read_frame(view, 0, 0, out);
    return out[0];
}

}  // namespace

TEST(a_prepared_frame_sums_to_one_and_its_sum_is_kept) {
    const Batch batch = small();
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);

    const double first = -4.0 + std::log(1.0 + std::exp(1.0) + std::exp(2.0));
    const double second = -1.0 + std::log(1.0 + 2.0 * std::exp(1.0));
    CHECK_NEAR(line.at(0, 2), -2.0 - first, 1e-6);
    CHECK_NEAR(line.at(1, 0), -1.0 - second, 1e-6);
    CHECK_NEAR(line.log_sum_total, first + second, 1e-6);
}

TEST(arg_max_ties_go_to_the_lowest_label) {
    const Batch batch = small();
    PreparedLine prepared;

    CHECK(prepared.prepare(batch.view(), 0).best[1] == 1);
}

TEST(halves_widen_exactly) {
    CHECK(widened(0x3c00) == 1.0F);
    CHECK(widened(0xc000) == -2.0F);
    CHECK(widened(0x7bff) == 65504.0F);
    CHECK(widened(0x0400) == 0x1p-14F);
    CHECK(widened(0x0001) == 0x1p-24F);
    CHECK(widened(0x83ff) == -1023.0F * 0x1p-24F);
    CHECK(widened(0x8000) == 0.0F && std::signbit(widened(0x8000)));
    CHECK(widened(0xfc00) == -kInfinity);
    CHECK(std::isnan(widened(0x7e00)));
}

TEST(strides_may_be_odd_and_negative) {
    const Batch batch = small();
    std::vector<std::byte> bytes(1 + 6 * sizeof(float));
    std::memcpy(bytes.data() + 1, batch.values.data(), 6 * sizeof(float));
    EmissionsView view = batch.view();
    view.data = bytes.data() + 1 + 5 * sizeof(float);
    view.frame_stride = -view.frame_stride;
    view.label_stride = -view.label_stride;
    std::array<float, 3> out{};
    read_frame(view, 0, 1, out);

    CHECK((out == std::array<float, 3>{-2, -3, -4}));
}

TEST(what_is_no_log_probability_is_named) {
    PreparedLine prepared;
    Batch batch = small();
    batch.values[5] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS(EmissionsError, prepared.prepare(batch.view(), 0), "line 0, frame 1, label 2] is nan");
    batch.values[5] = kInfinity;
    CHECK_THROWS(EmissionsError, prepared.prepare(batch.view(), 0), "line 0, frame 1, label 2] is +inf");
    batch.values = {-kInfinity, -kInfinity, -kInfinity, 0, 0, 0};
    CHECK_THROWS(EmissionsError, prepared.prepare(batch.view(), 0), "line 0, frame 0] is -inf");
}

TEST(a_value_above_zero_by_more_than_rounding_is_named) {
    PreparedLine prepared;
    Batch batch = small();
    batch.values[4] = 0.019F;
    CHECK(prepared.best_path(batch.view(), 0).frames == 2);
    batch.values[4] = 0.021F;
    CHECK_THROWS(EmissionsError, prepared.best_path(batch.view(), 0), "line 0, frame 1, label 1] is 0.021, and");
    CHECK_THROWS(EmissionsError, prepared.prepare(batch.view(), 0), "log_softmax");
}

TEST(probabilities_are_told_from_logarithms) {
    PreparedLine prepared;
    Batch batch = small();
    batch.values = {0.25F, 0.25F, 0.5F, 1.0F, 0.0F, 0.0F};
    CHECK_THROWS(EmissionsError, prepared.best_path(batch.view(), 0), "line 0, frame 0] has values from 0 to 1");
    CHECK_THROWS(EmissionsError, prepared.prepare(batch.view(), 0), "pass numpy.log(…)");
}

TEST(probabilities_are_known_by_their_sum_where_all_are_small) {
    PreparedLine prepared;
    Batch batch{.lines = 1, .frames = 2, .labels = 200, .values = {}, .lengths = {}, .blank = 0};
    batch.values.assign(400, 0.0F);
    CHECK(prepared.best_path(batch.view(), 0).frames == 2);   // of equal weight, and not normalised
    batch.values.assign(400, 0.005F);
    CHECK_THROWS(EmissionsError, prepared.best_path(batch.view(), 0), "line 0, frame 0] has values from 0 to 1");
    batch.values.assign(400, 1e-6F);
    CHECK(prepared.best_path(batch.view(), 0).frames == 2);   // what rounding leaves
}

TEST(frames_past_the_length_are_not_read) {
    Batch batch = small();
    batch.values.resize(3);  // the second frame has no memory at all
    batch.lengths = {1};
    PreparedLine prepared;

    CHECK(prepared.prepare(batch.view(), 0).frames == 1);
}

TEST(lengths_and_blank_lie_in_range) {
    Batch batch = small();
    check(batch.view());
    batch.lengths = {3};
    CHECK_THROWS(EmissionsError, check(batch.view()), "lengths[0] is 3");
    batch.lengths = {-1};
    CHECK_THROWS(EmissionsError, check(batch.view()), "lengths[0] is -1");
    batch.lengths = {1, 1};
    CHECK_THROWS(EmissionsError, check(batch.view()), "2 values for 1 lines");
    batch.lengths = {};
    batch.blank = 3;
    CHECK_THROWS(OptionError, check(batch.view()), "blank is 3");
}
