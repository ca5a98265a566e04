#include "ocrkit/ctc/types.hpp"

#include "check.hpp"

using namespace ocrkit::ctc;

TEST(log_add_adds_probabilities) {
    CHECK_NEAR(log_add(std::log(0.25), std::log(0.5)), std::log(0.75), 1e-15);
    CHECK_NEAR(log_add(-1000.0, -1000.0), -1000.0 + std::log(2.0), 1e-12);
}

TEST(log_add_has_minus_infinity_for_identity) {
    CHECK(log_add(kLogZero, -3.0F) == -3.0F);
    CHECK(log_add(-3.0F, kLogZero) == -3.0F);
    CHECK(log_add(kLogZero, kLogZero) == kLogZero);
}

TEST(extending_moves_the_offsets_up) {
    const std::vector<Label> labels{4, 5};
    const std::vector<std::int32_t> frames{0, 2};
    const std::vector<float> confidences{0.5F, 0.25F};
    Decoded first;
    first.add({.labels = labels, .frames = frames, .confidences = confidences, .score = -1.0, .acoustic_score = -2.0});
    first.end_line(true);
    Decoded second;
    second.end_line(false);
    second.extend(first);
    second.extend(first);

    CHECK(second.lines() == 3);
    CHECK((second.line_offsets == std::vector<std::int64_t>{0, 0, 1, 2}));
    CHECK((second.label_offsets == std::vector<std::int64_t>{0, 2, 4}));
    CHECK((second.proved == std::vector<std::uint8_t>{0, 1, 1}));
    CHECK(second[1].labels[1] == 5);
    CHECK(second[1].acoustic_score == -2.0);
    CHECK(second[1].entry == kNoEntry);
}
