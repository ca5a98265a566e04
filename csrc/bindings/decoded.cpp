#include <string>
#include <string_view>
#include <vector>

#include "bindings.hpp"

namespace ocrkit::bindings {

namespace {

using Labels = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;
using Offsets = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

/// The symbols' UTF-8, held by the strings of `symbols`.
std::vector<std::string_view> utf8_of(const py::list& symbols) {
    std::vector<std::string_view> utf8;
    utf8.reserve(symbols.size());
    for (const py::handle symbol : symbols) {
        Py_ssize_t size = 0;
        const char* const data = PyUnicode_AsUTF8AndSize(symbol.ptr(), &size);
        if (data == nullptr) {
            throw py::error_already_set();
        }
        utf8.emplace_back(data, static_cast<std::size_t>(size));
    }
    return utf8;
}

/// The text of each line's first hypothesis, empty where it has none.
py::list texts(const Labels& labels, const Offsets& label_offsets, const Offsets& line_offsets,
               const py::list& symbols) {
    const std::vector<std::string_view> utf8 = utf8_of(symbols);
    py::list lines;
    std::string text;
    for (py::ssize_t line = 0; line + 1 < line_offsets.size(); ++line) {
        text.clear();
        const std::int64_t best = line_offsets.at(line);
        const bool any = best < line_offsets.at(line + 1);
        const std::int64_t begin = any ? label_offsets.at(best) : 0;
        const std::int64_t end = any ? label_offsets.at(best + 1) : 0;
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int32_t label = labels.at(i);
            if (label < 0 || static_cast<std::size_t>(label) >= utf8.size()) {
                throw ctc::OptionError("label " + std::to_string(label) + " has no symbol: there are " +
                                       std::to_string(utf8.size()) + ", for labels 0.." +
                                       std::to_string(static_cast<std::int64_t>(utf8.size()) - 1));
            }
            text += utf8[static_cast<std::size_t>(label)];
        }
        lines.append(py::str(text));
    }
    return lines;
}

}  // namespace

void bind_decoded(py::module_& module) {
    module.def("texts", &texts, py::arg("labels"), py::arg("label_offsets"), py::arg("line_offsets"),
               py::arg("symbols"));
}

}  // namespace ocrkit::bindings
