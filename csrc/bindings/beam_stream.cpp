#include "ocrkit/ctc/beam_stream.hpp"

#include <memory>

#include "bindings.hpp"
#include "searching.hpp"
#include "text_model.hpp"

namespace ocrkit::bindings {

void bind_beam_stream(py::module_& module) {
    py::class_<ctc::BeamStream>(module, "BeamStream")
        .def(py::init([](std::int64_t labels, ctc::Label blank, std::int64_t beam_width, std::int64_t n_best,
                         double token_cut, const BoundTextModel* model) {
                 const ctc::BeamSearchOptions options{
                     .beam_width = beam_width, .n_best = n_best, .token_cut = token_cut};
                 return std::make_unique<ctc::BeamStream>(labels, blank, options,
                                                          model == nullptr ? ctc::TextModel{} : model->view());
             }),
             py::arg("labels"), py::arg("blank"), py::arg("beam_width"), py::arg("n_best"), py::arg("token_cut"),
             py::arg("model"), py::keep_alive<1, 7>())
        .def(
            "push",
            [](ctc::BeamStream& stream, const py::array& log_probs, ctc::Label blank) {
                const ctc::EmissionsView view = view_of(log_probs, std::nullopt, blank);
                without_lock([&] { stream.push(view); });
            },
            py::arg("log_probs"), py::arg("blank"))
        .def("frames",
             [](ctc::BeamStream& stream) {
                 const py::gil_scoped_release release;
                 return stream.frames();
             })
        .def(
            "decoded",
            [](ctc::BeamStream& stream, std::int64_t n_best) {
                return arrays_of(without_lock([&] {
                    return stream.decoded(n_best);
                }));
            },
            py::arg("n_best"));
}

}  // namespace ocrkit::bindings
