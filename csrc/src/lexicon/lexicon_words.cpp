#include "ocrkit/ctc/lexicon_words.hpp"

#include <algorithm>
#include <limits>

namespace ocrkit::ctc {

SymbolMatcher::SymbolMatcher(std::span<const std::string_view> symbols) : states_(1) {
    for (std::size_t label = 0; label < symbols.size(); ++label) {
        std::size_t state = 0;
        for (const char byte : symbols[label]) {
            if (states_[state].row == -1) {
                states_[state].row = static_cast<std::int32_t>(rows_.size());
                rows_.emplace_back().fill(-1);
            }
            const auto row = static_cast<std::size_t>(states_[state].row);
            std::int32_t& next = rows_[row][static_cast<unsigned char>(byte)];
            if (next == -1) {
                next = static_cast<std::int32_t>(states_.size());
                states_.emplace_back();
            }
            state = static_cast<std::size_t>(next);
        }
        if (state != 0 && states_[state].label == -1) {
            states_[state].label = static_cast<Label>(label);
        }
    }
    for (std::size_t byte = 0; byte < 256 && states_[0].row != -1; ++byte) {
        const std::int32_t next = rows_[static_cast<std::size_t>(states_[0].row)][byte];
        if (next != -1 && states_[static_cast<std::size_t>(next)].row == -1) {
            singles_[byte] = {states_[static_cast<std::size_t>(next)].label, 1};
        }
    }
}

SymbolMatcher::Match SymbolMatcher::search(std::string_view text) const {
    Match match;
    std::size_t state = 0;
    for (std::size_t i = 0; i < text.size() && states_[state].row != -1; ++i) {
        const auto row = static_cast<std::size_t>(states_[state].row);
        const std::int32_t next = rows_[row][static_cast<unsigned char>(text[i])];
        if (next == -1) {
            break;
        }
        state = static_cast<std::size_t>(next);
        if (states_[state].label != -1) {
            match = {states_[state].label, i + 1};
        }
    }
    return match;
}

template <class Narrow>
SpelledWords<Narrow> spell_words(std::string_view text, std::span<const std::string_view> symbols) {
    const SymbolMatcher matcher(symbols);
    SpelledWords<Narrow> spelled;
    spelled.labels.reserve(text.size());   // no symbol is shorter than a byte; pages that stay empty cost nothing
    spelled.offsets.reserve(2 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t line_feed = text.find('\n', begin);
        const std::size_t end = line_feed == std::string_view::npos ? text.size() : line_feed;
        const std::size_t known = spelled.labels.size();
        bool is_spelled = true;
        for (std::size_t at = begin; at < end && is_spelled;) {
            const SymbolMatcher::Match match = matcher.longest(text.substr(at, end - at));
            is_spelled = match.label != -1;
            if (is_spelled) {
                spelled.labels.push_back(static_cast<Narrow>(match.label));
                at += match.bytes;
            } else {
                spelled.unspelled.push_back({spelled.words, at});
            }
        }
        if (is_spelled) {
            spelled.offsets.push_back(static_cast<std::int64_t>(spelled.labels.size()));
        } else {
            spelled.labels.resize(known);
        }
        ++spelled.words;
        begin = end + 1;
    }
    return spelled;
}

template SpelledWords<Label> spell_words<Label>(std::string_view, std::span<const std::string_view>);
template SpelledWords<std::uint8_t> spell_words<std::uint8_t>(std::string_view, std::span<const std::string_view>);
template SpelledWords<std::uint16_t> spell_words<std::uint16_t>(std::string_view, std::span<const std::string_view>);

namespace {

template <class Narrow>
WordLexicon built(std::string_view text, std::span<const std::string_view> symbols, std::int64_t expected,
                  EntryCounts counts) {
    SpelledWords<Narrow> spelled = spell_words<Narrow>(text, symbols);
    WordLexicon result{std::nullopt, std::move(spelled.unspelled), spelled.words};
    if (result.unspelled.empty() && result.words == expected) {
        result.lexicon.emplace(std::span<const Narrow>(spelled.labels), spelled.offsets, counts);
    }
    return result;
}

}  // namespace

WordLexicon build_lexicon(std::string_view text, std::span<const std::string_view> symbols, std::int64_t expected,
                          EntryCounts counts) {
    if (symbols.size() <= std::numeric_limits<std::uint8_t>::max()) {
        return built<std::uint8_t>(text, symbols, expected, counts);
    }
    if (symbols.size() <= std::numeric_limits<std::uint16_t>::max()) {
        return built<std::uint16_t>(text, symbols, expected, counts);
    }
    return built<Label>(text, symbols, expected, counts);
}

}  // namespace ocrkit::ctc
