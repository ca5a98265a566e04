#include "ocrkit/ctc/tempering.hpp"

#include "bindings.hpp"
#include "searching.hpp"

namespace ocrkit::bindings {

namespace {

template <class T>
using Flat = py::array_t<T, py::array::c_style | py::array::forcecast>;

template <class T>
std::span<const T> span_of(const Flat<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

}  // namespace

void bind_tempering(py::module_& module) {
    module.def(
        "temper",
        [](const py::array& log_probs, const Lengths& lengths, std::int64_t blank, double temperature, int threads,
           const Flat<std::int32_t>& labels, const Flat<std::int32_t>& frames, const Flat<std::int64_t>& label_offsets,
           const Flat<std::int64_t>& line_offsets) {
            const ctc::EmissionsView view = view_of(log_probs, lengths, blank);
            const ctc::LabellingsView labellings{.labels = span_of(labels),
                                                 .frames = span_of(frames),
                                                 .label_offsets = span_of(label_offsets),
                                                 .line_offsets = span_of(line_offsets)};
            ctc::Tempered tempered = without_lock(
                [&] { return ctc::temper(view, labellings, {.temperature = temperature, .threads = threads}); });
            return py::make_tuple(floats_of(std::move(tempered.acoustic_scores)),
                                  floats_of(std::move(tempered.confidences)));
        },
        py::arg("log_probs"), py::arg("lengths"), py::arg("blank"), py::arg("temperature"), py::arg("threads"),
        py::arg("labels"), py::arg("frames"), py::arg("label_offsets"), py::arg("line_offsets"));
}

}  // namespace ocrkit::bindings
