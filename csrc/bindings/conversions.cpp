#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bindings.hpp"

namespace ocrkit::bindings {

namespace {

/// A NumPy array that owns the vector's memory.
template <class T>
py::array array_of(std::vector<T>&& values, const py::dtype& dtype = py::dtype::of<T>()) {
    auto owned = std::make_unique<std::vector<T>>(std::move(values));
    std::vector<T>* const vector = owned.get();
    const py::capsule owner(vector, [](void* pointer) { delete static_cast<std::vector<T>*>(pointer); });
    owned.release();
    return py::array(dtype, static_cast<py::ssize_t>(vector->size()), vector->data(), owner);
}

}  // namespace

ctc::EmissionsView view_of(const py::array& log_probs, const Lengths& lengths, std::int64_t blank) {
    const bool is_half = log_probs.dtype().kind() == 'f' && log_probs.itemsize() == 2;
    const bool is_single = log_probs.dtype().kind() == 'f' && log_probs.itemsize() == 4;
    const bool is_brain = log_probs.dtype().kind() == 'i' && log_probs.itemsize() == 2;
    if (log_probs.ndim() != 3 || !(is_half || is_single || is_brain)) {
        throw ctc::EmissionsError("log_probs is no (lines, frames, labels) array of float32, float16 or int16");
    }
    if (log_probs.shape(2) > std::numeric_limits<ctc::Label>::max()) {
        throw ctc::EmissionsError("log_probs has " + std::to_string(log_probs.shape(2)) +
                                  " labels; at most 2147483647 can be told apart");
    }
    // A blank that no label can be stays one that no label can be.
    using Limits = std::numeric_limits<ctc::Label>;
    const auto fitting = static_cast<ctc::Label>(std::clamp<std::int64_t>(blank, Limits::min(), Limits::max()));
    ctc::EmissionsView view{.data = static_cast<const std::byte*>(log_probs.data()),
                            .dtype = is_brain ? ctc::DType::kBFloat16 : is_half ? ctc::DType::kFloat16 : ctc::DType::kFloat32,
                            .line_stride = log_probs.strides(0),
                            .frame_stride = log_probs.strides(1),
                            .label_stride = log_probs.strides(2),
                            .lines = log_probs.shape(0),
                            .frames = log_probs.shape(1),
                            .labels = log_probs.shape(2),
                            .blank = fitting};
    if (lengths && lengths->size() > 0) {
        view.lengths = {lengths->data(), static_cast<std::size_t>(lengths->size())};
    }
    return view;
}

py::tuple arrays_of(ctc::Decoded&& decoded) {
    return py::make_tuple(array_of(std::move(decoded.labels)), array_of(std::move(decoded.frames)),
                          array_of(std::move(decoded.confidences)), array_of(std::move(decoded.label_offsets)),
                          array_of(std::move(decoded.scores)), array_of(std::move(decoded.acoustic_scores)),
                          array_of(std::move(decoded.entries)), array_of(std::move(decoded.line_offsets)),
                          array_of(std::move(decoded.proved), py::dtype::of<bool>()));
}

py::array floats_of(std::vector<float>&& values) { return array_of(std::move(values)); }

}  // namespace ocrkit::bindings
