#include "ocrkit/ctc/greedy.hpp"

#include "check.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// One line whose best path is given; the best label has 0, the others -1.
oracle::Batch spelling(const oracle::Labels& path, std::size_t labels, Label blank) {
    oracle::Batch batch{
        .lines = 1, .frames = path.size(), .labels = labels, .values = {}, .lengths = {}, .blank = blank};
    for (const Label best : path) {
        for (std::size_t label = 0; label < labels; ++label) {
            batch.values.push_back(static_cast<Label>(label) == best ? 0.0F : -1.0F);
        }
    }
    return batch;
}

}  // namespace

TEST(repeats_merge_and_a_blank_parts_equal_labels) {
    CHECK((greedy(spelling({0, 1, 1, 0, 1, 2, 2}, 3, 0).view(), {}).labels == oracle::Labels{1, 1, 2}));
}

TEST(the_blank_may_be_any_label) {
    CHECK((greedy(spelling({0, 2, 0, 1}, 3, 2).view(), {}).labels == oracle::Labels{0, 0, 1}));
}

TEST(a_line_of_blanks_is_one_empty_hypothesis) {
    const Decoded decoded = greedy(spelling({0, 0}, 2, 0).view(), {});
    CHECK(decoded.hypotheses() == 1);
    CHECK(decoded.labels.empty());
    CHECK(decoded.proved[0] == 0);
}

TEST(by_default_the_score_is_the_paths_as_it_stands) {
    oracle::Batch batch = spelling({1, 1, 0}, 2, 0);
    batch.values[1] = -0.5F;
    batch.values[3] = -0.25F;

    const Decoded decoded = greedy(batch.view(), {});
    CHECK_NEAR(decoded.scores[0], -0.75, 1e-6);
    CHECK(decoded.frames[0] == 1);
    CHECK_NEAR(decoded.confidences[0], std::exp(-0.25), 1e-6);
}

TEST(rescoring_sums_all_the_paths) {
    std::mt19937 random(3);
    const oracle::Batch batch = oracle::random_batch(random, 20, 4, 3, 2.0F, false);

    const Decoded decoded = greedy(batch.view(), {.rescore = true, .threads = 2});
    for (std::size_t line = 0; line < batch.lines; ++line) {
        const HypothesisView best = decoded[line];
        const double score = oracle::labellings(batch, line).at({best.labels.begin(), best.labels.end()});
        CHECK_NEAR(best.acoustic_score, score, oracle::tolerance(score));
        CHECK(best.score == best.acoustic_score);
    }
}

TEST(the_earliest_bad_line_is_named_whatever_the_threads) {
    std::mt19937 random(4);
    oracle::Batch batch = oracle::random_batch(random, 600, 2, 2, 1.0F, true);
    for (std::size_t line = 300; line < 600; ++line) {
        batch.values[line * 4] = std::numeric_limits<float>::quiet_NaN();
    }
    CHECK_THROWS(EmissionsError, greedy(batch.view(), {.rescore = false, .threads = 8}), "line 300, frame 0, label 0");
}
