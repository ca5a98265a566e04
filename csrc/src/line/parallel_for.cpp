#include "line/parallel_for.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "line/pulse.hpp"
#include "ocrkit/ctc/interruption.hpp"

namespace ocrkit::ctc {

namespace {

/// What the threads of one call share: the next item, and the failure of the lowest item that failed.
class Items {
   public:
    explicit Items(std::int64_t count) : count_(count) {}

    void work(const std::function<Worker()>& make_worker) noexcept {
        std::int64_t item = -1;  // a worker that cannot be made fails before any item
        try {
            const Worker worker = make_worker();
            // Items are taken in ascending order, so when one fails all lower ones are in hand and will be finished.
            while ((item = next_.fetch_add(1)) < count_ && item < failed_.load()) {
                worker(item);
            }
        } catch (...) {
            fail(item, std::current_exception());
        }
    }

    /// As another thread than the caller's, which may wait for it.
    void work_for(const Pulse& caller, const std::function<Worker()>& make_worker) noexcept {
        pulse() = Pulse::following(caller);
        work(make_worker);
        const std::lock_guard lock(mutex_);
        ++workers_done_;
        one_is_done_.notify_one();
    }

    /// Waits for the other threads to end, and asks meanwhile whether they are to.
    void wait_for(std::size_t workers) {
        std::unique_lock lock(mutex_);
        bool is_listening = pulse().is_listening();
        while (workers_done_ < workers) {
            if (!is_listening) {
                one_is_done_.wait(lock);
                continue;
            }
            one_is_done_.wait_until(lock, std::chrono::system_clock::now() + Pulse::kInterval);
            lock.unlock();
            try {
                pulse().look();
            } catch (const Interrupted&) {
                is_listening = false;   // the others see it too, and end
                fail(-1, std::current_exception());
            }
            lock.lock();
        }
    }

    void rethrow() const {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

   private:
    void fail(std::int64_t item, std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (item < failed_.load()) {
            failed_.store(item);
            failure_ = std::move(failure);
        }
    }

    const std::int64_t count_;
    std::atomic<std::int64_t> next_{0};
    std::atomic<std::int64_t> failed_{std::numeric_limits<std::int64_t>::max()};
    std::mutex mutex_;
    std::condition_variable one_is_done_;
    std::size_t workers_done_ = 0;
    std::exception_ptr failure_;
};

}  // namespace

int thread_count(int threads, std::int64_t items) {
    if (threads < 0) {
        throw OptionError("threads is " + std::to_string(threads) + "; it is a number of threads, or 0 for one a core");
    }
    const auto wanted = threads == 0 ? static_cast<std::int64_t>(std::thread::hardware_concurrency()) : threads;
    return static_cast<int>(std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(items, 1)));
}

void parallel_for(std::int64_t items, int threads, const std::function<Worker()>& make_worker) {
    const int count = thread_count(threads, items);
    Items shared(items);
    const Pulse caller = pulse();
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(count - 1));
    try {
        for (int i = 1; i < count; ++i) {
            others.emplace_back([&shared, &make_worker, &caller] { shared.work_for(caller, make_worker); });
        }
    } catch (const std::system_error&) {
        // The system gives no more threads: those that there are do all the work.
    }
    shared.work(make_worker);
    shared.wait_for(others.size());
    for (std::thread& other : others) {
        other.join();
    }
    shared.rethrow();
}

std::vector<std::int64_t> chunk_ends(std::int64_t items, std::int64_t least, int threads) {
    std::vector<std::int64_t> ends;
    for (std::int64_t end = 0; end < items;) {
        const std::int64_t share = (items - end) / (std::int64_t{4} * threads);
        end += std::clamp<std::int64_t>(share, std::min(least, items - end), items - end);
        ends.push_back(end);
    }
    return ends;
}

Decoded decode_lines(std::int64_t lines, int threads, const std::function<LineDecoder()>& make_decoder,
                     std::int64_t least) {
    const int count = thread_count(threads, lines / least);
    const std::vector<std::int64_t> ends = chunk_ends(lines, least, count);
    const auto decode = [](const LineDecoder& decoder, std::int64_t begin, std::int64_t end) {
        Decoded out;
        out.reserve_lines(static_cast<std::size_t>(end - begin));
        for (std::int64_t line = begin; line < end; ++line) {
            decoder(line, out);
        }
        return out;
    };
    if (count == 1) {
        return decode(make_decoder(), 0, lines);
    }
    std::vector<Decoded> parts(ends.size());
    parallel_for(static_cast<std::int64_t>(ends.size()), count, [&]() -> Worker {
        return [&, decoder = make_decoder()](std::int64_t chunk) {
            const auto number = static_cast<std::size_t>(chunk);
            // Moved when it is whole: threads that grow parts side by side would share their cache lines.
            parts[number] = decode(decoder, number == 0 ? 0 : ends[number - 1], ends[number]);
        };
    });
    Decoded whole;
    whole.reserve_lines(static_cast<std::size_t>(lines));
    for (const Decoded& part : parts) {
        whole.extend(part);
    }
    return whole;
}

}  // namespace ocrkit::ctc
