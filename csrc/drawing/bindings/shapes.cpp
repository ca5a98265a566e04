#include "shape.hpp"

#include <algorithm>
#include <cmath>

#include "bindings.hpp"
#include "resize.hpp"

namespace ocrkit::bindings {

namespace {

constexpr double kFarthest = 1e6;  // px
constexpr py::ssize_t kLargest = 1 << 24;

using Places = py::array_t<double, py::array::c_style | py::array::forcecast>;

std::span<const double> places_of(const Places& places, std::size_t count) {
    const std::span<const double> span(places.data(), static_cast<std::size_t>(places.size()));
    const bool fits = places.ndim() == 1 && span.size() == count;
    if (!fits || !std::all_of(span.begin(), span.end(), [](double place) { return std::abs(place) < kFarthest; })) {
        throw std::invalid_argument("one place a row, or a column, is wanted, within a million px");
    }
    return span;
}

std::size_t side_of(py::ssize_t side) {
    if (side < 1 || side > kLargest) throw std::invalid_argument("a side is 1 px to 2^24 px");
    return static_cast<std::size_t>(side);
}

}  // namespace

void bind_shapes(py::module_& module) {
    module.def(
        "resized",
        [](const Grey& picture, py::ssize_t height, py::ssize_t width, int kernel) {
            const drawing::View view = view_of(picture);
            if (kernel < 0 || kernel > 5) throw std::invalid_argument("a kernel is 0 to 5, as Pillow numbers them");
            const std::size_t rows = side_of(height);
            const std::size_t columns = side_of(width);
            return made([&] { return drawing::resized(view, rows, columns, static_cast<drawing::Kernel>(kernel)); });
        },
        py::arg("picture"), py::arg("height"), py::arg("width"), py::arg("kernel"));
    module.def(
        "padded",
        [](const Grey& picture, py::ssize_t top, py::ssize_t bottom, py::ssize_t left, py::ssize_t right) {
            const drawing::View view = view_of(picture);
            const auto leaves = [](std::size_t side, py::ssize_t a, py::ssize_t b) {
                const auto cut = std::max<py::ssize_t>(0, -a) + std::max<py::ssize_t>(0, -b);
                return std::max(std::abs(a), std::abs(b)) < kLargest && cut < static_cast<py::ssize_t>(side);
            };
            if (!leaves(view.height, top, bottom) || !leaves(view.width, left, right)) {
                throw std::invalid_argument("at least a pixel must be left of a picture");
            }
            return made([&] { return drawing::padded(view, top, bottom, left, right); });
        },
        py::arg("picture"), py::arg("top"), py::arg("bottom"), py::arg("left"), py::arg("right"));
    module.def(
        "rows_shifted",
        [](const Grey& picture, const Places& begins, py::ssize_t width, int fill) {
            const drawing::View view = view_of(picture);
            const std::span<const double> places = places_of(begins, view.height);
            const std::size_t columns = side_of(width);
            return made([&] { return drawing::rows_shifted(view, places, columns, static_cast<std::uint8_t>(fill)); });
        },
        py::arg("picture"), py::arg("begins"), py::arg("width"), py::arg("fill"));
    module.def(
        "columns_shifted",
        [](const Grey& picture, const Places& begins, py::ssize_t height, int fill) {
            const drawing::View view = view_of(picture);
            const std::span<const double> places = places_of(begins, view.width);
            const std::size_t rows = side_of(height);
            return made([&] { return drawing::columns_shifted(view, places, rows, fill); });
        },
        py::arg("picture"), py::arg("begins"), py::arg("height"), py::arg("fill"));
}

}  // namespace ocrkit::bindings
