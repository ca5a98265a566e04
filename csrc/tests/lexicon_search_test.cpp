#include "ocrkit/ctc/lexicon_search.hpp"

#include <set>

#include "check.hpp"
#include "lexicon/lexicon_line_search.hpp"
#include "line/prepare.hpp"
#include "line/rescore.hpp"
#include "ocrkit/ctc/greedy.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

using Entries = std::vector<oracle::Labels>;

Entries random_entries(std::mt19937& random, std::size_t count, std::size_t labels, std::size_t longest) {
    std::set<oracle::Labels> entries;
    for (std::size_t i = 0; i < count; ++i) {
        oracle::Labels entry(1 + random() % longest);
        for (Label& label : entry) {
            label = static_cast<Label>(1 + random() % (labels - 1));
        }
        entries.insert(entry);
    }
    return {entries.begin(), entries.end()};
}

Lexicon built(const Entries& entries, std::optional<std::vector<double>> counts = std::nullopt) {
    oracle::Labels labels;
    std::vector<std::int64_t> offsets{0};
    for (const oracle::Labels& entry : entries) {
        labels.insert(labels.end(), entry.begin(), entry.end());
        offsets.push_back(static_cast<std::int64_t>(labels.size()));
    }
    return counts ? Lexicon(labels, offsets, *counts) : Lexicon(labels, offsets);
}

/// The possible entries' scores, highest first.
std::vector<double> expected_scores(const oracle::Batch& batch, std::size_t line, const Entries& entries) {
    const auto labellings = oracle::labellings(batch, line);
    std::vector<double> scores;
    for (const oracle::Labels& entry : entries) {
        if (const auto at = labellings.find(entry); at != labellings.end()) {
            scores.push_back(at->second);
        }
    }
    std::sort(scores.rbegin(), scores.rend());
    return scores;
}

void check_line(const Decoded& decoded, std::size_t line, std::vector<double> expected, std::size_t n_best) {
    expected.resize(std::min(expected.size(), n_best));
    const auto begin = static_cast<std::size_t>(decoded.line_offsets[line]);
    const auto end = static_cast<std::size_t>(decoded.line_offsets[line + 1]);
    CHECK(end - begin == expected.size());
    CHECK(decoded.proved[line] == 1);
    for (std::size_t h = begin; h < end && h - begin < expected.size(); ++h) {
        CHECK_NEAR(decoded[h].score, expected[h - begin], oracle::tolerance(expected[h - begin]));
    }
}

}  // namespace

TEST(the_n_best_entries_are_those_of_the_exhaustive_oracle) {
    std::mt19937 random(1);
    for (const float scale : {0.0F, 1.0F, 5.0F, 60.0F, 400.0F}) {
        oracle::Batch batch = oracle::random_batch(random, 21, 6, 4, scale, scale < 6.0F);
        batch.lengths = {0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4};
        const Entries entries = random_entries(random, 40, 4, 5);
        const Lexicon lexicon = built(entries);
        for (const std::size_t n_best : {1U, 3U, 100U}) {
            const Decoded decoded = lexicon_search(batch.view(), lexicon.view(),
                                                   {.n_best = static_cast<std::int64_t>(n_best), .threads = 1});
            for (std::size_t line = 0; line < batch.lines; ++line) {
                check_line(decoded, line, expected_scores(batch, line, entries), n_best);
            }
        }
    }
}

TEST(of_two_equals_the_lowest_wins_even_when_it_is_found_last) {
    // p(2) = p(2 2) = 1/4 and p(1 3) = 1/4, one found at the root and the other a level below.
    const float half = std::log(0.5F);
    const oracle::Batch batch{.lines = 1,
                              .frames = 2,
                              .labels = 4,
                              .values = {kLogZero, half, half, kLogZero, kLogZero, kLogZero, half, half},
                              .lengths = {},
                              .blank = 0};
    const Decoded decoded = lexicon_search(batch.view(), built({{2}, {1, 3}}).view(), {.threads = 1});
    CHECK((decoded.labels == oracle::Labels{1, 3}));
}

TEST(the_depth_first_rest_is_as_exact) {
    std::mt19937 random(2);
    for (const float scale : {0.0F, 1.0F, 60.0F}) {
        const oracle::Batch batch = oracle::random_batch(random, 20, 6, 4, scale, true);
        const Entries entries = random_entries(random, 120, 4, 6);
        const Lexicon lexicon = built(entries);
        for (const std::size_t column_bytes : {0U, 500U, 2000U}) {
            const Decoded decoded = lexicon_search(batch.view(), lexicon.view(),
                                                   {.n_best = 4, .column_bytes = column_bytes, .threads = 1});
            for (std::size_t line = 0; line < batch.lines; ++line) {
                check_line(decoded, line, expected_scores(batch, line, entries), 4);
            }
        }
    }
}

TEST(all_numbers_and_instruction_sets_find_the_same) {
    std::mt19937 random(3);
    const oracle::Batch batch = oracle::random_batch(random, 60, 14, 20, 2.0F, true);
    const Lexicon lexicon = built(random_entries(random, 500, 20, 8));
    const LexiconSearchOptions options{.n_best = 5};
    LexiconLineSearch<Extended> widest(lexicon.view(), options);
    PreparedLine prepared;
    std::size_t proved_by_floats = 0;
    for (std::int64_t line = 0; line < 60; ++line) {
        const LineView view = prepared.prepare(batch.view(), line);
        CHECK(widest.run(view, kLogZero) == Verdict::kProved);
        const std::set<Node> wanted(widest.found().begin(), widest.found().end());
        CHECK(wanted.size() == 5);
        for (const InstructionSet set : runnable_sets()) {
            LexiconLineSearch<float> narrow(lexicon.view(), options, lexicon_kernels<float>(set));
            if (narrow.run(view, kLogZero) == Verdict::kProved) {
                ++proved_by_floats;
                CHECK(std::set<Node>(narrow.found().begin(), narrow.found().end()) == wanted);
            }
            LexiconLineSearch<double> wide(lexicon.view(), options, lexicon_kernels<double>(set));
            CHECK(wide.run(view, kLogZero) == Verdict::kProved);
            CHECK(std::set<Node>(wide.found().begin(), wide.found().end()) == wanted);
        }
    }
    CHECK(proved_by_floats >= 60);   // others are too unlikely for a float, and it owns up to that
}

/// Every entry's score, one by one, best first.
std::vector<double> scores_one_by_one(const LineView& line, const LexiconView& lexicon) {
    Rescorer rescorer;
    std::vector<double> scores;
    for (const Node node : lexicon.entry_node) {
        oracle::Labels labels;
        lexicon.append_path(node, labels);
        scores.push_back(rescorer.acoustic_score(line, labels));
    }
    std::sort(scores.rbegin(), scores.rend());
    return scores;
}

TEST(long_searches_through_large_lexicons_end_with_the_best_entries) {
    std::mt19937 random(10);
    const Lexicon lexicon = built(random_entries(random, 4000, 30, 12));
    for (const float scale : {0.3F, 1.0F, 2.0F, 30.0F}) {
        for (const std::size_t frames : {7U, 24U, 70U}) {
            const oracle::Batch batch = oracle::random_batch(random, 4, frames, 30, scale, true);
            const Decoded decoded = lexicon_search(batch.view(), lexicon.view(), {.n_best = 3, .threads = 1});
            PreparedLine prepared;
            for (std::size_t line = 0; line < 4; ++line) {
                const LineView view = prepared.prepare(batch.view(), static_cast<std::int64_t>(line));
                check_line(decoded, line, scores_one_by_one(view, lexicon.view()), 3);
            }
        }
    }
}

TEST(narrow_numbers_own_up_to_what_they_lose) {
    // Each of 20 frames gives e^-60 to all but the blank; "1212121212" begins only in frames of its own.
    oracle::Batch batch{.lines = 1, .frames = 20, .labels = 3, .values = {}, .lengths = {}, .blank = 0};
    for (int frame = 0; frame < 20; ++frame) {
        batch.values.insert(batch.values.end(), {0.0F, -60.0F, -60.0F});
    }
    const Lexicon lexicon = built({{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1}});
    LexiconLineSearch<float> narrowest(lexicon.view(), {});
    LexiconLineSearch<double> narrow(lexicon.view(), {});
    LexiconLineSearch<Extended> wide(lexicon.view(), {});
    PreparedLine prepared;
    const LineView view = prepared.prepare(batch.view(), 0);
    CHECK(narrowest.run(view, kLogZero) == Verdict::kUntrusted);
    CHECK(narrow.run(view, kLogZero) == Verdict::kUntrusted);
    CHECK(wide.run(view, kLogZero) == Verdict::kProved);
    CHECK(narrow.run(view, -100.0F) == Verdict::kProved);   // a line to be rejected needs no more
    CHECK(narrow.found().empty());
}

TEST(a_budget_counts_nodes_in_the_depth_first_rest_too) {
    const oracle::Batch batch = [] {
        std::mt19937 random(4);
        return oracle::random_batch(random, 1, 8, 4, 0.0F, true);
    }();
    std::mt19937 random(5);
    const Lexicon lexicon = built(random_entries(random, 300, 4, 6));
    const auto search = [&](std::int64_t budget) {
        return lexicon_search(batch.view(), lexicon.view(), {.budget = budget, .column_bytes = 0, .threads = 1});
    };
    CHECK(search(3).proved[0] == 0);
    CHECK(search(100000).proved[0] == 1);
}

TEST(priors_enter_score_and_bound) {
    std::mt19937 random(6);
    const oracle::Batch batch = oracle::random_batch(random, 30, 5, 4, 1.0F, true);
    const Entries entries = random_entries(random, 40, 4, 4);
    std::vector<double> counts;
    double total = 0.0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        counts.push_back(1.0 + static_cast<double>(random() % 100000));
        total += counts.back();
    }
    const Lexicon lexicon = built(entries, counts);
    const Decoded decoded =
        lexicon_search(batch.view(), lexicon.view(), {.n_best = 3, .prior_weight = 0.7, .threads = 1});
    for (std::size_t line = 0; line < batch.lines; ++line) {
        const auto labellings = oracle::labellings(batch, line);
        std::vector<double> expected;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (const auto at = labellings.find(entries[i]); at != labellings.end()) {
                expected.push_back(at->second + 0.7 * std::log(counts[i] / total));
            }
        }
        std::sort(expected.rbegin(), expected.rend());
        check_line(decoded, line, expected, 3);
    }
}

TEST(a_line_far_below_greedy_is_rejected) {
    std::mt19937 random(7);
    const oracle::Batch batch = oracle::random_batch(random, 60, 6, 4, 2.0F, true);
    const Entries entries = random_entries(random, 10, 4, 3);
    const Lexicon lexicon = built(entries);
    const Decoded greedily = greedy(batch.view(), {.rescore = true});
    const Decoded decoded = lexicon_search(batch.view(), lexicon.view(), {.reject_below = 1.0, .threads = 1});
    for (std::size_t line = 0; line < batch.lines; ++line) {
        const double best = expected_scores(batch, line, entries).front();
        const bool accepted = best >= static_cast<double>(greedily.scores[line]) - 1.0;
        CHECK(decoded.line_offsets[line + 1] - decoded.line_offsets[line] == (accepted ? 1 : 0));
        CHECK(decoded.proved[line] == 1);
    }
}

TEST(the_result_does_not_depend_on_the_threads) {
    std::mt19937 random(8);
    const oracle::Batch batch = oracle::random_batch(random, 200, 12, 6, 2.0F, true);
    const Lexicon lexicon = built(random_entries(random, 300, 6, 6));
    const Decoded alone = lexicon_search(batch.view(), lexicon.view(), {.n_best = 2, .threads = 1});
    const Decoded together = lexicon_search(batch.view(), lexicon.view(), {.n_best = 2, .threads = 8});
    CHECK(alone.labels == together.labels);
    CHECK(alone.scores == together.scores);
    CHECK(alone.entries == together.entries);
    CHECK(alone.line_offsets == together.line_offsets);
}

TEST(options_out_of_range_are_refused) {
    std::mt19937 random(9);
    const oracle::Batch batch = oracle::random_batch(random, 1, 2, 3, 1.0F, true);
    const Lexicon lexicon = built({{1}, {2}});
    const auto search = [&](const LexiconSearchOptions& options) {
        return lexicon_search(batch.view(), lexicon.view(), options);
    };
    CHECK_THROWS(OptionError, search({.n_best = 0}), "n_best is 0");
    CHECK_THROWS(OptionError, search({.budget = -1}), "budget is -1");
    CHECK_THROWS(OptionError, search({.prior_weight = -1.0}), "prior_weight is -1");
    CHECK_THROWS(OptionError, search({.reject_below = std::nan("")}), "reject_below is nan");
    CHECK_THROWS(LexiconError, search({.prior_weight = 1.0}), "the lexicon has no counts");
    CHECK_THROWS(LexiconError, lexicon_search(batch.view(), built({{3}}).view(), {}), "holds label 3");
}
