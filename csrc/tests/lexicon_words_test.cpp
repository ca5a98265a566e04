#include "ocrkit/ctc/lexicon_words.hpp"

#include "check.hpp"

using namespace ocrkit::ctc;

namespace {

using Labels = std::vector<Label>;
using Offsets = std::vector<std::int64_t>;

const std::vector<std::string_view> kSymbols{"", "a", "b", "ab", "abba", "\u0d15", "\u0d15\u0d4d", "a"};

}  // namespace

TEST(the_longest_symbol_is_taken) {
    const SpelledWords<Label> spelled = spell_words<Label>("aba\nabba\nabb", kSymbols);
    CHECK((spelled.labels == Labels{3, 1, 4, 3, 2}));
    CHECK((spelled.offsets == Offsets{0, 2, 3, 5}));
    CHECK(spelled.unspelled.empty());
}

TEST(symbols_may_be_several_code_points) {
    CHECK((spell_words<Label>("\u0d15\u0d4d\u0d15", kSymbols).labels == Labels{6, 5}));
}

TEST(of_two_equal_symbols_the_first_counts) { CHECK(spell_words<Label>("a", kSymbols).labels == Labels{1}); }

TEST(a_match_ends_with_its_word) { CHECK((spell_words<Label>("ab\nba", kSymbols).labels == Labels{3, 2, 1})); }

TEST(words_with_unknown_characters_are_left_out_and_listed) {
    const SpelledWords<Label> spelled = spell_words<Label>("ab\nax\nb\n\u0d15\u0d4e", kSymbols);
    CHECK((spelled.labels == Labels{3, 2}));
    CHECK((spelled.offsets == Offsets{0, 1, 2}));
    CHECK(spelled.words == 4);
    CHECK(spelled.unspelled.size() == 2);
    CHECK(spelled.unspelled[0].word == 1);
    CHECK(spelled.unspelled[0].begin == 4);
    CHECK(spelled.unspelled[1].word == 3);
    CHECK(spelled.unspelled[1].begin == 11);
}

TEST(no_text_is_one_empty_word) {
    const SpelledWords<Label> spelled = spell_words<Label>("", kSymbols);
    CHECK(spelled.words == 1);
    CHECK((spelled.offsets == Offsets{0, 0}));
}
