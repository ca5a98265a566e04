#include "two_levels.hpp"

#include "bindings.hpp"
#include "jpeg.hpp"
#include "png.hpp"

namespace ocrkit::bindings {

namespace {

void bind_by_thresholds(py::module_& module, const char* name, drawing::Picture (*function)(drawing::View, drawing::View)) {
    module.def(
        name,
        [function](const Grey& picture, const Grey& thresholds) {
            const drawing::View view = view_of(picture);
            const drawing::View second = view_of(thresholds, view);
            return made([&] { return function(view, second); });
        },
        py::arg("picture"), py::arg("thresholds"));
}

}  // namespace

void bind_two_levels(py::module_& module) {
    bind_by_thresholds(module, "above", drawing::above);
    bind_by_thresholds(module, "quarters_above", drawing::quarters_above);
    bind_by_thresholds(module, "margins", drawing::margins);
    module.def("otsu", [](const Grey& picture) { return drawing::otsu(view_of(picture)); }, py::arg("picture"));
    module.def(
        "sauvola",
        [](const Grey& picture, std::uint32_t reach, float offset, float least, float most) {
            const drawing::View view = view_of(picture);
            if (reach > 1 << 16) throw std::invalid_argument("a reach is below 2^16 px");
            if (!(least >= 0 && least <= most && most <= 255)) throw std::invalid_argument("thresholds are 0 to 255");
            return made([&] { return drawing::sauvola(view, reach, offset, least, most); });
        },
        py::arg("picture"), py::arg("reach"), py::arg("offset"), py::arg("least"), py::arg("most"));
}

void bind_files(py::module_& module) {
    module.def(
        "compressed",
        [](const Grey& picture, int quality) {
            const drawing::View view = view_of(picture);
            if (quality < 1 || quality > 100) throw std::invalid_argument("a quality is 1 to 100");
            return made([&] { return drawing::compressed(view, quality); });
        },
        py::arg("picture"), py::arg("quality"));
    module.def(
        "filtered_rows",
        [](const Grey& picture) {
            const drawing::View view = view_of(picture);
            return made([&] { return drawing::filtered_rows(view); });
        },
        py::arg("picture"));
}

}  // namespace ocrkit::bindings
