/// Text search, however narrow its beam, against the exhaustive oracle.
#include "ocrkit/ctc/text_search.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "fuzz.hpp"
#include "text_oracle.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

/// Up to eight entries of up to four labels, and a few separators; fitted to an alphabet of `labels` with this blank.
oracle::Grammar grammar_of(fuzz::Bytes& bytes, std::size_t labels, ctc::Label blank) {
    const auto label_of = [&](std::size_t byte) {
        return static_cast<ctc::Label>((static_cast<std::size_t>(blank) + 1 + byte % (labels - 1)) % labels);
    };
    oracle::Grammar grammar;
    for (std::size_t i = bytes.in(1, 8); i > 0; --i) {
        std::size_t byte = bytes.next();
        oracle::Labels entry;
        for (std::size_t length = 1 + byte % 4; length > 0; --length, byte = byte / 3 + 1) {
            entry.push_back(label_of(byte / 4));
        }
        grammar.entries[entry] = 0.0;
    }
    for (std::size_t i = bytes.in(0, 2); i > 0; --i) {
        grammar.separators.insert(label_of(bytes.next()));
    }
    return grammar;
}

void check_line(const ctc::Decoded& decoded, std::size_t line, const std::vector<oracle::Text>& texts,
                std::size_t n_best) {
    const auto begin = static_cast<std::size_t>(decoded.line_offsets[line]);
    const auto count = static_cast<std::size_t>(decoded.line_offsets[line + 1]) - begin;
    require(count <= std::min(n_best, texts.size()), "there are no more hypotheses than texts, and than asked for");
    const bool is_proved = decoded.proved[line] == 1;
    require(!is_proved || count == std::min(n_best, texts.size()), "what is proved is complete");
    for (std::size_t rank = 0; rank < count; ++rank) {
        const ctc::HypothesisView found = decoded[begin + rank];
        const auto own = std::find_if(texts.begin(), texts.end(), [&](const oracle::Text& text) {
            return std::ranges::equal(text.labels, found.labels);
        });
        require(own != texts.end(), "a hypothesis is a text of the grammar");
        require(fuzz::near(found.score, own->score), "its score is its own");
        require(fuzz::near(found.acoustic_score, own->acoustic_score), "its acoustic score is its own");
        require(!is_proved || fuzz::near(found.score, texts[rank].score), "what is proved is the best");
        require(rank == 0 || found.score <= decoded[begin + rank - 1].score, "the best comes first");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Bytes bytes(data, size);
    const bool is_unbounded = bytes.in(0, 1) == 1;
    ctc::TextSearchOptions options{
        .beam_width = is_unbounded ? 100'000 : static_cast<std::int64_t>(bytes.in(1, 6)),
        .n_best = static_cast<std::int64_t>(bytes.in(1, 9)),
        .token_cut = is_unbounded ? 0.0 : static_cast<double>(bytes.in(0, 10)) / 10.0,
        .threads = static_cast<int>(bytes.in(1, 2)),
    };
    if (bytes.in(0, 1) == 1) {
        options.out_of_lexicon = 0.25 * static_cast<double>(bytes.next());
    }
    const oracle::Batch batch = fuzz::batch_of(bytes);
    if (batch.labels < 2) {
        return 0;  // there is no label but the blank
    }
    oracle::Grammar grammar = grammar_of(bytes, batch.labels, batch.blank);
    grammar.out_of_lexicon = options.out_of_lexicon;
    const std::vector<ctc::Label> separators(grammar.separators.begin(), grammar.separators.end());
    ctc::Decoded decoded;
    if (!fuzz::decodes(batch, [&] {
            decoded = ctc::text_search(batch.view(), grammar.lexicon().view(), separators, options);
        })) {
        return 0;
    }
    for (std::size_t line = 0; line < batch.lines; ++line) {
        const std::vector<oracle::Text> texts = oracle::texts(batch, line, grammar);
        const bool is_empty = decoded.line_offsets[line + 1] == decoded.line_offsets[line];
        require(!is_empty || texts.empty() || !std::isinf(options.out_of_lexicon), "there is a text where one is possible");
        require(!is_unbounded || decoded.proved[line] == 1, "an unbounded search proves its answer");
        check_line(decoded, line, texts, static_cast<std::size_t>(options.n_best));
    }
    return 0;
}
