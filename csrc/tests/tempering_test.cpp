#include "ocrkit/ctc/tempering.hpp"

#include "check.hpp"
#include "ocrkit/ctc/beam_search.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

LabellingsView labellings_of(const Decoded& decoded) {
    return {.labels = decoded.labels,
            .frames = decoded.frames,
            .label_offsets = decoded.label_offsets,
            .line_offsets = decoded.line_offsets};
}

/// Each frame's values divided, and normalised in double.
oracle::Batch divided(const oracle::Batch& batch, double temperature) {
    oracle::Batch out = batch;
    for (std::size_t frame = 0; frame < batch.values.size() / batch.labels; ++frame) {
        double sum = 0.0;
        for (std::size_t label = 0; label < batch.labels; ++label) {
            sum += std::exp(static_cast<double>(batch.values[frame * batch.labels + label]) / temperature);
        }
        for (std::size_t label = 0; label < batch.labels; ++label) {
            const std::size_t i = frame * batch.labels + label;
            out.values[i] = static_cast<float>(static_cast<double>(batch.values[i]) / temperature - std::log(sum));
        }
    }
    return out;
}

}  // namespace

TEST(scores_and_confidences_are_those_of_the_frames_divided) {
    std::mt19937 random(11);
    oracle::Batch batch = oracle::random_batch(random, 30, 5, 4, 2.0F, false);
    for (std::size_t line = 0; line < batch.lines; ++line) {
        batch.lengths.push_back(static_cast<std::int64_t>(line % 6));
    }
    const Decoded decoded = beam_search(batch.view(), {.beam_width = 8, .n_best = 4});
    for (const double temperature : {0.4, 1.0, 3.0}) {
        const oracle::Batch expected = divided(batch, temperature);
        for (const int threads : {1, 3}) {
            const Tempered tempered =
                temper(batch.view(), labellings_of(decoded), {.temperature = temperature, .threads = threads});
            for (std::size_t line = 0; line < batch.lines; ++line) {
                const auto all = oracle::labellings(expected, line);
                for (auto h = decoded.line_offsets[line]; h < decoded.line_offsets[line + 1]; ++h) {
                    const HypothesisView found = decoded[static_cast<std::size_t>(h)];
                    const double score = all.at({found.labels.begin(), found.labels.end()});
                    CHECK_NEAR(tempered.acoustic_scores[static_cast<std::size_t>(h)], score, oracle::tolerance(score));
                    for (std::size_t i = 0; i < found.labels.size(); ++i) {
                        const float value =
                            expected.at(line, static_cast<std::size_t>(found.frames[i]), found.labels[i]);
                        const auto place =
                            static_cast<std::size_t>(decoded.label_offsets[static_cast<std::size_t>(h)]) + i;
                        CHECK_NEAR(tempered.confidences[place], std::exp(static_cast<double>(value)), 1e-5);
                    }
                }
            }
        }
    }
}

TEST(labellings_that_are_none_of_the_lines_are_refused) {
    std::mt19937 random(12);
    const oracle::Batch batch = oracle::random_batch(random, 2, 4, 3, 3.0F, true);
    const Decoded decoded = beam_search(batch.view(), {.beam_width = 8, .n_best = 2});
    const auto refused = [&](auto change) {
        Decoded other = decoded;
        change(other);
        CHECK_THROWS(OptionError, temper(batch.view(), labellings_of(other), {}), "");
    };
    CHECK(!decoded.labels.empty());
    refused([](Decoded& other) { other.labels[0] = 3; });
    refused([](Decoded& other) { other.labels[0] = 0; });
    refused([](Decoded& other) { other.labels[0] = -1; });
    refused([](Decoded& other) { other.frames[0] = 4; });
    refused([](Decoded& other) { other.frames[0] = -1; });
    refused([](Decoded& other) { other.frames.pop_back(); });
    refused([](Decoded& other) { other.label_offsets.back() += 1; });
    refused([](Decoded& other) { other.label_offsets[0] = -1; });
    refused([](Decoded& other) { other.label_offsets.clear(); });
    refused([](Decoded& other) { other.line_offsets.pop_back(); });
    refused([](Decoded& other) { other.line_offsets.clear(); });
    CHECK_THROWS(OptionError, temper(batch.view(), labellings_of(decoded), {.temperature = 0.0}), "temperature");
}
