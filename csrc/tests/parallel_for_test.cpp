#include "line/parallel_for.hpp"

#include <atomic>

#include "check.hpp"

using namespace ocrkit::ctc;

TEST(every_item_is_worked_on_once) {
    for (const int threads : {0, 1, 2, 8}) {
        std::vector<int> seen(1000, 0);
        parallel_for(1000, threads, [&]() -> Worker {
            return [&](std::int64_t item) { ++seen[static_cast<std::size_t>(item)]; };
        });
        CHECK(seen == std::vector<int>(1000, 1));
    }
}

TEST(nothing_to_do_is_done) {
    parallel_for(0, 4, []() -> Worker { return [](std::int64_t) { CHECK(false); }; });
    CHECK(decode_lines(0, 4, []() -> LineDecoder { return {}; }).lines() == 0);
}

TEST(the_first_failure_in_order_is_the_one_reported) {
    for (int repeat = 0; repeat < 50; ++repeat) {
        const auto fail_at_many = [] {
            parallel_for(100, 8, []() -> Worker {
                return [](std::int64_t item) {
                    if (item >= 37) {
                        throw EmissionsError("item " + std::to_string(item));
                    }
                };
            });
        };
        CHECK_THROWS(EmissionsError, fail_at_many(), "item 37");
    }
}

TEST(a_worker_that_cannot_be_made_is_reported) {
    const auto fail = [] { parallel_for(9, 3, []() -> Worker { throw OptionError("no memory for it"); }); };
    CHECK_THROWS(OptionError, fail(), "no memory for it");
}

TEST(chunks_shrink_towards_the_end_and_leave_nothing_out) {
    for (const std::int64_t items : {0, 1, 5, 64, 1000}) {
        for (const std::int64_t least : {1, 4, 2000}) {
            std::int64_t begin = 0;
            std::int64_t before = items;
            for (const std::int64_t end : chunk_ends(items, least, 2)) {
                CHECK(end - begin >= std::min(least, items - begin) && end - begin <= before);
                before = end - begin;
                begin = end;
            }
            CHECK(begin == items);
        }
    }
    CHECK((chunk_ends(1000, 1, 2).front() == 125));
}

TEST(few_lines_are_not_worth_a_thread) {
    std::atomic<int> made{0};
    const auto decode = [&](std::int64_t least) {
        decode_lines(100, 4, [&]() -> LineDecoder {
            ++made;
            return [](std::int64_t, Decoded& out) { out.end_line(false); };
        }, least);
        return made.exchange(0);
    };
    CHECK(decode(101) == 1);
    CHECK(decode(50) == 2);
    CHECK(decode(1) == 4);
}

TEST(lines_come_back_in_order) {
    const auto numbered = [](int threads) {
        return decode_lines(500, threads, []() -> LineDecoder {
            return [](std::int64_t line, Decoded& out) {
                out.add({.labels = {}, .frames = {}, .confidences = {}, .score = static_cast<double>(line)});
                out.end_line(line % 2 == 0);
            };
        });
    };
    const Decoded many = numbered(8);
    CHECK(many.scores == numbered(1).scores);
    CHECK(many.scores[499] == 499.0F);
    CHECK(many.proved[498] == 1);
}

TEST(the_number_of_threads_is_bounded) {
    CHECK(thread_count(8, 3) == 3);
    CHECK(thread_count(2, 100) == 2);
    CHECK(thread_count(0, 1) == 1);
    CHECK(thread_count(5, 0) == 1);
    CHECK_THROWS(OptionError, thread_count(-1, 1), "threads is -1");
}
