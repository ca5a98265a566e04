#include "measures.hpp"

#include "bindings.hpp"

namespace ocrkit::bindings {

void bind_measures(py::module_& module) {
    module.def(
        "levels",
        [](const Grey& picture) {
            const drawing::Levels greys = drawing::levels(view_of(picture));
            return py::make_tuple(greys.ink, greys.paper);
        },
        py::arg("picture"));
    module.def(
        "ink_box",
        [](const Grey& picture) -> py::object {
            const drawing::View view = view_of(picture);
            const auto box = drawing::ink_box(view, drawing::levels(view));
            if (!box) return py::none();
            return py::make_tuple(box->top, box->bottom, box->left, box->right);
        },
        py::arg("picture"));
    module.def(
        "letters",
        [](const Grey& picture) {
            const drawing::View view = view_of(picture);
            const drawing::Levels greys = drawing::levels(view);
            const drawing::Letters letters = drawing::letters(view, greys);
            return py::make_tuple(letters.height, letters.ink_share, greys.ink, greys.paper);
        },
        py::arg("picture"));
    module.def(
        "stroke_width",
        [](const Grey& picture) {
            const drawing::View view = view_of(picture);
            return drawing::stroke_width(view, drawing::levels(view));
        },
        py::arg("picture"));
}

}  // namespace ocrkit::bindings
