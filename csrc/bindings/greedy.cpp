#include "ocrkit/ctc/greedy.hpp"

#include "bindings.hpp"
#include "searching.hpp"

namespace ocrkit::bindings {

void bind_greedy(py::module_& module) {
    module.def(
        "greedy",
        [](const py::array& log_probs, const Lengths& lengths, std::int64_t blank, bool rescore, int threads) {
            const ctc::EmissionsView view = view_of(log_probs, lengths, blank);
            return arrays_of(without_lock([&] {
                return ctc::greedy(view, {.rescore = rescore, .threads = threads});
            }));
        },
        py::arg("log_probs"), py::arg("lengths"), py::arg("blank"), py::arg("rescore"), py::arg("threads"));
}

}  // namespace ocrkit::bindings
