#include "ocrkit/ctc/beam_stream.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "bigrams.hpp"
#include "check.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// Frames begin..end-1 of a batch of one line.
EmissionsView part(const EmissionsView& whole, std::int64_t begin, std::int64_t end) {
    EmissionsView view = whole;
    view.data += begin * whole.frame_stride;
    view.frames = end - begin;
    return view;
}

/// Of the four labels, 0 is the blank, and 3 is spelled "ab".
constexpr std::array<NgramModel::Unit, 4> kUnits{3, 4, 3, 4};
constexpr std::array<std::int64_t, 5> kOffsets{0, 0, 1, 2, 4};

TextModel model_of(const NgramModel& ngrams, double weight, double bonus) {
    return {.ngrams = &ngrams, .label_units = kUnits, .label_offsets = kOffsets, .weight = weight, .bonus = bonus};
}

/// One label a frame, at 0 nats; all others are `nats` below it.
oracle::Batch peaked_batch(std::mt19937& random, std::size_t frames, float nats) {
    oracle::Batch batch{.lines = 1, .frames = frames, .labels = 4, .values = {}, .lengths = {}, .blank = 0};
    for (std::size_t t = 0; t < frames; ++t) {
        const std::size_t peak = random() % 4;
        for (std::size_t label = 0; label < 4; ++label) {
            batch.values.push_back(label == peak ? 0.0F : -nats);
        }
    }
    return batch;
}

void check_same(const Decoded& one, const Decoded& other) {
    CHECK(one.labels == other.labels);
    CHECK(one.frames == other.frames);
    CHECK(one.confidences == other.confidences);
    CHECK(one.scores == other.scores);
    CHECK(one.acoustic_scores == other.acoustic_scores);
    CHECK(one.label_offsets == other.label_offsets);
    CHECK(one.proved == other.proved);
}

}  // namespace

TEST(a_stream_answers_as_the_whole_does_at_every_moment) {
    std::mt19937 random(41);
    for (int repeat = 0; repeat < 60; ++repeat) {
        const bool is_unbounded = repeat % 3 == 0;
        const BeamSearchOptions options{.beam_width = is_unbounded ? 100'000 : 6, .n_best = 3,
                                        .token_cut = is_unbounded ? 0.0 : 0.01};
        const oracle::Batch batch = oracle::random_batch(random, 1, is_unbounded ? 5 : 25, 4,
                                                         static_cast<float>(repeat % 2 == 0 ? 2 : 400), false);
        BeamStream stream(4, 0, options);
        const auto frames = static_cast<std::int64_t>(batch.frames);
        for (std::int64_t begin = 0; begin < frames;) {
            const std::int64_t end = std::min<std::int64_t>(frames, begin + static_cast<std::int64_t>(random() % 7));
            stream.push(part(batch.view(), begin, end));
            check_same(stream.decoded(3), beam_search(part(batch.view(), 0, end), options));
            begin = end;
        }
        CHECK(stream.frames() == frames);
    }
}

TEST(a_stream_with_a_model_answers_as_the_whole_does_at_every_moment) {
    std::mt19937 random(44);
    const NgramModel ngrams(oracle::kBigrams);
    for (int repeat = 0; repeat < 90; ++repeat) {
        const bool is_unbounded = repeat % 3 == 0;
        const TextModel model = model_of(ngrams, 0.25 * (repeat % 5), 0.5 * (repeat % 4) - 0.5);
        const BeamSearchOptions options{.beam_width = is_unbounded ? 100'000 : 6, .n_best = 3,
                                        .token_cut = is_unbounded ? 0.0 : 0.01};
        const TextSearchOptions whole{
            .beam_width = options.beam_width, .n_best = 3, .token_cut = options.token_cut, .model = model};
        const std::size_t length = is_unbounded ? 6 : 25;
        const oracle::Batch batch = repeat % 2 == 0 ? oracle::random_batch(random, 1, length, 4, 2.0F, false)
                                                    : peaked_batch(random, length, repeat % 4 == 1 ? 60.0F : 400.0F);
        BeamStream stream(4, 0, options, model);
        for (std::int64_t begin = 0; begin < static_cast<std::int64_t>(length);) {
            const std::int64_t end = std::min(static_cast<std::int64_t>(length),
                                              begin + static_cast<std::int64_t>(random() % 7));
            stream.push(part(batch.view(), begin, end));
            check_same(stream.decoded(3), beam_search_with_model(part(batch.view(), 0, end), whole));
            begin = end;
        }
        CHECK(stream.frames() == static_cast<std::int64_t>(length));
    }
}

TEST(a_stream_with_a_model_finds_what_brute_force_finds_at_60_nats) {
    std::mt19937 random(45);
    const NgramModel ngrams(oracle::kBigrams);
    for (int repeat = 0; repeat < 30; ++repeat) {
        const oracle::Batch batch = peaked_batch(random, 5, 60.0F);
        BeamStream stream(4, 0, {.beam_width = 100'000, .n_best = 100'000, .token_cut = 0.0},
                          model_of(ngrams, 0.5, 0.25));
        for (std::int64_t t = 0; t < 5; ++t) {
            stream.push(part(batch.view(), t, t + 1));
        }
        const Decoded decoded = stream.decoded(100'000);
        const auto expected = oracle::labellings(batch, 0);
        CHECK(decoded.hypotheses() == expected.size());
        for (std::size_t h = 0; h < decoded.hypotheses(); ++h) {
            const HypothesisView found = decoded[h];
            NgramModel::Context context = ngrams.start();
            double log_prob = 0.0;
            int units = 0;
            for (const Label label : found.labels) {
                for (std::int64_t i = kOffsets[static_cast<std::size_t>(label)];
                     i < kOffsets[static_cast<std::size_t>(label) + 1]; ++i) {
                    const NgramModel::Step step = ngrams.score(context, kUnits[static_cast<std::size_t>(i)]);
                    log_prob += step.log_prob;
                    context = step.next;
                    ++units;
                }
            }
            const double term = 0.5 * (log_prob + ngrams.end(context)) + 0.25 * units;
            const double acoustic = expected.at({found.labels.begin(), found.labels.end()});
            CHECK_NEAR(found.acoustic_score, acoustic, oracle::tolerance(acoustic));
            CHECK_NEAR(found.score, acoustic + term, oracle::tolerance(acoustic + term));
        }
        CHECK(decoded.proved[0] == 1);
    }
}

TEST(calls_from_several_threads_wait_for_each_other) {
    std::mt19937 random(46);
    const NgramModel ngrams(oracle::kBigrams);
    const oracle::Batch once = oracle::random_batch(random, 1, 1, 4, 2.0F, true);
    oracle::Batch whole = once;
    whole.frames = 80;
    whole.values.clear();
    for (std::size_t t = 0; t < whole.frames; ++t) {
        whole.values.insert(whole.values.end(), once.values.begin(), once.values.end());
    }
    const TextModel model = model_of(ngrams, 0.5, 0.0);
    BeamStream stream(4, 0, {}, model);
    const auto work = [&] {
        for (int i = 0; i < 20; ++i) {
            stream.push(once.view());
            stream.decoded(1);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back(work);
        }
    }
    check_same(stream.decoded(1), beam_search_with_model(whole.view(), {.beam_width = 16, .model = model}));
}

TEST(frames_that_are_refused_leave_the_stream_as_it_was) {
    std::mt19937 random(42);
    oracle::Batch batch = oracle::random_batch(random, 1, 6, 3, 1.0F, true);
    BeamStream stream(3, 0, {});
    stream.push(part(batch.view(), 0, 4));
    const Decoded before = stream.decoded(1);
    batch.values[5 * 3] = std::numeric_limits<float>::quiet_NaN();

    CHECK_THROWS(EmissionsError, stream.push(part(batch.view(), 4, 6)), "frame 1, label 0] is nan");
    check_same(stream.decoded(1), before);
    CHECK(stream.frames() == 4);
}

TEST(what_a_stream_cannot_be_is_refused) {
    CHECK_THROWS(EmissionsError, BeamStream(0, 0, {}), "no labels");
    CHECK_THROWS(OptionError, BeamStream(3, 3, {}), "blank is 3");
    CHECK_THROWS(OptionError, BeamStream(3, 0, {.beam_width = 0}), "beam_width is 0");
    const NgramModel ngrams(oracle::kBigrams);
    CHECK_THROWS(OptionError, BeamStream(5, 0, {}, model_of(ngrams, 0.5, 0.0)),
                 "read for a charset of 4 labels, and log_probs has 5");
    CHECK_THROWS(OptionError, BeamStream(4, 0, {}, model_of(ngrams, -0.5, 0.0)), "lm_weight is -0.5");
    std::mt19937 random(43);
    const oracle::Batch batch = oracle::random_batch(random, 1, 2, 3, 1.0F, true);
    BeamStream stream(4, 0, {});
    CHECK_THROWS(EmissionsError, stream.push(batch.view()), "the frames have 3 labels; the stream has 4");
}
