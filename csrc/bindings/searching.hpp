/// Searches without Python's lock, which Ctrl-C ends all the same.
#pragma once

#include <type_traits>

#include "bindings.hpp"
#include "ocrkit/ctc/interruption.hpp"

namespace ocrkit::bindings {

/// While it lives, what this thread searches ends when a handler of Python's raises, in the main thread, or when another
/// thread ends it by `interrupt_thread`.
class InterruptibleCall {
   public:
    InterruptibleCall();
    ~InterruptibleCall();
    InterruptibleCall(const InterruptibleCall&) = delete;
    InterruptibleCall& operator=(const InterruptibleCall&) = delete;

   private:
    unsigned long thread_;
    ctc::Interruption interruption_;
    ctc::Interruption* before_;   // of a search that a signal's handler has broken into
};

/// Python's exception for what a search threw: that of a handler, or KeyboardInterrupt where there is none.
[[noreturn]] void raise_interrupted();

/// What `call` gives, made without Python's lock.
template <class Call>
std::invoke_result_t<Call&> without_lock(Call&& call) {
    try {
        const InterruptibleCall interruptible;
        const py::gil_scoped_release release;
        return call();
    } catch (const ctc::Interrupted&) {
        raise_interrupted();
    }
}

}  // namespace ocrkit::bindings
