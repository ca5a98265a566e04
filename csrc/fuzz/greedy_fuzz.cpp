#include "fuzz.hpp"
#include "ocrkit/ctc/greedy.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

/// The best path, ties to the lowest label, and its score.
std::pair<oracle::Labels, double> best_path(const oracle::Batch& batch, std::size_t line) {
    oracle::Labels path;
    double score = 0.0;
    for (std::size_t t = 0; t < batch.length(line); ++t) {
        ctc::Label best = 0;
        for (ctc::Label label = 1; label < static_cast<ctc::Label>(batch.labels); ++label) {
            best = batch.at(line, t, label) > batch.at(line, t, best) ? label : best;
        }
        path.push_back(best);
        score += static_cast<double>(batch.at(line, t, best));
    }
    return {path, score};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Bytes bytes(data, size);
    const int threads = static_cast<int>(bytes.in(1, 2));
    const bool rescore = bytes.in(0, 1) == 1;
    const oracle::Batch batch = fuzz::batch_of(bytes);
    ctc::Decoded decoded;
    if (!fuzz::decodes(batch, [&] { decoded = ctc::greedy(batch.view(), {.rescore = rescore, .threads = threads}); })) {
        return 0;
    }
    require(decoded.lines() == batch.lines && decoded.hypotheses() == batch.lines, "one hypothesis a line");
    for (std::size_t line = 0; line < batch.lines; ++line) {
        const auto [path, path_score] = best_path(batch, line);
        const oracle::Labels labels = oracle::collapse(path, batch.blank);
        require(fuzz::labels_of(decoded[line]) == labels, "the labels are the best path's");
        const double score = rescore ? oracle::labellings(batch, line).at(labels) : path_score;
        require(fuzz::near(decoded[line].score, score), "the score is the path's, or the labelling's");
        for (std::size_t i = 0; i < labels.size(); ++i) {
            require(path[static_cast<std::size_t>(decoded[line].frames[i])] == labels[i], "frames are on the path");
        }
    }
    return 0;
}
