#include "ocrkit/ctc/parallel_for.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace ocrkit::ctc {

namespace {

/// What the threads of one call share: the next chunk, and the failure of the lowest chunk that failed.
class Chunks {
   public:
    Chunks(std::int64_t items, std::int64_t chunk_size) : items_(items), chunk_size_(chunk_size) {}

    void work(const std::function<ChunkWorker()>& make_worker) noexcept {
        std::int64_t chunk = -1;  // a worker that cannot be made fails before any chunk
        try {
            const ChunkWorker worker = make_worker();
            // Chunks are taken in ascending order, so when one fails all lower ones are in hand and will be finished.
            while ((chunk = next_.fetch_add(1)) * chunk_size_ < items_ && chunk < failed_chunk_.load()) {
                const std::int64_t begin = chunk * chunk_size_;
                worker(chunk, begin, std::min(begin + chunk_size_, items_));
            }
        } catch (...) {
            fail(chunk, std::current_exception());
        }
    }

    void rethrow() const {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

   private:
    void fail(std::int64_t chunk, std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (chunk < failed_chunk_.load()) {
            failed_chunk_.store(chunk);
            failure_ = std::move(failure);
        }
    }

    const std::int64_t items_;
    const std::int64_t chunk_size_;
    std::atomic<std::int64_t> next_{0};
    std::atomic<std::int64_t> failed_chunk_{std::numeric_limits<std::int64_t>::max()};
    std::mutex mutex_;
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

void parallel_for(std::int64_t items, std::int64_t chunk_size, int threads,
                  const std::function<ChunkWorker()>& make_worker) {
    const std::int64_t chunk_count = (items + chunk_size - 1) / chunk_size;
    const int count = thread_count(threads, chunk_count);
    Chunks chunks(items, chunk_size);
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(count - 1));
    try {
        for (int i = 1; i < count; ++i) {
            others.emplace_back([&] { chunks.work(make_worker); });
        }
    } catch (const std::system_error&) {
        // The system gives no more threads: those that there are do all the work.
    }
    chunks.work(make_worker);
    for (std::thread& other : others) {
        other.join();
    }
    chunks.rethrow();
}

Decoded decode_lines(std::int64_t lines, int threads, const std::function<LineDecoder()>& make_decoder) {
    Decoded whole;
    if (thread_count(threads, lines) == 1) {
        const LineDecoder decoder = make_decoder();
        for (std::int64_t line = 0; line < lines; ++line) {
            decoder(line, whole);
        }
        return whole;
    }
    // Small enough that a slow line holds nobody up, large enough that taking a chunk costs nothing.
    const std::int64_t chunk_size = std::clamp<std::int64_t>(lines / (std::int64_t{8} * thread_count(threads, lines)), 1, 64);
    std::vector<Decoded> parts(static_cast<std::size_t>((lines + chunk_size - 1) / chunk_size));
    parallel_for(lines, chunk_size, threads, [&]() -> ChunkWorker {
        return [&parts, decoder = make_decoder()](std::int64_t chunk, std::int64_t begin, std::int64_t end) {
            for (std::int64_t line = begin; line < end; ++line) {
                decoder(line, parts[static_cast<std::size_t>(chunk)]);
            }
        };
    });
    for (const Decoded& part : parts) {
        whole.extend(part);
    }
    return whole;
}

}  // namespace ocrkit::ctc
