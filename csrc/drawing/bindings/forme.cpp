#include "forme.hpp"

#include <cmath>
#include <optional>
#include <vector>

#include "bindings.hpp"

namespace ocrkit::bindings {

namespace {

constexpr std::ptrdiff_t kFarthest = 1 << 20;  // px, of a letter or its advance; a page of a thousand such can be made

using Inkings = py::array_t<double, py::array::c_style | py::array::forcecast>;

std::ptrdiff_t within(std::ptrdiff_t place) {
    if (place < -kFarthest || place > kFarthest) throw std::invalid_argument("a place is within 2^20 px");
    return place;
}

double within(double place) {
    if (!(std::abs(place) <= static_cast<double>(kFarthest))) throw std::invalid_argument("a way is within 2^20 px");
    return place;
}

drawing::Ink ink_of(const Grey& mask, std::ptrdiff_t x, std::ptrdiff_t y) {
    if (mask.size() == 0) return {};
    return {drawing::Picture(view_of(mask)), within(x), within(y)};
}

std::vector<drawing::Type> types_of(const py::list& letters, const std::vector<std::ptrdiff_t>& shifts,
                                    const std::optional<Inkings>& inkings) {
    const std::size_t count = letters.size();
    if (!shifts.empty() && shifts.size() != count) throw std::invalid_argument("one shift a letter is wanted");
    if (inkings && (inkings->ndim() != 2 || inkings->shape(0) != 2 ||
                    static_cast<std::size_t>(inkings->shape(1)) != count)) {
        throw std::invalid_argument("inkings are (2, letters)");
    }
    std::vector<drawing::Type> types(count);
    for (std::size_t k = 0; k < count; ++k) {
        types[k].letter = &letters[k].cast<const drawing::Letter&>();
        if (!shifts.empty()) types[k].shift = within(shifts[k]);
        if (inkings) {
            types[k].word_inking = inkings->at(0, static_cast<py::ssize_t>(k));
            types[k].inking = inkings->at(1, static_cast<py::ssize_t>(k));
        }
    }
    return types;
}

/// A page may have no pixels, where no letter has ink.
drawing::View page_of(const Grey& ink) {
    if (ink.ndim() != 2) throw std::invalid_argument("ink is a (height, width) array");
    return {ink.data(), static_cast<std::size_t>(ink.shape(0)), static_cast<std::size_t>(ink.shape(1))};
}

std::size_t margin_of(std::ptrdiff_t margin) {
    if (margin < 0) throw std::invalid_argument("a margin is 0 px or more");
    return static_cast<std::size_t>(within(margin));
}

}  // namespace

void bind_forme(py::module_& module) {
    py::class_<drawing::Letter>(module, "Letter")
        .def(py::init([](const Grey& mask, std::ptrdiff_t x, std::ptrdiff_t y, double advance, bool is_space) {
                 return drawing::Letter{ink_of(mask, x, y), {}, within(advance), is_space};
             }),
             py::arg("mask"), py::arg("x"), py::arg("y"), py::arg("advance"), py::arg("is_space"))
        .def(
            "set_mark",
            [](drawing::Letter& letter, const Grey& mask, std::ptrdiff_t x, std::ptrdiff_t y) {
                letter.mark = ink_of(mask, x, y);
            },
            py::arg("mask"), py::arg("x"), py::arg("y"))
        .def("bytes", [](const drawing::Letter& letter) {
            return sizeof letter + letter.ink.mask.pixels.size() + letter.mark.mask.pixels.size();
        })
        .def("advance", [](const drawing::Letter& letter) { return letter.advance; });
    module.def(
        "printed",
        [](const py::list& letters, const std::vector<std::ptrdiff_t>& shifts, const std::optional<Inkings>& inkings,
           double tracking, double space_tracking, double gap) {
            const std::vector<drawing::Type> types = types_of(letters, shifts, inkings);
            const drawing::Setting setting{within(tracking), within(space_tracking), within(gap), !inkings};
            drawing::Printed page;
            {
                const py::gil_scoped_release released;  // the list keeps the letters
                page = drawing::printed(types, setting);
            }
            return py::make_tuple(array_of(std::move(page.page)), page.top);
        },
        py::arg("letters"), py::arg("shifts"), py::arg("inkings"), py::arg("tracking"), py::arg("space_tracking"),
        py::arg("gap"));
    module.def(
        "ink_boxed",
        [](const Grey& ink, std::ptrdiff_t first, std::ptrdiff_t top, std::ptrdiff_t bottom) {
            const drawing::View view = page_of(ink);
            return made([&] { return drawing::ink_boxed(view, within(first), within(top), within(bottom)); });
        },
        py::arg("ink"), py::arg("first"), py::arg("top"), py::arg("bottom"));
    module.def(
        "on_paper",
        [](const Grey& ink, std::ptrdiff_t left, std::ptrdiff_t top, std::ptrdiff_t right, std::ptrdiff_t bottom) {
            const drawing::View view = page_of(ink);
            return made([&, l = margin_of(left), t = margin_of(top), r = margin_of(right), b = margin_of(bottom)] {
                return drawing::on_paper(view, l, t, r, b);
            });
        },
        py::arg("ink"), py::arg("left"), py::arg("top"), py::arg("right"), py::arg("bottom"));
}

}  // namespace ocrkit::bindings
