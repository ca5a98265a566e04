#include "ocrkit/ctc/interruption.hpp"

#include <thread>

#include "check.hpp"
#include "line/pulse.hpp"
#include "ocrkit/ctc/beam_search.hpp"
#include "ocrkit/ctc/beam_stream.hpp"
#include "ocrkit/ctc/greedy.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// Lines that take several times the interval, alone or together.
oracle::Batch much_work(std::size_t lines, std::size_t frames) {
    std::mt19937 random(1);
    return oracle::random_batch(random, lines, frames, 30, 1.0F, true);
}

constexpr BeamSearchOptions kWide{.beam_width = 300, .token_cut = 0.0};

BeamSearchOptions wide(int threads) {
    BeamSearchOptions options = kWide;
    options.threads = threads;
    return options;
}

}  // namespace

TEST(a_search_of_many_lines_ends_where_its_caller_wants) {
    const oracle::Batch batch = much_work(400, 60);
    for (const int threads : {1, 3}) {
        const std::thread::id caller = std::this_thread::get_id();
        bool is_callers = true;
        const Interruption interruption([&] {
            is_callers = is_callers && std::this_thread::get_id() == caller;
            return true;
        });
        CHECK_THROWS(Interrupted, beam_search(batch.view(), wide(threads)), "interrupted");
        CHECK(is_callers);
    }
}

TEST(a_search_of_one_long_line_ends_too) {
    const oracle::Batch batch = much_work(1, 20000);
    const Interruption interruption([] { return true; });
    CHECK_THROWS(Interrupted, beam_search(batch.view(), wide(1)), "interrupted");
}

TEST(a_caller_who_has_done_its_share_still_asks) {
    // One line is the other thread's, or the caller's; whoever has nothing left waits for the other.
    oracle::Batch batch = much_work(2, 20000);
    batch.lengths = {1, 20000};
    const Interruption interruption([] { return true; });
    CHECK_THROWS(Interrupted, beam_search(batch.view(), wide(2)), "interrupted");
}

TEST(a_search_that_nobody_wants_to_end_is_as_ever) {
    const oracle::Batch batch = much_work(40, 40);
    const Decoded plain = beam_search(batch.view(), wide(2));
    const Interruption interruption([] { return false; });
    CHECK(beam_search(batch.view(), wide(2)).labels == plain.labels);
}

TEST(another_thread_may_end_a_search) {
    const oracle::Batch batch = much_work(1, 20000);
    Interruption interruption({});
    std::thread other([&] { interruption.end(); });
    CHECK_THROWS(Interrupted, beam_search(batch.view(), wide(1)), "interrupted");
    other.join();
}

TEST(when_it_is_gone_the_one_before_is_asked_again) {
    const Interruption outer([] { return true; });
    {
        const Interruption inner([] { return false; });
        CHECK(!greedy(much_work(1, 5).view(), {}).scores.empty());
    }
    const oracle::Batch batch = much_work(1, 20000);
    CHECK_THROWS(Interrupted, beam_search(batch.view(), wide(1)), "interrupted");
}

TEST(a_stream_holds_the_frames_that_it_took_before) {
    const oracle::Batch batch = much_work(1, 20000);
    BeamStream stream(30, 0, kWide);
    {
        const Interruption interruption([] { return true; });
        CHECK_THROWS(Interrupted, stream.push(batch.view()), "interrupted");
    }
    oracle::Batch taken = batch;
    taken.frames = static_cast<std::size_t>(stream.frames());
    taken.values.resize(taken.frames * taken.labels);
    CHECK(taken.frames < batch.frames);
    CHECK(stream.decoded(1).labels == beam_search(taken.view(), kWide).labels);
}
