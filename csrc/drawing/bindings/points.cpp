#include "points.hpp"

#include <algorithm>
#include <cmath>

#include "bindings.hpp"
#include "soften.hpp"

namespace ocrkit::bindings {

namespace {

using Signed = py::array_t<std::int8_t>;

drawing::Noise noise_of(const Signed& noise, drawing::View picture, std::size_t along = 1) {
    if (noise.ndim() != 2 || static_cast<std::size_t>(noise.shape(0)) != picture.height ||
        static_cast<std::size_t>(noise.shape(1)) * along < picture.width) {
        throw std::invalid_argument("the noise differs from the picture in size");
    }
    return {noise.data(), noise.strides(0), noise.strides(1), picture.height, static_cast<std::size_t>(noise.shape(1))};
}

drawing::Table table_of(const Grey& table) {
    if (table.ndim() != 1 || table.size() != 256) throw std::invalid_argument("a table has 256 greys");
    drawing::Table copy;
    std::copy_n(table.data(), copy.size(), copy.begin());
    return copy;
}

void check_deviation(double deviation) {
    if (!(std::abs(deviation) < 1e5)) throw std::invalid_argument("a deviation is below 100,000 px");
}

void bind_by_table(py::module_& module, const char* name,
                   drawing::Picture (*function)(drawing::View, drawing::View, const drawing::Table&)) {
    module.def(
        name,
        [function](const Grey& picture, const Grey& other, const Grey& table) {
            const drawing::View view = view_of(picture);
            const drawing::View second = view_of(other, view);
            return made([&, greys = table_of(table)] { return function(view, second, greys); });
        },
        py::arg("picture"), py::arg("other"), py::arg("table"));
}

void bind_by_share(py::module_& module, const char* name,
                   drawing::Picture (*function)(drawing::View, drawing::View, float)) {
    module.def(
        name,
        [function](const Grey& picture, const Grey& other, float share) {
            const drawing::View view = view_of(picture);
            const drawing::View second = view_of(other, view);
            return made([&] { return function(view, second, share); });
        },
        py::arg("picture"), py::arg("other"), py::arg("share"));
}

void bind_by_noise(py::module_& module, const char* name,
                   drawing::Picture (*function)(drawing::View, drawing::Noise, float)) {
    module.def(
        name,
        [function](const Grey& picture, const Signed& noise, float amount) {
            const drawing::View view = view_of(picture);
            const drawing::Noise rough = noise_of(noise, view);
            return made([&] { return function(view, rough, amount); });
        },
        py::arg("picture"), py::arg("noise"), py::arg("amount"));
}

}  // namespace

void bind_points(py::module_& module) {
    module.def(
        "soften",
        [](const Grey& picture, double deviation) {
            check_deviation(deviation);
            const drawing::View view = view_of(picture);
            return made([&] { return drawing::soften(view, deviation); });
        },
        py::arg("picture"), py::arg("deviation"));
    module.def(
        "curve",
        [](double ink, double paper, double middle, double width) {
            const drawing::Table table = drawing::curve(ink, paper, middle, width);
            return py::array_t<std::uint8_t>(table.size(), table.data());
        },
        py::arg("ink"), py::arg("paper"), py::arg("middle"), py::arg("width"));
    module.def(
        "looked_up",
        [](const Grey& picture, const Grey& table) {
            const drawing::View view = view_of(picture);
            return made([&, greys = table_of(table)] { return drawing::looked_up(view, greys); });
        },
        py::arg("picture"), py::arg("table"));
    bind_by_table(module, "darkened", drawing::darkened);
    bind_by_table(module, "lightened", drawing::lightened);
    bind_by_table(module, "lit", drawing::lit);
    bind_by_share(module, "blended", drawing::blended);
    bind_by_share(module, "sharpened", drawing::sharpened);
    bind_by_noise(module, "with_noise", drawing::with_noise);
    bind_by_noise(module, "bared", drawing::bared);
    module.def(
        "textured",
        [](const Grey& picture, const Signed& noise, float amount, const Signed& fibres, float along, float shade) {
            const drawing::View view = view_of(picture);
            const drawing::Noise fine = noise_of(noise, view);
            const drawing::Noise coarse = noise_of(fibres, view, 3);
            return made([&] { return drawing::textured(view, fine, amount, coarse, along, shade); });
        },
        py::arg("picture"), py::arg("noise"), py::arg("amount"), py::arg("fibres"), py::arg("along"), py::arg("shade"));
    module.def(
        "roughly_above",
        [](const Grey& picture, const Signed& noise, float amount, float threshold) {
            const drawing::View view = view_of(picture);
            const drawing::Noise rough = noise_of(noise, view);
            return made([&] { return drawing::roughly_above(view, rough, amount, threshold); });
        },
        py::arg("picture"), py::arg("noise"), py::arg("amount"), py::arg("threshold"));
    module.def(
        "paled",
        [](const Grey& picture, const Grey& hills, int paper, float amount) {
            const drawing::View view = view_of(picture);
            const drawing::View heights = view_of(hills, view);
            return made([&] { return drawing::paled(view, heights, paper, amount); });
        },
        py::arg("picture"), py::arg("hills"), py::arg("paper"), py::arg("amount"));
}

}  // namespace ocrkit::bindings
