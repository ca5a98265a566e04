#include "ocrkit/ctc/beam_stream.hpp"

#include <algorithm>

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

void check_same(const Decoded& one, const Decoded& other) {
    CHECK(one.labels == other.labels);
    CHECK(one.frames == other.frames);
    CHECK(one.confidences == other.confidences);
    CHECK(one.scores == other.scores);
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
    std::mt19937 random(43);
    const oracle::Batch batch = oracle::random_batch(random, 1, 2, 3, 1.0F, true);
    BeamStream stream(4, 0, {});
    CHECK_THROWS(EmissionsError, stream.push(batch.view()), "the frames have 3 labels; the stream has 4");
}
