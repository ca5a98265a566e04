#include "beam/beam.hpp"

#include <algorithm>

#include "check.hpp"
#include "line/prepare.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// What a beam holds after the one line of a batch.
std::map<oracle::Labels, double> searched(const oracle::Batch& batch, Beam& beam) {
    PreparedLine prepared;
    const LineView line = prepared.read(batch.view(), 0);
    beam.reset(line);
    for (std::size_t t = 0; t < line.frames; ++t) {
        beam.advance(t);
    }
    std::map<oracle::Labels, double> found;
    for (std::size_t entry = 0; entry < beam.size(); ++entry) {
        oracle::Labels labels;
        beam.spell(entry, labels);
        CHECK(found.emplace(labels, beam.log_prob(entry)).second);  // no prefix stands twice
    }
    return found;
}

/// Frames of three labels, the blank first.
oracle::Batch line_of(const std::vector<std::vector<double>>& probabilities) {
    oracle::Batch batch{.lines = 1, .frames = probabilities.size(), .labels = 3, .values = {}, .lengths = {}, .blank = 0};
    for (const std::vector<double>& frame : probabilities) {
        for (const double probability : frame) {
            batch.values.push_back(static_cast<float>(std::log(probability)));
        }
    }
    return batch;
}

}  // namespace

TEST(the_mass_of_a_prefix_is_its_probability_where_nothing_was_pruned) {
    std::mt19937 random(11);
    Beam beam(100'000, 0.0);
    for (const float scale : {0.0F, 1.0F, 60.0F}) {
        for (int repeat = 0; repeat < 5; ++repeat) {
            const oracle::Batch batch = oracle::random_batch(random, 1, 6, 3, scale, true);
            const std::map<oracle::Labels, double> found = searched(batch, beam);
            const std::map<oracle::Labels, double> expected = oracle::labellings(batch, 0);
            CHECK(found.size() == expected.size());
            for (const auto& [labels, score] : expected) {
                CHECK_NEAR(found.at(labels), score, oracle::tolerance(score));
            }
            CHECK(!beam.pruned());
        }
    }
}

TEST(the_last_label_may_come_again_below_the_cut) {
    Beam beam(100, 0.5);
    const std::map<oracle::Labels, double> found =
        searched(line_of({{0.04, 0.9, 0.06}, {0.9, 0.05, 0.05}, {0.1, 0.1, 0.8}}), beam);

    // Of the possible, what is above the cut at each step, and "aa", whose second label is below it.
    CHECK_NEAR(found.at({1, 1}), std::log(0.9 * 0.9 * 0.1), 1e-5);
    CHECK(beam.pruned());
}

TEST(a_prefix_that_left_the_beam_and_came_back_stands_once) {
    // Narrow beams over flat frames drop and remake prefixes all the time; `searched` checks for doubles.
    std::mt19937 random(12);
    for (int repeat = 0; repeat < 200; ++repeat) {
        Beam beam(1 + repeat % 7, 0.0);
        searched(oracle::random_batch(random, 1, 12, 3, 0.5F, true), beam);
        CHECK(beam.size() == std::size_t{1} + static_cast<std::size_t>(repeat) % 7);
    }
}

TEST(prefixes_are_ordered_by_their_labels) {
    PrefixArena arena;
    arena.reset();
    const Prefix a = arena.child(PrefixArena::kRoot, 1);
    const Prefix ab = arena.child(a, 2);
    const Prefix b = arena.child(PrefixArena::kRoot, 2);
    constexpr Label kNo = PrefixArena::kNoLabel;

    CHECK(arena.child(a, 2) == ab);
    CHECK(arena.precedes(PrefixArena::kRoot, kNo, a, kNo));
    CHECK(arena.precedes(a, kNo, ab, kNo) && !arena.precedes(ab, kNo, a, kNo));
    CHECK(arena.precedes(ab, kNo, b, kNo) && !arena.precedes(b, kNo, ab, kNo));
    CHECK(arena.precedes(ab, 1, b, kNo) && !arena.precedes(b, kNo, ab, 1));
    CHECK(arena.precedes(a, 1, ab, kNo) && !arena.precedes(ab, kNo, a, 1));
    CHECK(arena.precedes(a, kNo, a, 1) && !arena.precedes(a, 1, a, kNo));
    CHECK(arena.precedes(b, 1, b, 2) && !arena.precedes(b, 2, b, 1));
}
