#include "fuzz.hpp"
#include "ocrkit/ctc/beam_search.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

/// The score of greedy's labelling.
double greedy_score(const oracle::Batch& batch, std::size_t line, const std::map<oracle::Labels, double>& expected) {
    oracle::Labels path;
    for (std::size_t t = 0; t < batch.length(line); ++t) {
        ctc::Label best = 0;
        for (ctc::Label label = 1; label < static_cast<ctc::Label>(batch.labels); ++label) {
            best = batch.at(line, t, label) > batch.at(line, t, best) ? label : best;
        }
        path.push_back(best);
    }
    return expected.at(oracle::collapse(path, batch.blank));
}

void check_line(const oracle::Batch& batch, std::size_t line, const ctc::Decoded& decoded, std::size_t n_best) {
    const std::map<oracle::Labels, double> expected = oracle::labellings(batch, line);
    double best = oracle::kNothing;
    for (const auto& [labels, score] : expected) {
        best = std::max(best, score);
    }
    const auto begin = static_cast<std::size_t>(decoded.line_offsets[line]);
    const auto end = static_cast<std::size_t>(decoded.line_offsets[line + 1]);
    require(end > begin && end - begin <= n_best, "there are hypotheses, and no more than asked for");
    for (std::size_t h = begin; h < end; ++h) {
        require(fuzz::near(decoded[h].score, expected.at(fuzz::labels_of(decoded[h]))), "scores are exact");
        require(h == begin || decoded[h - 1].score >= decoded[h].score, "the best comes first");
        require(h == begin || decoded[h - 1].score > decoded[h].score ||
                    fuzz::labels_of(decoded[h - 1]) < fuzz::labels_of(decoded[h]),
                "equal scores go to the lowest labels");
    }
    const double floor = greedy_score(batch, line, expected);
    require(decoded[begin].score >= floor || fuzz::near(decoded[begin].score, floor), "never below greedy");
    if (decoded.proved[line] == 1) {
        require(fuzz::near(decoded[begin].score, best), "what is proved is the best");
        require(end - begin == std::min(n_best, expected.size()), "what is proved is complete");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Bytes bytes(data, size);
    const bool is_unbounded = bytes.in(0, 1) == 1;
    const ctc::BeamSearchOptions options{
        .beam_width = is_unbounded ? 100'000 : static_cast<std::int64_t>(bytes.in(1, 6)),
        .n_best = static_cast<std::int64_t>(bytes.in(1, 9)),
        .token_cut = is_unbounded ? 0.0 : static_cast<double>(bytes.in(0, 10)) / 10.0,
        .threads = static_cast<int>(bytes.in(1, 2)),
    };
    const oracle::Batch batch = fuzz::batch_of(bytes);
    ctc::Decoded decoded;
    if (!fuzz::decodes(batch, [&] { decoded = ctc::beam_search(batch.view(), options); })) {
        return 0;
    }
    for (std::size_t line = 0; line < batch.lines; ++line) {
        require(!is_unbounded || decoded.proved[line] == 1, "an unbounded search proves its answer");
        check_line(batch, line, decoded, static_cast<std::size_t>(options.n_best));
    }
    return 0;
}
