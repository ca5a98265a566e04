/// From words to labels, and to a lexicon.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// Finds the longest symbol that a text begins with.
class SymbolMatcher {
   public:
    struct Match {
        Label label = -1;        // -1 where no symbol begins the text
        std::size_t bytes = 0;
    };

    /// Symbol i, in UTF-8, spells label i. An empty one, as the blank's is, spells nothing; of two alike the first
    /// counts.
    explicit SymbolMatcher(std::span<const std::string_view> symbols);

    /// O(bytes of the longest symbol).
    Match longest(std::string_view text) const {
        const Match& alone = singles_[static_cast<unsigned char>(text.front())];
        return alone.bytes == 1 ? alone : search(text);
    }

   private:
    using Row = std::array<std::int32_t, 256>;

    struct State {
        Label label = -1;
        std::int32_t row = -1;   // where the following bytes lead; -1 where no symbol goes on
    };

    Match search(std::string_view text) const;

    std::vector<State> states_;
    std::vector<Row> rows_;
    std::array<Match, 256> singles_;   // by byte: the symbol that it is, where no other symbol begins with it
};

/// A character that no symbol spells.
struct UnspelledCharacter {
    std::int64_t word = 0;
    std::size_t begin = 0;   // bytes into the whole text
};

/// Words as labels of whatever width holds them.
template <class Narrow>
struct SpelledWords {
    std::vector<Narrow> labels;
    std::vector<std::int64_t> offsets{0};      // word i of those that could be spelled is labels[offsets[i]..]
    std::vector<UnspelledCharacter> unspelled; // of each word that could not be spelled, the first such character
    std::int64_t words = 0;                    // all of them
};

/// Spells the words of `text`, which is UTF-8 with a line feed between two words, by longest match. O(bytes).
/// Words that cannot be spelled are left out and listed. `Narrow` is Label, or an unsigned integer that holds the
/// number of symbols.
template <class Narrow>
SpelledWords<Narrow> spell_words(std::string_view text, std::span<const std::string_view> symbols);

/// A lexicon, or the reason why there is none.
struct WordLexicon {
    std::optional<Lexicon> lexicon;             // where every word could be spelled, and there are as many as expected
    std::vector<UnspelledCharacter> unspelled;  // as in SpelledWords
    std::int64_t words = 0;
};

/// The lexicon of the words of `text`, as `spell_words` and `Lexicon` have it. O(bytes); sorted words take least.
/// Throws LexiconError as `Lexicon` does.
WordLexicon build_lexicon(std::string_view text, std::span<const std::string_view> symbols, std::int64_t expected,
                          EntryCounts counts = std::nullopt);

}  // namespace ocrkit::ctc
