/// Ending a search before its time.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>

namespace ocrkit::ctc {

class Pulse;

/// What a search throws that was told to end.
struct Interrupted : std::exception {
    const char* what() const noexcept override { return "the search was interrupted"; }
};

/// For as long as it lives, searches that this thread calls ask every 0.05 s or so whether to end, on this thread alone
/// however many they use, and end with Interrupted where `is_wanted` says so or another thread has called `end`.
class Interruption {
   public:
    explicit Interruption(std::function<bool()> is_wanted);
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// Lets the search end, from any thread.
    void end() { ended_.store(true, std::memory_order_relaxed); }

   private:
    std::function<bool()> is_wanted_;
    std::atomic<bool> ended_{false};
    std::unique_ptr<Pulse> before_;   // what this one stands in for
};

}  // namespace ocrkit::ctc
