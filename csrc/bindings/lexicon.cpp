#include "ocrkit/ctc/lexicon.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "ocrkit/ctc/lexicon_file.hpp"
#include "ocrkit/ctc/lexicon_search.hpp"
#include "ocrkit/ctc/lexicon_words.hpp"
#include "searching.hpp"

namespace ocrkit::bindings {

namespace {

template <class T>
using Flat = py::array_t<T, py::array::c_style | py::array::forcecast>;

template <class T>
std::span<const T> span_of(const Flat<T>& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

ctc::EntryCounts span_of(const std::optional<Flat<double>>& counts) {
    return counts ? ctc::EntryCounts(span_of(*counts)) : std::nullopt;
}

template <class T>
Flat<T> flat_copy(const std::vector<T>& values) {
    return Flat<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

std::string_view utf8_of(const py::str& text) {
    Py_ssize_t size = 0;
    const char* const data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (data == nullptr) {
        throw py::error_already_set();
    }
    return {data, static_cast<std::size_t>(size)};
}

ctc::Lexicon build(const Flat<ctc::Label>& labels, const Flat<std::int64_t>& offsets,
                   const std::optional<Flat<double>>& counts) {
    // The caller keeps the arrays alive and to itself.
    const auto label_span = span_of(labels);
    const auto offset_span = span_of(offsets);
    const ctc::EntryCounts count_span = span_of(counts);
    const py::gil_scoped_release release;
    return ctc::Lexicon(label_span, offset_span, count_span);
}

/// (the lexicon or None, positions of the words that could not be spelled, where in the text, in bytes, each one's
/// first unknown character is, number of words)
py::tuple build_from_words(const py::str& text, const py::list& symbols, std::int64_t expected,
                           const std::optional<Flat<double>>& counts) {
    const std::string_view utf8 = utf8_of(text);
    std::vector<std::string_view> spellings;
    spellings.reserve(symbols.size());
    for (const py::handle symbol : symbols) {
        spellings.push_back(utf8_of(py::reinterpret_borrow<py::str>(symbol)));
    }
    ctc::WordLexicon built;
    const ctc::EntryCounts count_span = span_of(counts);
    {
        const py::gil_scoped_release release;
        built = ctc::build_lexicon(utf8, spellings, expected, count_span);
    }
    std::vector<std::int64_t> words;
    std::vector<std::int64_t> begins;
    for (const ctc::UnspelledCharacter& unspelled : built.unspelled) {
        words.push_back(unspelled.word);
        begins.push_back(static_cast<std::int64_t>(unspelled.begin));
    }
    return py::make_tuple(built.lexicon, flat_copy(words), flat_copy(begins), built.words);
}

/// Raises what the system said as an OSError of Python's, which picks the subclass by the number.
template <class Call>
auto with_os_errors(Call call) {
    try {
        const py::gil_scoped_release release;
        return call();
    } catch (const std::system_error& error) {
        errno = error.code().value();
        PyErr_SetFromErrno(PyExc_OSError);
        throw py::error_already_set();
    }
}

void save(const ctc::Lexicon& lexicon, const std::string& path, const std::string& symbols) {
    ctc::SymbolsHash hash{};
    std::copy_n(symbols.begin(), std::min(symbols.size(), hash.size()), hash.begin());
    with_os_errors([&] { ctc::save(lexicon.view(), hash, path); });
}

py::tuple open(const std::string& path, bool verify) {
    const ctc::SavedLexicon saved = with_os_errors([&] { return ctc::open_lexicon(path, verify); });
    return py::make_tuple(saved.lexicon, py::bytes(reinterpret_cast<const char*>(saved.symbols.data()), saved.symbols.size()));
}

Flat<ctc::Label> labels_of(const ctc::Lexicon& lexicon, std::int64_t entry) {
    const ctc::LexiconView view = lexicon.view();
    if (entry < 0 || static_cast<std::size_t>(entry) >= view.entries()) {
        throw py::index_error("entry " + std::to_string(entry));
    }
    std::vector<ctc::Label> path;
    view.append_path(view.entry_node[static_cast<std::size_t>(entry)], path);
    return flat_copy(path);
}

py::object priors_of(const ctc::Lexicon& lexicon) {
    const auto priors = lexicon.view().priors;
    if (priors.empty()) {
        return py::none();
    }
    return Flat<float>(static_cast<py::ssize_t>(priors.size()), priors.data());
}

py::tuple search(const py::array& log_probs, const Lengths& lengths, const ctc::Lexicon& lexicon, std::int64_t blank,
                 std::int64_t n_best, double prior_weight, std::int64_t budget, double reject_below, int threads) {
    const ctc::EmissionsView view = view_of(log_probs, lengths, blank);
    return arrays_of(without_lock([&] {
        return ctc::lexicon_search(view, lexicon.view(),
                                      {.n_best = n_best,
                                       .prior_weight = prior_weight,
                                       .budget = budget,
                                       .reject_below = reject_below,
                                       .threads = threads});
    }));
}

}  // namespace

void bind_lexicon(py::module_& module) {
    py::class_<ctc::Lexicon>(module, "Lexicon")
        .def(py::init(&build), py::arg("labels"), py::arg("offsets"), py::arg("counts"))
        .def("__len__", [](const ctc::Lexicon& lexicon) { return lexicon.view().entries(); })
        .def("labels", &labels_of, py::arg("entry"))
        .def("priors", &priors_of)
        .def("nodes", [](const ctc::Lexicon& lexicon) { return lexicon.view().labels.size(); })
        .def("bytes", &ctc::Lexicon::bytes)
        .def("save", &save, py::arg("path"), py::arg("symbols"))
        .def_static("open", &open, py::arg("path"), py::arg("verify"))
        .def_static("from_words", &build_from_words, py::arg("text"), py::arg("symbols"), py::arg("expected"),
                    py::arg("counts"));
    module.def("lexicon_search", &search, py::arg("log_probs"), py::arg("lengths"), py::arg("lexicon"),
               py::arg("blank"), py::arg("n_best"), py::arg("prior_weight"), py::arg("budget"),
               py::arg("reject_below"), py::arg("threads"));
}

}  // namespace ocrkit::bindings
