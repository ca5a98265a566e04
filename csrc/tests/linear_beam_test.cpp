#include "beam/linear_beam.hpp"

#include <algorithm>

#include "beam/beam.hpp"
#include "check.hpp"
#include "line/prepare.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

using Found = std::map<oracle::Labels, double>;

void search(const LineView& line, LinearBeam& beam) {
    beam.reset(line.labels, line.blank);
    for (std::size_t t = 0; t < line.frames; ++t) {
        beam.advance(line.values_of(t), line.high[t]);
    }
}

void search(const LineView& line, Beam& beam) {
    beam.reset(line);
    for (std::size_t t = 0; t < line.frames; ++t) {
        beam.advance(t);
    }
}

/// What a beam holds at the end of a line, which no prefix may twice.
template <class AnyBeam>
Found held(const AnyBeam& beam, double added) {
    Found found;
    for (std::size_t entry = 0; entry < beam.size(); ++entry) {
        oracle::Labels labels;
        beam.spell(entry, labels);
        CHECK(found.emplace(labels, beam.log_prob(entry) + added).second);
    }
    return found;
}

void check_same(const Found& found, const Found& expected) {
    CHECK(found.size() == expected.size());
    for (const auto& [labels, score] : expected) {
        CHECK(found.contains(labels));
        if (found.contains(labels)) {
            CHECK_NEAR(found.at(labels), score, 1e-9 * std::max(1.0, std::fabs(score)));
        }
    }
}

}  // namespace

TEST(without_a_cut_it_holds_what_the_slow_beam_holds) {
    std::mt19937 random(31);
    PreparedLine prepared;
    for (int repeat = 0; repeat < 300; ++repeat) {
        const std::int64_t width = 1 + repeat % 40;
        const oracle::Batch batch = oracle::random_batch(random, 1, 1 + random() % 30, 2 + random() % 9,
                                                         static_cast<float>(1 + random() % 4), repeat % 2 == 0);   // no ties
        const LineView line = prepared.read(batch.view(), 0);
        LinearBeam fast(width, 0.0, 1);
        Beam slow(width, 0.0);
        search(line, fast);
        search(line, slow);
        check_same(held(fast, line.high_total), held(slow, 0.0));
        CHECK(fast.pruned() == slow.pruned());
        std::vector<std::size_t> fast_ranking;
        std::vector<std::size_t> slow_ranking;
        fast.rank(3, line.high_total, fast_ranking);
        slow.rank(3, 0.0, slow_ranking);
        CHECK(fast_ranking.size() == slow_ranking.size());
        for (std::size_t i = 0; i < fast_ranking.size(); ++i) {
            CHECK_NEAR(fast.log_prob(fast_ranking[i]) + line.high_total, slow.log_prob(slow_ranking[i]), 1e-4);
        }
    }
}

TEST(with_a_cut_it_drops_what_has_next_to_no_mass) {
    std::mt19937 random(32);
    PreparedLine prepared;
    for (int repeat = 0; repeat < 300; ++repeat) {
        const oracle::Batch batch = oracle::random_batch(random, 1, 7, 5, 3.0F, true);
        const LineView line = prepared.read(batch.view(), 0);
        LinearBeam fast(100'000, 1e-3, 5);
        Beam slow(100'000, 1e-3);
        search(line, fast);
        search(line, slow);
        const Found found = held(fast, line.high_total);
        const Found expected = held(slow, 0.0);
        CHECK(found.size() >= 5);
        CHECK(fast.pruned());
        double kept = 0.0;
        double all = 0.0;
        for (const auto& [labels, score] : expected) {
            all += std::exp(score);
            kept += found.contains(labels) ? std::exp(found.at(labels)) : 0.0;
            CHECK(!found.contains(labels) || found.at(labels) < score + 1e-9);
        }
        CHECK(kept > 0.97 * all);
        std::vector<std::size_t> fast_ranking;
        std::vector<std::size_t> slow_ranking;
        fast.rank(1, line.high_total, fast_ranking);
        slow.rank(1, 0.0, slow_ranking);
        oracle::Labels fast_labels;
        oracle::Labels slow_labels;
        fast.spell(fast_ranking[0], fast_labels);
        slow.spell(slow_ranking[0], slow_labels);
        CHECK(fast_labels == slow_labels);
    }
}

TEST(a_prefix_that_left_and_came_back_stands_once) {
    std::mt19937 random(33);
    PreparedLine prepared;
    for (int repeat = 0; repeat < 300; ++repeat) {
        const oracle::Batch batch = oracle::random_batch(random, 1, 30, 3, 0.5F, true);
        const LineView line = prepared.read(batch.view(), 0);
        LinearBeam beam(1 + repeat % 7, 0.0, 1);
        search(line, beam);
        held(beam, 0.0);   // which checks for doubles
    }
}

TEST(it_owns_up_to_masses_that_underflow) {
    // Labels that e^-960 a frame stands against: nothing may be missing without a word.
    oracle::Batch batch{.lines = 1, .frames = 4, .labels = 3, .values = {}, .lengths = {}, .blank = 0};
    for (std::size_t t = 0; t < batch.frames; ++t) {
        batch.values.insert(batch.values.end(), {0.0F, -960.0F, -500.0F});
    }
    PreparedLine prepared;
    const LineView line = prepared.read(batch.view(), 0);
    LinearBeam unbounded(1000, 0.0, 1000);
    search(line, unbounded);
    CHECK(!unbounded.is_trusted());

    LinearBeam cut(1000, 1e-3, 1);
    search(line, cut);
    CHECK(cut.pruned() && cut.is_trusted());
}

TEST(a_long_line_loses_no_mass) {
    std::mt19937 random(34);
    const oracle::Batch batch = oracle::random_batch(random, 1, 5000, 5, 6.0F, true);
    PreparedLine prepared;
    const LineView line = prepared.read(batch.view(), 0);
    LinearBeam fast(8, 1e-3, 8);
    search(line, fast);
    CHECK(fast.is_trusted() && fast.size() == 8);
    for (std::size_t entry = 0; entry < fast.size(); ++entry) {
        CHECK(std::isfinite(fast.log_prob(entry)));
    }
}
