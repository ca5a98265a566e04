#include "ocrkit/ctc/beam_search.hpp"

#include "bindings.hpp"
#include "searching.hpp"

namespace ocrkit::bindings {

void bind_beam_search(py::module_& module) {
    module.def(
        "beam_search",
        [](const py::array& log_probs, const Lengths& lengths, std::int64_t blank, std::int64_t beam_width,
           std::int64_t n_best, double token_cut, int threads) {
            const ctc::EmissionsView view = view_of(log_probs, lengths, blank);
            return arrays_of(without_lock([&] {
                return ctc::beam_search(
                    view,
                    {.beam_width = beam_width, .n_best = n_best, .token_cut = token_cut, .threads = threads});
            }));
        },
        py::arg("log_probs"), py::arg("lengths"), py::arg("blank"), py::arg("beam_width"), py::arg("n_best"),
        py::arg("token_cut"), py::arg("threads"));
}

}  // namespace ocrkit::bindings
