/// A hard lexicon gives the best text, or nearly, however narrow the beam, and nothing only where there is no text.
#include <algorithm>
#include <cmath>
#include <optional>

#include "check.hpp"
#include "ocrkit/ctc/text_search.hpp"
#include "text_oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// What the best text may be better by, in nats.
constexpr double kLittle = 0.1;

/// Of so many random cases one is tried: of ten where threads are watched, since the other run compares all of them.
#ifdef __SANITIZE_THREAD__
constexpr std::size_t kOneOf = 10;
#else
constexpr std::size_t kOneOf = 1;
#endif

struct Case {
    oracle::Batch batch;
    oracle::Grammar grammar;
};

/// Lines of up to `frames` frames of 5 labels, and a grammar of few and long entries, which most lines do not fit.
Case random_case(std::mt19937& random, std::size_t lines, std::size_t frames, float scale, double impossible) {
    constexpr std::size_t kLabels = 5;
    Case made{.batch = oracle::random_batch(random, lines, frames, kLabels, scale, true), .grammar = {}};
    for (float& value : made.batch.values) {
        value = std::generate_canonical<double, 32>(random) < impossible ? kLogZero : value;
    }
    for (std::size_t frame = 0; frame < lines * frames; ++frame) {
        made.batch.values[frame * kLabels + random() % kLabels] = 0.0F;   // one label at least is possible
    }
    for (std::size_t i = 0; i < 1 + random() % 5; ++i) {
        oracle::Labels entry(1 + random() % 4);
        for (Label& label : entry) {
            label = static_cast<Label>(1 + random() % (kLabels - 1));
        }
        made.grammar.entries[entry] = 0.0;
    }
    for (std::size_t i = 0; i < random() % 3; ++i) {
        made.grammar.separators.insert(static_cast<Label>(1 + random() % (kLabels - 1)));
    }
    return made;
}

Decoded decode(const Case& made, const TextSearchOptions& options) {
    const std::vector<Label> separators(made.grammar.separators.begin(), made.grammar.separators.end());
    return text_search(made.batch.view(), made.grammar.lexicon().view(), separators, options);
}

/// The score of the hypothesis of this rank of a line, if there is one.
std::optional<double> score(const Decoded& decoded, std::size_t line, std::size_t rank = 0) {
    const auto at = static_cast<std::size_t>(decoded.line_offsets[line]) + rank;
    const bool is_there = at < static_cast<std::size_t>(decoded.line_offsets[line + 1]);
    return is_there ? std::optional<double>(decoded.scores[at]) : std::nullopt;
}

void check_best(const Case& made, const TextSearchOptions& options) {
    const Decoded decoded = decode(made, options);
    for (std::size_t line = 0; line < made.batch.lines; ++line) {
        const std::vector<oracle::Text> texts = oracle::texts(made.batch, line, made.grammar);
        const std::optional<double> found = score(decoded, line);
        CHECK(found.has_value() == !texts.empty());
        if (!found || texts.empty()) {
            continue;
        }
        CHECK(*found > texts.front().score - kLittle);
        const bool is_best = *found > texts.front().score - oracle::tolerance(texts.front().score);
        CHECK(is_best || decoded.proved[line] == 0);
    }
}

}  // namespace

TEST(the_best_text_is_found_by_the_default_beam) {
    std::mt19937 random(1);
    for (const float scale : {1.0F, 3.0F, 6.0F, 20.0F}) {
        for (std::size_t round = 0; round < 100 / kOneOf; ++round) {
            check_best(random_case(random, 10, 5, scale, 0.0), {});
        }
    }
}

TEST(the_best_text_is_found_by_a_beam_of_any_width_and_cut) {
    std::mt19937 random(2);
    for (const std::int64_t width : {1, 2, 5}) {
        for (const double cut : {0.0, 0.1, 1.0}) {
            for (std::size_t round = 0; round < 20 / kOneOf; ++round) {
                check_best(random_case(random, 8, 5, 5.0F, 0.0), {.beam_width = width, .token_cut = cut});
            }
        }
    }
}

TEST(nothing_is_found_only_where_no_text_is_possible) {
    std::mt19937 random(3);
    for (const double impossible : {0.2, 0.5, 0.8}) {
        for (std::size_t round = 0; round < 120 / kOneOf; ++round) {
            check_best(random_case(random, 8, 5, 4.0F, impossible), {});
        }
    }
}

TEST(frames_of_hundreds_of_nats_do_not_hide_a_text) {
    std::mt19937 random(4);
    for (const float scale : {60.0F, 300.0F, 3000.0F}) {
        for (const double impossible : {0.0, 0.4}) {
            for (std::size_t round = 0; round < 30 / kOneOf; ++round) {
                check_best(random_case(random, 8, 5, scale, impossible), {});
            }
        }
    }
}

TEST(what_is_proved_is_complete_and_the_best) {
    std::mt19937 random(5);
    std::size_t proved = 0;
    for (std::size_t round = 0; round < 200; ++round) {
        const float scale = round % 2 == 0 ? 4.0F : 1000.0F;   // doubles end at 745 nats
        const Case made = random_case(random, 4, 5, scale, 0.1);
        const std::size_t n_best = 1 + round % 4;
        const Decoded decoded = decode(made, {.beam_width = 4, .n_best = static_cast<std::int64_t>(n_best)});
        for (std::size_t line = 0; line < made.batch.lines; ++line) {
            if (decoded.proved[line] == 0) {
                continue;
            }
            ++proved;
            const std::vector<oracle::Text> texts = oracle::texts(made.batch, line, made.grammar);
            for (std::size_t rank = 0; rank < std::min(n_best, texts.size()); ++rank) {
                const std::optional<double> found = score(decoded, line, rank);
                CHECK(found.has_value());
                CHECK_NEAR(found.value_or(0.0), texts[rank].score, oracle::tolerance(texts[rank].score));
            }
        }
    }
    CHECK(proved > 400);
}

TEST(a_second_search_does_not_depend_on_the_threads) {
    std::mt19937 random(6);
    const Case made = random_case(random, 200, 7, 6.0F, 0.1);
    const Decoded alone = decode(made, {.beam_width = 2, .threads = 1});
    const Decoded together = decode(made, {.beam_width = 2, .threads = 5});
    CHECK(alone.labels == together.labels);
    CHECK(alone.scores == together.scores);
    CHECK(alone.line_offsets == together.line_offsets);
    CHECK(alone.proved == together.proved);
}

TEST(letters_far_below_the_cut_are_read_where_the_only_entry_has_them) {
    // "ab" is 2 x 9 nats below what the frames say, "a" and nothing further still; the cut alone would leave only those.
    oracle::Batch batch{.lines = 1, .frames = 4, .labels = 5, .values = {}, .lengths = {}, .blank = 0};
    for (const Label likely : {3, 3, 4, 4}) {
        for (Label label = 0; label < 5; ++label) {
            batch.values.push_back(label == likely ? 0.0F : label == likely - 2 ? -9.0F : -40.0F);
        }
    }
    const Lexicon lexicon(std::vector<Label>{1, 1, 2}, std::vector<std::int64_t>{0, 1, 3});
    for (const std::vector<Label>& separators : {std::vector<Label>{}, std::vector<Label>{3}}) {
        const Decoded decoded = text_search(batch.view(), lexicon.view(), separators, {});
        CHECK(decoded.hypotheses() == 1);
        CHECK(separators.empty() == (decoded.labels == std::vector<Label>{1, 2}));
    }
}
