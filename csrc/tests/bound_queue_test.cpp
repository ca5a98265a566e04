#include "lexicon/bound_queue.hpp"

#include <cmath>
#include <random>

#include "check.hpp"

using namespace ocrkit::ctc;

namespace {

struct Item {
    double bound = 0.0;
    int number = 0;
};

}  // namespace

TEST(all_that_is_pushed_comes_out_in_the_order_of_its_buckets) {
    std::mt19937 random(1);
    for (const double spread : {1.0, 80.0, 600.0}) {
        BoundQueue<Item> queue;
        for (int repeat = 0; repeat < 3; ++repeat) {
            queue.reset(true);
            std::vector<bool> seen(1000);
            for (int number = 0; number < 1000; ++number) {
                queue.push({std::exp(-spread * static_cast<double>(random() % 10000) / 10000.0), number});
            }
            double ceiling = queue.ceiling();
            while (!queue.empty()) {
                CHECK(queue.ceiling() <= ceiling);
                ceiling = queue.ceiling();
                const Item item = queue.pop();
                CHECK(item.bound <= ceiling);
                CHECK(item.bound >= ceiling / 1.0626 || item.bound < 1e-37);   // a bucket, 1/16 of a doubling
                CHECK(!seen[static_cast<std::size_t>(item.number)]);
                seen[static_cast<std::size_t>(item.number)] = true;
            }
            CHECK(std::count(seen.begin(), seen.end(), true) == 1000);
        }
    }
}

TEST(logarithms_come_out_highest_first) {
    BoundQueue<Item> queue;
    queue.reset(false);
    for (const double bound : {-3.0, -1e6, 0.5, -2.0}) queue.push({bound, 0});
    std::vector<double> order;
    while (!queue.empty()) {
        CHECK(queue.ceiling() == std::max(queue.ceiling(), -1e9));
        order.push_back(queue.pop().bound);
    }
    CHECK((order == std::vector<double>{0.5, -2.0, -3.0, -1e6}));
}

TEST(pushes_and_pops_may_take_turns) {
    BoundQueue<Item> queue;
    queue.reset(true);
    queue.push({0.5, 1});
    queue.push({0.9, 2});
    CHECK(queue.pop().number == 2);
    queue.push({0.7, 3});
    queue.push({1e-300, 4});
    CHECK(queue.next() == nullptr || queue.next()->number == 3);
    CHECK(queue.pop().number == 3);
    CHECK(queue.pop().number == 1);
    CHECK(queue.pop().number == 4);
    CHECK(queue.empty());
}
