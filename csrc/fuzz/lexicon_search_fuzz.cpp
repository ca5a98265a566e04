/// Lexicon search, however few columns it may keep, against the exhaustive oracle.
#include "ocrkit/ctc/lexicon_search.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "fuzz.hpp"
#include "ocrkit/ctc/greedy.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

/// Entries with their counts, as they are given: doubles and all.
struct Entries {
    std::vector<oracle::Labels> sequences;
    std::vector<double> counts;

    ctc::Lexicon lexicon() const {
        oracle::Labels labels;
        std::vector<std::int64_t> offsets{0};
        for (const oracle::Labels& sequence : sequences) {
            labels.insert(labels.end(), sequence.begin(), sequence.end());
            offsets.push_back(static_cast<std::int64_t>(labels.size()));
        }
        return ctc::Lexicon(labels, offsets, counts);
    }
};

/// Up to 15 entries of up to four labels, still to be fitted to an alphabet.
Entries entries_of(fuzz::Bytes& bytes) {
    Entries entries;
    entries.sequences.resize(bytes.in(1, 15));
    for (oracle::Labels& sequence : entries.sequences) {
        // One byte makes a whole entry, so that inputs stay short.
        std::size_t byte = bytes.next();
        for (std::size_t length = 1 + byte % 4; length > 0; --length, byte = byte / 3 + 1) {
            sequence.push_back(static_cast<ctc::Label>(byte / 4));
        }
        entries.counts.push_back(static_cast<double>(1 + byte));
    }
    return entries;
}

/// Maps whatever labels the entries hold to those of the batch that are not the blank.
void fit(Entries& entries, const oracle::Batch& batch) {
    const auto labels = static_cast<ctc::Label>(batch.labels);
    for (oracle::Labels& sequence : entries.sequences) {
        for (ctc::Label& label : sequence) {
            label = (batch.blank + 1 + label % (labels - 1)) % labels;
        }
    }
}

struct Scored {
    double score;
    double acoustic_score;
    oracle::Labels labels;
};

/// Every possible entry of a line, best first.
std::vector<Scored> rank(const oracle::Batch& batch, std::size_t line, const Entries& entries, double prior_weight) {
    std::map<oracle::Labels, double> counts;
    double total = 0.0;
    for (std::size_t i = 0; i < entries.counts.size(); ++i) {
        counts[entries.sequences[i]] += entries.counts[i];
        total += entries.counts[i];
    }
    std::vector<Scored> ranked;
    for (const auto& [labels, acoustic] : oracle::labellings(batch, line)) {
        if (const auto at = counts.find(labels); at != counts.end()) {
            ranked.push_back({acoustic + prior_weight * std::log(at->second / total), acoustic, labels});
        }
    }
    std::sort(ranked.begin(), ranked.end(), [](const Scored& a, const Scored& b) { return a.score > b.score; });
    return ranked;
}

std::vector<float> scores_of(const ctc::Decoded& decoded, std::size_t line) {
    const auto first = decoded.scores.begin();
    return {first + decoded.line_offsets[line], first + decoded.line_offsets[line + 1]};
}

void check_line(const ctc::Decoded& decoded, std::size_t line, const std::vector<Scored>& ranked, std::size_t n_best) {
    const auto begin = static_cast<std::size_t>(decoded.line_offsets[line]);
    const auto count = static_cast<std::size_t>(decoded.line_offsets[line + 1]) - begin;
    require(decoded.proved[line] == 1, "a search without a budget is proved");
    require(count == std::min(ranked.size(), n_best), "there are as many hypotheses as are possible");
    for (std::size_t rank = 0; rank < count; ++rank) {
        const ctc::HypothesisView found = decoded[begin + rank];
        const oracle::Labels labels = fuzz::labels_of(found);
        const auto own =
            std::find_if(ranked.begin(), ranked.end(), [&](const Scored& each) { return each.labels == labels; });
        require(own != ranked.end(), "a hypothesis is an entry that is possible");
        require(fuzz::near(found.score, own->score), "its score is its own");
        require(fuzz::near(found.acoustic_score, own->acoustic_score), "its acoustic score is its own");
        require(fuzz::near(found.score, ranked[rank].score), "no entry left out is better");
        require(rank == 0 || found.score <= decoded[begin + rank - 1].score, "the best comes first");
        require(rank == 0 || found.score < decoded[begin + rank - 1].score ||
                    fuzz::labels_of(decoded[begin + rank - 1]) < labels,
                "equal scores go to the lowest labels");
    }
}

/// Whether a line of these entries is rejected; near the limit, and where the best two tie, either is right.
void check_rejection(const ctc::Decoded& strict, const ctc::Decoded& free, std::size_t line,
                     const std::vector<Scored>& ranked, double floor) {
    const bool is_near = !ranked.empty() && std::abs(ranked[0].acoustic_score - floor) <= 2 * oracle::tolerance(floor);
    const bool is_tied = ranked.size() > 1 && fuzz::near(ranked[0].score, ranked[1].score);
    if (is_near || is_tied) {
        return;
    }
    const bool is_kept = !ranked.empty() && ranked[0].acoustic_score >= floor;
    require(scores_of(strict, line) == (is_kept ? scores_of(free, line) : std::vector<float>{}),
            "a line is rejected where its best entry is too far below greedy's labelling, and only there");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Bytes bytes(data, size);
    const ctc::LexiconSearchOptions options{.n_best = static_cast<std::int64_t>(bytes.in(1, 6)),
                                            .prior_weight = 0.5 * static_cast<double>(bytes.in(0, 3)),
                                            .column_bytes = 64 * bytes.in(0, 20),
                                            .threads = 1};
    ctc::LexiconSearchOptions limited = options;
    limited.budget = static_cast<std::int64_t>(bytes.in(1, 20));
    ctc::LexiconSearchOptions strict = options;
    strict.reject_below = static_cast<double>(bytes.in(0, 20));
    Entries entries = entries_of(bytes);
    const oracle::Batch batch = fuzz::batch_of(bytes);
    if (batch.labels < 2) {
        return 0;  // there is no label but the blank
    }
    fit(entries, batch);
    const ctc::Lexicon lexicon = entries.lexicon();
    ctc::Decoded free;
    if (!fuzz::decodes(batch, [&] { free = ctc::lexicon_search(batch.view(), lexicon.view(), options); })) {
        return 0;
    }
    const ctc::Decoded stopped = ctc::lexicon_search(batch.view(), lexicon.view(), limited);
    const ctc::Decoded rejecting = ctc::lexicon_search(batch.view(), lexicon.view(), strict);
    const ctc::Decoded greedily = ctc::greedy(batch.view(), {.rescore = true});
    for (std::size_t line = 0; line < batch.lines; ++line) {
        const std::vector<Scored> ranked = rank(batch, line, entries, options.prior_weight);
        check_line(free, line, ranked, static_cast<std::size_t>(options.n_best));
        require(stopped.proved[line] == 0 || scores_of(stopped, line) == scores_of(free, line),
                "what is proved within a budget holds");
        const double floor = static_cast<double>(greedily.scores[line]) - strict.reject_below;
        check_rejection(rejecting, free, line, ranked, floor);
    }
    return 0;
}
