#include "line/pulse.hpp"

#include <utility>

#include "ocrkit/ctc/interruption.hpp"

namespace ocrkit::ctc {

namespace {

constinit thread_local Pulse this_threads_pulse;

}  // namespace

Pulse& pulse() { return this_threads_pulse; }

void Pulse::look() {
    since_ = 0;
    if (ended_ == nullptr) {
        return;
    }
    if (is_wanted_ != nullptr && *is_wanted_) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= next_) {
            if ((*is_wanted_)()) {
                ended_->store(true, std::memory_order_relaxed);
            }
            next_ = std::chrono::steady_clock::now() + kInterval;
        }
    }
    if (ended_->load(std::memory_order_relaxed)) {
        throw Interrupted();
    }
}

Interruption::Interruption(std::function<bool()> is_wanted) : is_wanted_(std::move(is_wanted)), before_(std::make_unique<Pulse>(pulse())) {
    pulse() = Pulse::asking(is_wanted_, ended_);
}

Interruption::~Interruption() { pulse() = *before_; }

}  // namespace ocrkit::ctc
