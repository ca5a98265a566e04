#include "ocrkit/ctc/text_search.hpp"

#include <algorithm>
#include <string_view>

#include "check.hpp"
#include "text_oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

constexpr std::int64_t kEverything = 1'000'000;

/// Labels 1.. spell "abc…"; a space is the label after the last letter.
oracle::Labels spelled(std::string_view text, Label space) {
    oracle::Labels labels;
    for (const char letter : text) {
        labels.push_back(letter == ' ' ? space : static_cast<Label>(letter - 'a' + 1));
    }
    return labels;
}

/// Frames that each give most of their probability to one label: '-' is the blank.
oracle::Batch reading(std::string_view path, std::size_t letters, double rest = 0.01) {
    const std::size_t labels = letters + 2;
    oracle::Batch batch{.lines = 1, .frames = path.size(), .labels = labels, .values = {}, .lengths = {}, .blank = 0};
    for (const char letter : path) {
        const auto best = letter == '-' ? Label{0} : spelled(std::string_view(&letter, 1), static_cast<Label>(labels - 1))[0];
        for (std::size_t label = 0; label < labels; ++label) {
            const double share = static_cast<Label>(label) == best ? 1.0 - rest : rest / static_cast<double>(labels - 1);
            batch.values.push_back(static_cast<float>(std::log(share)));
        }
    }
    return batch;
}

/// What text search reads in such frames, with a lexicon of these words.
oracle::Labels read(const oracle::Batch& batch, std::initializer_list<std::string_view> words,
                    const TextSearchOptions& options = {}) {
    const auto space = static_cast<Label>(batch.labels - 1);
    oracle::Grammar grammar;
    for (const std::string_view word : words) {
        grammar.entries[spelled(word, space)] = 0.0;
    }
    return text_search(batch.view(), grammar.lexicon().view(), std::vector{space}, options).labels;
}

oracle::Grammar random_grammar(std::mt19937& random, std::size_t labels) {
    oracle::Grammar grammar;
    for (std::size_t i = 0; i < 1 + random() % 12; ++i) {
        oracle::Labels entry(1 + random() % 4);
        for (Label& label : entry) {
            label = static_cast<Label>(1 + random() % (labels - 1));
        }
        grammar.entries[entry] = 0.0;
    }
    for (std::size_t i = 0; i < random() % 3; ++i) {
        grammar.separators.insert(static_cast<Label>(1 + random() % (labels - 1)));
    }
    return grammar;
}

void check_line(const Decoded& decoded, std::size_t line, const std::vector<oracle::Text>& expected) {
    const auto begin = static_cast<std::size_t>(decoded.line_offsets[line]);
    const auto count = static_cast<std::size_t>(decoded.line_offsets[line + 1]) - begin;
    CHECK(count == expected.size());
    CHECK(decoded.proved[line] == 1);
    for (std::size_t h = 0; h < std::min(count, expected.size()); ++h) {
        CHECK_NEAR(decoded[begin + h].score, expected[h].score, oracle::tolerance(expected[h].score));
    }
}

}  // namespace

TEST(an_unbounded_beam_finds_every_text_of_the_grammar_with_its_score) {
    std::mt19937 random(1);
    for (const float scale : {0.0F, 1.0F, 5.0F, 60.0F, 400.0F}) {
        for (const double out_of_lexicon : {-oracle::kNothing, 0.0, 1.5, 900.0}) {
            oracle::Batch batch = oracle::random_batch(random, 6, 5, 4, scale, scale < 6.0F);
            batch.lengths = {0, 1, 2, 3, 4, 5};
            oracle::Grammar grammar = random_grammar(random, 4);
            grammar.out_of_lexicon = out_of_lexicon;
            const std::vector<Label> separators(grammar.separators.begin(), grammar.separators.end());
            const Decoded decoded = text_search(batch.view(), grammar.lexicon().view(), separators,
                                                {.beam_width = kEverything,
                                                 .n_best = kEverything,
                                                 .token_cut = 0.0,
                                                 .out_of_lexicon = out_of_lexicon});
            for (std::size_t line = 0; line < batch.lines; ++line) {
                check_line(decoded, line, oracle::texts(batch, line, grammar));
            }
        }
    }
}

TEST(a_narrow_beam_gives_texts_of_the_grammar_with_exact_scores) {
    std::mt19937 random(2);
    for (std::size_t round = 0; round < 20; ++round) {
        const oracle::Batch batch = oracle::random_batch(random, 10, 5, 4, 2.0F, true);
        const oracle::Grammar grammar = random_grammar(random, 4);
        const std::vector<Label> separators(grammar.separators.begin(), grammar.separators.end());
        for (const std::int64_t width : {1, 3}) {
            const Decoded decoded = text_search(batch.view(), grammar.lexicon().view(), separators,
                                                {.beam_width = width, .token_cut = 0.1});
            for (std::size_t line = 0; line < batch.lines; ++line) {
                CHECK(decoded.line_offsets[line + 1] == decoded.line_offsets[line] + 1);
                const HypothesisView found = decoded[line];
                const std::vector<oracle::Text> texts = oracle::texts(batch, line, grammar);
                const auto own = std::find_if(texts.begin(), texts.end(), [&](const oracle::Text& text) {
                    return std::ranges::equal(text.labels, found.labels);
                });
                CHECK(own != texts.end());
                CHECK(own != texts.end() && std::abs(found.score - own->score) <= oracle::tolerance(own->score));
            }
        }
    }
}

TEST(the_last_letter_of_a_leaf_word_may_last_two_frames) {
    CHECK(read(reading("aabb", 2), {"ab"}) == spelled("ab", 3));
    CHECK(read(reading("ab b- a", 2), {"ab", "b", "a"}) == spelled("ab b a", 3));
}

TEST(the_last_word_is_finished) {
    CHECK(read(reading("ab abc", 3), {"ab", "abcc"}) == spelled("ab ab", 4));
    // Three frames are too few for the entry; six paths of them say one space, and one says nothing.
    CHECK(read(reading("abc", 3), {"abca"}, {.beam_width = 1}) == spelled(" ", 4));
}

TEST(words_need_a_separator_between_them) {
    CHECK(read(reading("abab", 2, 0.3), {"ab"}) == spelled("ab", 3));
    CHECK(read(reading("ab ab", 2, 0.3), {"ab"}) == spelled("ab ab", 3));
}

TEST(double_letters_are_kept) {
    CHECK(read(reading("ab-ba-abb-", 2), {"abbaab"}) == spelled("abbaab", 3));
    CHECK(read(reading("aa b", 2), {"aa", "a", "b"}) == spelled("a b", 3));
}

TEST(a_word_may_begin_another_and_be_one_letter_long) {
    CHECK(read(reading("a ab a", 2), {"a", "ab", "abb"}) == spelled("a ab a", 3));
}

TEST(separators_may_stand_anywhere_and_inside_entries) {
    CHECK(read(reading(" - a -  b ", 2), {"a", "b"}) == spelled("  a  b ", 3));
    CHECK(read(reading("a b", 2), {"a b"}) == spelled("a b", 3));
    CHECK(read(reading("a b a", 2), {"a b", "a"}) == spelled("a b a", 3));
}

TEST(a_stretch_that_is_no_entry_is_read_where_it_costs_less_than_misreading) {
    const oracle::Batch batch = reading("bb a", 2);
    const auto with = [](double out_of_lexicon) { return TextSearchOptions{.out_of_lexicon = out_of_lexicon}; };
    CHECK(read(batch, {"a"}) == spelled("a a", 3));
    // Four paths say "a a" with two frames of 0.01 / 3 instead of 0.99: 2 ln 297 - ln 4 = 10.0 nats.
    CHECK(read(batch, {"a"}, with(9.9)) == spelled("b a", 3));
    CHECK(read(batch, {"a"}, with(10.1)) == spelled("a a", 3));
}

TEST(priors_choose_among_entries) {
    // p(a) = p(b); b is three times as frequent.
    oracle::Batch batch{.lines = 1, .frames = 1, .labels = 3, .values = {}, .lengths = {}, .blank = 0};
    for (const double share : {0.2, 0.4, 0.4}) {
        batch.values.push_back(static_cast<float>(std::log(share)));
    }
    const Lexicon lexicon(std::vector<Label>{1, 2}, std::vector<std::int64_t>{0, 1, 2}, std::vector{1.0, 3.0});
    const Decoded plain = text_search(batch.view(), lexicon.view(), {}, {});
    const Decoded weighed = text_search(batch.view(), lexicon.view(), {}, {.n_best = 3, .prior_weight = 0.5});
    CHECK((plain.labels == std::vector<Label>{1}));
    CHECK((weighed.labels == std::vector<Label>{2, 1}));
    CHECK_NEAR(weighed.scores[0], std::log(0.4) + 0.5 * std::log(0.75), 1e-6);
    CHECK_NEAR(weighed.acoustic_scores[0], std::log(0.4), 1e-6);
    CHECK_NEAR(weighed.scores[1], std::log(0.2), 1e-6);   // nothing at all, which has no prior
    CHECK_NEAR(weighed.scores[2], std::log(0.4) + 0.5 * std::log(0.25), 1e-6);
}

TEST(a_long_peaked_line_does_not_underflow) {
    // 5,000 frames, of which every tenth says a letter that is not in the lexicon. There a blank, "a" and the space have
    // e^-60 each, so that of all texts those of 250 labels are reached by the most paths, C(500, 250): -30000 + 343.24.
    oracle::Batch batch{.lines = 1, .frames = 5000, .labels = 4, .values = {}, .lengths = {}, .blank = 0};
    for (std::size_t t = 0; t < batch.frames; ++t) {
        for (std::size_t label = 0; label < batch.labels; ++label) {
            batch.values.push_back(label == (t % 10 == 0 ? 2U : 0U) ? 0.0F : -60.0F);
        }
    }
    const Decoded decoded = text_search(batch.view(), Lexicon(std::vector<Label>{1}, std::vector<std::int64_t>{0, 1}).view(),
                                        std::vector<Label>{3}, {});
    CHECK(decoded.hypotheses() == 1);
    CHECK_NEAR(decoded.scores[0], -29656.76, 0.1);
}

TEST(a_line_that_no_text_can_be_has_no_hypothesis_and_is_proved) {
    // The one frame can only be "b", which is no word.
    const oracle::Batch batch{.lines = 1,
                              .frames = 1,
                              .labels = 3,
                              .values = {kLogZero, kLogZero, 0.0F},
                              .lengths = {},
                              .blank = 0};
    const Decoded decoded =
        text_search(batch.view(), Lexicon(std::vector<Label>{1}, std::vector<std::int64_t>{0, 1}).view(), {}, {});
    CHECK(decoded.hypotheses() == 0);
    CHECK(decoded.proved[0] == 1);
}

TEST(a_beam_of_unfinished_words_still_finds_a_text) {
    std::mt19937 random(3);
    const oracle::Batch batch = oracle::random_batch(random, 50, 30, 6, 3.0F, true);
    oracle::Grammar grammar;
    grammar.entries[{1, 2, 3, 4, 1, 2, 3, 4}] = 0.0;
    const Decoded decoded =
        text_search(batch.view(), grammar.lexicon().view(), std::vector<Label>{5}, {.beam_width = 2});
    for (std::size_t line = 0; line < batch.lines; ++line) {
        CHECK(decoded.line_offsets[line + 1] == decoded.line_offsets[line] + 1);
        const auto labels = decoded[line].labels;
        CHECK(grammar.term({labels.begin(), labels.end()}) == oracle::kNothing ||
              std::ranges::none_of(labels, [](Label label) { return label != 5; }) || labels.size() >= 8);
    }
}

TEST(the_result_does_not_depend_on_the_threads) {
    std::mt19937 random(4);
    const oracle::Batch batch = oracle::random_batch(random, 100, 14, 5, 1.5F, true);
    const oracle::Grammar grammar = random_grammar(random, 5);
    const Lexicon lexicon = grammar.lexicon();
    const std::vector<Label> separators{4};
    const Decoded alone = text_search(batch.view(), lexicon.view(), separators, {.n_best = 3, .threads = 1});
    const Decoded together = text_search(batch.view(), lexicon.view(), separators, {.n_best = 3, .threads = 8});
    CHECK(alone.labels == together.labels);
    CHECK(alone.scores == together.scores);
    CHECK(alone.frames == together.frames);
    CHECK(alone.line_offsets == together.line_offsets);
}

TEST(options_out_of_range_are_refused) {
    const oracle::Batch batch = reading("a", 1);
    const Lexicon lexicon(std::vector<Label>{1}, std::vector<std::int64_t>{0, 1});
    const auto with = [&](const TextSearchOptions& options, const std::vector<Label>& separators = {2}) {
        return text_search(batch.view(), lexicon.view(), separators, options);
    };
    CHECK_THROWS(OptionError, with({.beam_width = 0}), "beam_width is 0");
    CHECK_THROWS(OptionError, with({.n_best = 0}), "n_best is 0");
    CHECK_THROWS(OptionError, with({.token_cut = 1.5}), "token_cut is 1.5");
    CHECK_THROWS(OptionError, with({.out_of_lexicon = -1.0}), "out_of_lexicon is -1");
    CHECK_THROWS(OptionError, with({.prior_weight = -1.0}), "prior_weight is -1");
    CHECK_THROWS(LexiconError, with({.prior_weight = 1.0}), "has no counts");
    CHECK_THROWS(OptionError, with({}, {0}), "separator 0 is the blank");
    CHECK_THROWS(OptionError, with({}, {3}), "there is no label 3");
    CHECK_THROWS(OptionError, with({.threads = -1}), "threads is -1");
}
