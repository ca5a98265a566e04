/// From words to labels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

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
    Match longest(std::string_view text) const;

   private:
    using Row = std::array<std::int32_t, 256>;

    struct State {
        Label label = -1;
        std::int32_t row = -1;   // where the following bytes lead; -1 where no symbol goes on
    };

    std::vector<State> states_;
    std::vector<Row> rows_;
};

/// A character that no symbol spells.
struct UnspelledCharacter {
    std::int64_t word = 0;
    std::size_t begin = 0;   // bytes into the whole text
};

struct SpelledWords {
    std::vector<Label> labels;
    std::vector<std::int64_t> offsets{0};      // word i of those that could be spelled is labels[offsets[i]..]
    std::vector<UnspelledCharacter> unspelled; // of each word that could not be spelled, the first such character
    std::int64_t words = 0;                    // all of them
};

/// Spells the words of `text`, which is UTF-8 with a line feed between two words, by longest match. O(bytes).
/// Words that cannot be spelled are left out and listed.
SpelledWords spell_words(std::string_view text, std::span<const std::string_view> symbols);

}  // namespace ocrkit::ctc
