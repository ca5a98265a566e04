#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "components.hpp"
#include "depth.hpp"
#include "raster.hpp"

namespace py = pybind11;

namespace ocrkit::bindings {

namespace {

/// A page as it comes: rows one behind another, copied where they do not lie so.
using Grey = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>;
using Table = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;

constexpr std::size_t kLargest = std::size_t{1} << 20;  // px of a side of a raster

ink::Page page_of(const Grey& picture) {
    if (picture.ndim() != 2 || picture.size() == 0) {
        throw std::invalid_argument("a page is a (height, width) array of at least one pixel");
    }
    return {picture.data(), static_cast<std::size_t>(picture.shape(0)), static_cast<std::size_t>(picture.shape(1))};
}

/// An array of `columns` numbers a row that owns the memory of what it shows.
template <class Number, class Value>
py::array_t<Number> array_of(std::vector<Value>&& values, std::size_t rows, std::size_t columns) {
    auto owned = std::make_unique<std::vector<Value>>(std::move(values));
    std::vector<Value>* const pointer = owned.get();
    const py::capsule owner(pointer, [](void* held) { delete static_cast<std::vector<Value>*>(held); });
    owned.release();
    return py::array_t<Number>({rows, columns}, reinterpret_cast<const Number*>(pointer->data()), owner);
}

py::tuple depth(const Grey& picture, double least) {
    const ink::Page page = page_of(picture);
    ink::Depth found;
    {
        const py::gil_scoped_release released;
        found = ink::depth_of(page, least);
    }
    const py::array_t<std::uint64_t> counts(found.counts.size(), found.counts.data());
    return py::make_tuple(array_of<std::uint8_t>(std::move(found.pixels), page.height, page.width), counts);
}

py::tuple components(const Grey& depths, std::uint8_t edge, std::uint8_t core, std::size_t most) {
    if (edge == 0) throw std::invalid_argument("ink is deeper than 0");
    const ink::Page page = page_of(depths);
    ink::Components found;
    {
        const py::gil_scoped_release released;
        found = ink::components_of(page, edge, core, most);
    }
    const std::size_t runs = found.runs.size();
    const std::size_t count = found.components.size();
    return py::make_tuple(array_of<std::int32_t>(std::move(found.runs), runs, 4),
                          array_of<std::int32_t>(std::move(found.components), count, 6));
}

py::array_t<float> raster(const Table& runs, const Grey& counts, const std::array<double, 6>& place, std::size_t height,
                          std::size_t width) {
    if (runs.ndim() != 2 || runs.shape(1) != 4) throw std::invalid_argument("runs are a (runs, 4) array");
    if (counts.ndim() != 1) throw std::invalid_argument("counts are a number a component");
    if (height == 0 || width == 0 || height > kLargest || width > kLargest) {
        throw std::invalid_argument("a raster has 1 to 2^20 px a side");
    }
    const std::span<const ink::Run> rows(reinterpret_cast<const ink::Run*>(runs.data()),
                                         static_cast<std::size_t>(runs.shape(0)));
    const std::span<const std::uint8_t> kept(counts.data(), static_cast<std::size_t>(counts.size()));
    for (const ink::Run& run : rows) {
        if (run.component < 0 || static_cast<std::size_t>(run.component) >= kept.size()) {
            throw std::invalid_argument("a run is of a component without a number");
        }
    }
    std::vector<float> laid;
    {
        const py::gil_scoped_release released;
        laid = ink::raster_of(rows, kept, place, height, width);
    }
    return array_of<float>(std::move(laid), height, width);
}

}  // namespace

}  // namespace ocrkit::bindings

PYBIND11_MODULE(_ink, module) {
    using namespace ocrkit::bindings;
    module.doc() = "Loops over the pixels of pages; ocrkit.segmentation says what they are for.";
    module.def("depth", depth, py::arg("picture"), py::arg("least"));
    module.def("components", components, py::arg("depths"), py::arg("edge"), py::arg("core"), py::arg("most"));
    module.def("raster", raster, py::arg("runs"), py::arg("counts"), py::arg("place"), py::arg("height"),
               py::arg("width"));
}
