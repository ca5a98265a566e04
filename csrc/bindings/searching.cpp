#include "searching.hpp"

#include <mutex>
#include <unordered_map>

namespace ocrkit::bindings {

namespace {

/// The searches that run, by Python's number of their threads.
struct Running {
    std::mutex mutex;
    std::unordered_map<unsigned long, ctc::Interruption*> searches;
};

/// Never destroyed: threads may outlive what is.
Running& running() {
    static Running& all = *new Running;
    return all;
}

/// Runs the handlers of signals that came, if this is the main thread; others have none to run. Whether one raised.
bool has_raised() {
    const py::gil_scoped_acquire lock;
    return PyErr_CheckSignals() != 0;
}

/// Only there are signals handled, and there no interpreter that shuts down takes the thread away while it waits.
bool is_main_thread() {
    const py::object main = py::module_::import("threading").attr("main_thread")().attr("ident");
    return py::cast<unsigned long>(main) == PyThread_get_thread_ident();
}

/// Whether a search ran in that thread; it ends soon.
bool interrupt_thread(unsigned long thread) {
    Running& all = running();
    const std::lock_guard lock(all.mutex);
    const auto found = all.searches.find(thread);
    if (found != all.searches.end()) {
        found->second->end();
    }
    return found != all.searches.end();
}

}  // namespace

InterruptibleCall::InterruptibleCall()
    : thread_(PyThread_get_thread_ident()),
      interruption_(is_main_thread() ? std::function<bool()>(&has_raised) : std::function<bool()>()) {
    Running& all = running();
    const std::lock_guard lock(all.mutex);
    ctc::Interruption*& of_thread = all.searches[thread_];
    before_ = of_thread;
    of_thread = &interruption_;
}

InterruptibleCall::~InterruptibleCall() {
    Running& all = running();
    const std::lock_guard lock(all.mutex);
    if (before_ == nullptr) {
        all.searches.erase(thread_);
    } else {
        all.searches[thread_] = before_;
    }
}

void raise_interrupted() {
    if (PyErr_Occurred() == nullptr) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
    }
    throw py::error_already_set();
}

void bind_searching(py::module_& module) { module.def("interrupt_thread", &interrupt_thread, py::arg("thread")); }

}  // namespace ocrkit::bindings
