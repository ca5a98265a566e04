/// What the binding files share: one registration function a topic, and pictures at the border.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <stdexcept>
#include <utility>

#include "picture.hpp"

namespace ocrkit::bindings {

namespace py = pybind11;

/// A picture as it comes: rows one behind another, copied where they do not lie so.
using Grey = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>;

/// The pixels where they lie; valid while the array lives.
inline drawing::View view_of(const Grey& picture) {
    if (picture.ndim() != 2 || picture.size() == 0) {
        throw std::invalid_argument("a picture is a (height, width) array of at least one pixel");
    }
    return {picture.data(), static_cast<std::size_t>(picture.shape(0)), static_cast<std::size_t>(picture.shape(1))};
}

/// A second picture, which must be as large as the first.
inline drawing::View view_of(const Grey& picture, drawing::View like) {
    const drawing::View view = view_of(picture);
    if (view.height != like.height || view.width != like.width) {
        throw std::invalid_argument("the two pictures differ in size");
    }
    return view;
}

/// A NumPy array that owns the picture's memory.
py::array array_of(drawing::Picture&& picture);

/// The picture that `make` makes while other threads run.
template <class Make>
py::array made(Make make) {
    drawing::Picture picture;
    {
        const py::gil_scoped_release released;
        picture = make();
    }
    return array_of(std::move(picture));
}

void bind_chance(py::module_& module);
void bind_measures(py::module_& module);
void bind_points(py::module_& module);
void bind_shapes(py::module_& module);
void bind_two_levels(py::module_& module);
void bind_files(py::module_& module);
void bind_forme(py::module_& module);

}  // namespace ocrkit::bindings
