/// Where a search looks, now and then, whether it is to end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>

namespace ocrkit::ctc {

/// Of one thread. A search calls `beat` so often that it is never long from one to the next.
class Pulse {
   public:
    /// How long the thread that called a search goes without asking whether to end.
    static constexpr std::chrono::milliseconds kInterval{50};

    constexpr Pulse() = default;

    /// That of the thread which `caller` belongs to asks; this one only sees whether it is to end.
    static Pulse following(const Pulse& caller) {
        Pulse pulse;
        pulse.ended_ = caller.ended_;
        return pulse;
    }

    static Pulse asking(const std::function<bool()>& is_wanted, std::atomic<bool>& ended) {
        Pulse pulse;
        pulse.is_wanted_ = &is_wanted;
        pulse.ended_ = &ended;
        pulse.next_ = std::chrono::steady_clock::now() + kInterval;
        return pulse;
    }

    /// After work of about so many nanoseconds; seldom more than an addition. Throws Interrupted where the search is to
    /// end.
    void beat(std::size_t nanoseconds) {
        since_ += nanoseconds;
        if (since_ >= kPatience) {
            look();
        }
    }

    /// Looks at once.
    void look();

    /// Whether anyone may end the search.
    bool is_listening() const { return ended_ != nullptr; }

   private:
    static constexpr std::size_t kPatience = 100'000;   // nanoseconds of work, against some 30 to look at the clock

    std::size_t since_ = 0;
    const std::function<bool()>* is_wanted_ = nullptr;
    std::atomic<bool>* ended_ = nullptr;
    std::chrono::steady_clock::time_point next_{};
};

/// That of this thread.
Pulse& pulse();

}  // namespace ocrkit::ctc
