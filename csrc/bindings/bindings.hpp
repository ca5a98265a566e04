/// What the binding files share: one registration function a topic, and the conversions at the border.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "made_objects.hpp"
#include "ocrkit/ctc/simd.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::bindings {

namespace py = pybind11;

using Lengths = std::optional<py::array_t<std::int64_t, py::array::c_style>>;

/// A view of a (B, T, V) array of float32, float16 or, as int16, bfloat16 where it lies; valid while both arrays live.
ctc::EmissionsView view_of(const py::array& log_probs, const Lengths& lengths, std::int64_t blank);

/// The nine arrays of `Decoded`, in its order, without a copy.
py::tuple arrays_of(ctc::Decoded&& decoded);

/// A NumPy array of the vector's own memory.
py::array floats_of(std::vector<float>&& values);

void bind_beam_search(py::module_& module);
void bind_beam_stream(py::module_& module);
void bind_greedy(py::module_& module);
void bind_decoded(py::module_& module);
void bind_lexicon(py::module_& module);
void bind_ngram(py::module_& module);
void bind_searching(py::module_& module);
void bind_tempering(py::module_& module);
void bind_text_search(py::module_& module);

}  // namespace ocrkit::bindings
