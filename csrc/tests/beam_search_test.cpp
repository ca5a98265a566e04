#include "ocrkit/ctc/beam_search.hpp"

#include <algorithm>

#include "check.hpp"
#include "ocrkit/ctc/greedy.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

constexpr std::int64_t kEverything = 1'000'000;

oracle::Labels labels_of(const HypothesisView& hypothesis) {
    return {hypothesis.labels.begin(), hypothesis.labels.end()};
}

oracle::Batch with_frames(std::size_t labels, const std::vector<std::vector<double>>& probabilities) {
    oracle::Batch batch{
        .lines = 1, .frames = probabilities.size(), .labels = labels, .values = {}, .lengths = {}, .blank = 0};
    for (const std::vector<double>& frame : probabilities) {
        for (const double probability : frame) {
            batch.values.push_back(static_cast<float>(std::log(probability)));
        }
    }
    return batch;
}

}  // namespace

TEST(an_unbounded_beam_finds_every_labelling_with_its_score) {
    std::mt19937 random(5);
    for (const float scale : {0.0F, 1.0F, 4.0F, 60.0F}) {
        oracle::Batch batch = oracle::random_batch(random, 6, 5, 3, scale, scale > 1.0F);
        batch.blank = 2;
        batch.lengths = {0, 1, 2, 3, 4, 5};
        const Decoded decoded =
            beam_search(batch.view(), {.beam_width = kEverything, .n_best = kEverything, .token_cut = 0.0});
        for (std::size_t line = 0; line < batch.lines; ++line) {
            const std::map<oracle::Labels, double> expected = oracle::labellings(batch, line);
            const auto begin = static_cast<std::size_t>(decoded.line_offsets[line]);
            const auto end = static_cast<std::size_t>(decoded.line_offsets[line + 1]);
            CHECK(end - begin == expected.size());
            CHECK(decoded.proved[line] == 1);
            for (std::size_t h = begin; h < end; ++h) {
                const double score = expected.at(labels_of(decoded[h]));
                CHECK_NEAR(decoded[h].score, score, oracle::tolerance(score));
                CHECK(h == begin || decoded.scores[h - 1] >= decoded.scores[h]);
            }
        }
    }
}

TEST(a_narrow_beam_is_exact_in_what_it_returns_and_never_below_greedy) {
    std::mt19937 random(6);
    const oracle::Batch batch = oracle::random_batch(random, 60, 6, 3, 1.0F, true);
    const Decoded greedily = greedy(batch.view(), {.rescore = true});
    for (const std::int64_t width : {1, 2, 4}) {
        const Decoded decoded = beam_search(batch.view(), {.beam_width = width, .token_cut = 0.3});
        for (std::size_t line = 0; line < batch.lines; ++line) {
            const double score = oracle::labellings(batch, line).at(labels_of(decoded[line]));
            CHECK_NEAR(decoded[line].acoustic_score, score, oracle::tolerance(score));
            CHECK(decoded.scores[line] >= greedily.scores[line]);
        }
    }
}

TEST(many_weak_paths_outvote_the_best_one) {
    // p("") = 0.36 along the best path; p("a") = 0.4 * 0.4 + 2 * 0.6 * 0.4 = 0.64.
    const Decoded decoded = beam_search(with_frames(2, {{0.6, 0.4}, {0.6, 0.4}}).view(), {.n_best = 2});
    CHECK((labels_of(decoded[0]) == oracle::Labels{1}));
    CHECK_NEAR(decoded[0].score, std::log(0.64), 1e-6);
    CHECK_NEAR(decoded[1].score, std::log(0.36), 1e-6);
}

TEST(equal_scores_go_to_the_lowest_labels) {
    const oracle::Batch batch = with_frames(4, {{0.25, 0.25, 0.25, 0.25}});
    const Decoded decoded = beam_search(batch.view(), {.n_best = 4});
    CHECK(decoded[0].labels.empty());
    CHECK((labels_of(decoded[1]) == oracle::Labels{1}));
    CHECK((labels_of(decoded[3]) == oracle::Labels{3}));
}

TEST(the_width_too_keeps_the_lowest_of_equals) {
    const oracle::Batch batch = with_frames(4, {{0.1, 0.3, 0.3, 0.3}});
    const Decoded decoded = beam_search(batch.view(), {.beam_width = 2, .n_best = 4});
    CHECK(decoded.hypotheses() == 2);
    CHECK((labels_of(decoded[0]) == oracle::Labels{1}));
    CHECK((labels_of(decoded[1]) == oracle::Labels{2}));
}

TEST(what_the_cut_leaves_out_is_no_longer_proved) {
    const oracle::Batch batch = with_frames(3, {{0.90, 0.09, 0.01}});
    CHECK(beam_search(batch.view(), {.n_best = 9, .token_cut = 0.05}).hypotheses() == 2);
    CHECK(beam_search(batch.view(), {.token_cut = 0.05}).proved[0] == 0);
    CHECK(beam_search(batch.view(), {.token_cut = 0.005}).proved[0] == 1);
    CHECK(beam_search(batch.view(), {.beam_width = 2, .token_cut = 0.0}).proved[0] == 0);
}

TEST(the_last_label_survives_the_cut) {
    // With a cut of 0.5 only the blank survives the second frame, but "a" may still stand there: 0.9 = p(a a) + p(a -).
    const oracle::Batch batch = with_frames(3, {{0.05, 0.9, 0.05}, {0.8, 0.1, 0.1}});
    const Decoded decoded = beam_search(batch.view(), {.token_cut = 0.5});
    CHECK((labels_of(decoded[0]) == oracle::Labels{1}));
    CHECK_NEAR(decoded[0].score, std::log(0.9 * 0.9 + 0.05 * 0.1), 1e-6);
}

TEST(options_out_of_range_are_refused) {
    const oracle::Batch batch = with_frames(2, {{0.5, 0.5}});
    CHECK_THROWS(OptionError, beam_search(batch.view(), {.beam_width = 0}), "beam_width is 0");
    CHECK_THROWS(OptionError, beam_search(batch.view(), {.n_best = 0}), "n_best is 0");
    CHECK_THROWS(OptionError, beam_search(batch.view(), {.token_cut = 1.5}), "token_cut is 1.5");
    CHECK_THROWS(OptionError, beam_search(batch.view(), {.token_cut = std::nan("")}), "token_cut");
    CHECK_THROWS(OptionError, beam_search(batch.view(), {.threads = -1}), "threads is -1");
}

TEST(the_result_does_not_depend_on_the_threads) {
    std::mt19937 random(7);
    const oracle::Batch batch = oracle::random_batch(random, 100, 12, 5, 1.5F, true);
    const Decoded alone = beam_search(batch.view(), {.n_best = 3, .threads = 1});
    const Decoded together = beam_search(batch.view(), {.n_best = 3, .threads = 8});
    CHECK(alone.labels == together.labels);
    CHECK(alone.scores == together.scores);
    CHECK(alone.frames == together.frames);
    CHECK(alone.line_offsets == together.line_offsets);
}
