#include "line/rescore.hpp"

#include "check.hpp"
#include "line/prepare.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

TEST(every_labelling_scores_as_all_its_paths_together) {
    std::mt19937 random(1);
    for (const float scale : {0.0F, 1.0F, 30.0F}) {
        oracle::Batch batch = oracle::random_batch(random, 1, 5, 3, scale, false);
        batch.blank = 1;
        PreparedLine prepared;
        const LineView line = prepared.prepare(batch.view(), 0);
        Rescorer rescorer;
        for (const auto& [labels, score] : oracle::labellings(batch, 0)) {
            CHECK_NEAR(rescorer.acoustic_score(line, labels), score, oracle::tolerance(score));
        }
    }
}

TEST(a_labelling_that_does_not_fit_is_impossible) {
    std::mt19937 random(2);
    const oracle::Batch batch = oracle::random_batch(random, 1, 2, 3, 1.0F, true);
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);
    Rescorer rescorer;

    CHECK(rescorer.acoustic_score(line, std::vector<Label>{1, 1}) == oracle::kNothing);  // a blank must part them
    CHECK(rescorer.acoustic_score(line, std::vector<Label>{1, 2, 1}) == oracle::kNothing);
    CHECK(rescorer.hypothesis(line, std::vector<Label>{1, 1}).score == oracle::kNothing);
}

TEST(a_line_without_frames_spells_nothing) {
    const oracle::Batch batch{.lines = 1, .frames = 0, .labels = 2, .values = {}, .lengths = {}, .blank = 0};
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);
    Rescorer rescorer;

    CHECK(rescorer.acoustic_score(line, {}) == 0.0);
    CHECK(rescorer.hypothesis(line, std::vector<Label>{1}).score == oracle::kNothing);
}

TEST(a_label_stands_at_its_likeliest_frame_of_the_best_path) {
    // The best path is "- a a a b"; the first two of the three frames of a tie.
    const auto p = [](double probability) { return static_cast<float>(std::log(probability)); };
    const oracle::Batch batch{.lines = 1,
                              .frames = 5,
                              .labels = 3,
                              .values = {p(0.8), p(0.1), p(0.1), p(0.2), p(0.7), p(0.1), p(0.2), p(0.7),
                                         p(0.1), p(0.3), p(0.6), p(0.1), p(0.2), p(0.3), p(0.5)},
                              .lengths = {},
                              .blank = 0};
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);
    Rescorer rescorer;
    const std::vector<Label> labels{1, 2};
    const HypothesisView found = rescorer.hypothesis(line, labels);

    CHECK(found.frames[0] == 1);
    CHECK(found.frames[1] == 4);
    CHECK_NEAR(found.confidences[0], 0.7, 1e-6);
    CHECK_NEAR(found.confidences[1], 0.5, 1e-6);
}

TEST(a_long_improbable_labelling_does_not_underflow) {
    // 5,000 frames at -60 nats a frame but for the blank: "1" written 1,000 times has one path in each choice of frames.
    oracle::Batch batch{.lines = 1, .frames = 5000, .labels = 2, .values = {}, .lengths = {}, .blank = 0};
    for (std::size_t t = 0; t < batch.frames; ++t) {
        batch.values.insert(batch.values.end(), {0.0F, -60.0F});
    }
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);
    Rescorer rescorer;
    const double n = 5000.0;
    const double k = 1000.0;
    // Runs of one frame each, no two of them neighbours: C(n - k + 1, k) ways; longer runs are e^-60 rarer.
    const double ways = std::lgamma(n - k + 2.0) - std::lgamma(k + 1.0) - std::lgamma(n - 2.0 * k + 2.0);

    const double score = rescorer.acoustic_score(line, std::vector<Label>(1000, 1));
    CHECK_NEAR(score, ways - 60.0 * k, oracle::tolerance(score));
}
