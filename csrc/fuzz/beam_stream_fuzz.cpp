/// A stream, with a language model or without, against the search of the whole line, however its frames are cut; frames
/// that are nonsense leave it as it was.
#include "ocrkit/ctc/beam_stream.hpp"

#include <array>

#include "bigrams.hpp"
#include "fuzz.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

constexpr std::array<ctc::NgramModel::Unit, 4> kUnits{3, 4, 3, 4};   // a, b, ab, nothing
constexpr std::array<std::int64_t, 5> kOffsets{0, 1, 2, 4, 4};

/// The line of the batch's frames begin..end-1.
oracle::Batch part(const oracle::Batch& batch, std::size_t begin, std::size_t end) {
    oracle::Batch line{
        .lines = 1, .frames = end - begin, .labels = batch.labels, .values = {}, .lengths = {}, .blank = batch.blank};
    const auto values = batch.values.begin();
    line.values.assign(values + static_cast<std::ptrdiff_t>(begin * batch.labels),
                       values + static_cast<std::ptrdiff_t>(end * batch.labels));
    return line;
}

void require_same(const ctc::Decoded& one, const ctc::Decoded& other) {
    require(one.labels == other.labels && one.label_offsets == other.label_offsets, "the labels are the whole's");
    require(one.scores == other.scores && one.acoustic_scores == other.acoustic_scores, "the scores are the whole's");
    require(one.frames == other.frames && one.confidences == other.confidences, "the labels stand as in the whole");
    require(one.proved == other.proved, "as much is proved as of the whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ctc::NgramModel ngrams(oracle::kBigrams);
    fuzz::Bytes bytes(data, size);
    const ctc::BeamSearchOptions options{
        .beam_width = static_cast<std::int64_t>(bytes.in(1, 9)),
        .n_best = static_cast<std::int64_t>(bytes.in(1, 4)),
        .token_cut = static_cast<double>(bytes.in(0, 4)) / 8.0,
        .threads = 1,
    };
    const bool weighed = bytes.in(0, 1) == 1;
    const double bonus = static_cast<double>(bytes.in(0, 8)) / 4.0 - 1.0;
    // The frames of all lines, one after another.
    const oracle::Batch batch = fuzz::batch_of(bytes);
    const std::size_t frames = batch.lines * batch.frames;
    const ctc::TextModel model{.ngrams = weighed ? &ngrams : nullptr,
                               .label_units = kUnits,
                               .label_offsets = std::span(kOffsets).first(batch.labels + 1),
                               .weight = 0.5,
                               .bonus = bonus};
    ctc::BeamStream stream(static_cast<std::int64_t>(batch.labels), batch.blank, options, model);
    oracle::Batch taken = part(batch, 0, 0);
    for (std::size_t begin = 0; begin < frames;) {
        const std::size_t end = std::min(frames, begin + bytes.in(0, 3) + 1);
        const oracle::Batch piece = part(batch, begin, end);
        if (fuzz::decodes(piece, [&] { stream.push(piece.view()); })) {
            taken.values.insert(taken.values.end(), piece.values.begin(), piece.values.end());
            taken.frames += piece.frames;
        }
        begin = end;
    }
    require(stream.frames() == static_cast<std::int64_t>(taken.frames), "what was refused was not taken");
    const ctc::TextSearchOptions with_model{.beam_width = options.beam_width,
                                            .n_best = options.n_best,
                                            .token_cut = options.token_cut,
                                            .threads = 1,
                                            .model = model};
    require_same(stream.decoded(options.n_best), weighed ? ctc::beam_search_with_model(taken.view(), with_model)
                                                         : ctc::beam_search(taken.view(), options));
    return 0;
}
