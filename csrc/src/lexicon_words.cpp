#include "ocrkit/ctc/lexicon_words.hpp"

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
}

SymbolMatcher::Match SymbolMatcher::longest(std::string_view text) const {
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

SpelledWords spell_words(std::string_view text, std::span<const std::string_view> symbols) {
    const SymbolMatcher matcher(symbols);
    SpelledWords spelled;
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
                spelled.labels.push_back(match.label);
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

}  // namespace ocrkit::ctc
