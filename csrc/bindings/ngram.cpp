#include "ocrkit/ctc/ngram.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "ocrkit/ctc/lexicon_words.hpp"
#include "text_model.hpp"

namespace ocrkit::bindings {

namespace {

std::string_view utf8_of(const py::handle text) {
    Py_ssize_t size = 0;
    const char* const data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (data == nullptr) {
        throw py::error_already_set();
    }
    return {data, static_cast<std::size_t>(size)};
}

ctc::NgramModel read(const py::bytes& arpa) {
    const auto text = static_cast<std::string_view>(arpa);
    const py::gil_scoped_release release;
    return ctc::NgramModel(text);
}

/// The units as the file spells them; bytes that are not UTF-8 become U+FFFD.
py::list units_of(const ctc::NgramModel& model) {
    py::list units;
    for (const std::string& unit : model.units()) {
        units.append(py::reinterpret_steal<py::str>(
            PyUnicode_DecodeUTF8(unit.data(), static_cast<Py_ssize_t>(unit.size()), "replace")));
    }
    return units;
}

double log_prob(const ctc::NgramModel& model, const std::vector<ctc::NgramModel::Unit>& units) {
    double total = 0.0;
    ctc::NgramModel::Context context = model.start();
    for (const ctc::NgramModel::Unit unit : units) {
        const bool is_known = unit >= 0 && static_cast<std::size_t>(unit) < model.units().size();
        const auto step = model.score(context, is_known ? unit : ctc::NgramModel::kUnknown);
        total += step.log_prob;
        context = step.next;
    }
    return total + model.end(context);
}

/// Each unit's place in a lexicon, by the spelling of `text`, which holds a unit a line.
ctc::WordUnits words_of(const ctc::NgramModel& model, const ctc::Lexicon& lexicon, const py::str& text,
                        const py::list& symbols) {
    const std::string_view utf8 = utf8_of(text);
    std::vector<std::string_view> spellings;
    for (const py::handle symbol : symbols) {
        spellings.push_back(utf8_of(symbol));
    }
    const py::gil_scoped_release release;
    const ctc::SymbolMatcher matcher(spellings);
    std::vector<ctc::Label> labels;
    std::vector<std::int64_t> offsets{0};
    for (std::size_t begin = 0; begin <= utf8.size() && offsets.size() <= model.units().size();) {
        const std::size_t end = std::min(utf8.find('\n', begin), utf8.size());
        const std::size_t known = labels.size();
        while (begin < end) {
            const auto match = matcher.longest(utf8.substr(begin, end - begin));
            if (match.label == -1) {
                labels.resize(known);   // the charset cannot spell it, so no text holds it
                break;
            }
            labels.push_back(match.label);
            begin += match.bytes;
        }
        offsets.push_back(static_cast<std::int64_t>(labels.size()));
        begin = end + 1;
    }
    return ctc::WordUnits(model, lexicon.view(), labels, offsets);
}

}  // namespace

void bind_ngram(py::module_& module) {
    py::class_<ctc::NgramModel>(module, "NgramModel")
        .def(py::init(&read), py::arg("arpa"))
        .def("units", &units_of)
        .def("order", &ctc::NgramModel::order)
        .def("size", &ctc::NgramModel::size)
        .def("log_prob", &log_prob, py::arg("units"));
    py::class_<ctc::WordUnits>(module, "WordUnits")
        .def(py::init(&words_of), py::arg("model"), py::arg("lexicon"), py::arg("text"), py::arg("symbols"));
    py::class_<BoundTextModel>(module, "TextModel")
        .def(py::init<const ctc::NgramModel&, const ctc::WordUnits*, const Units&, const UnitOffsets&, double, double>(),
             py::arg("ngrams"), py::arg("words"), py::arg("label_units"), py::arg("label_offsets"), py::arg("weight"),
             py::arg("bonus"), py::keep_alive<1, 2>(), py::keep_alive<1, 3>());
}

}  // namespace ocrkit::bindings
