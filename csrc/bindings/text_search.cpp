#include "ocrkit/ctc/text_search.hpp"

#include <utility>

#include "bindings.hpp"
#include "searching.hpp"
#include "text_model.hpp"

namespace ocrkit::bindings {

namespace {

using Labels = py::array_t<ctc::Label, py::array::c_style | py::array::forcecast>;

py::tuple text_search(const py::array& log_probs, const Lengths& lengths, const ctc::Lexicon& lexicon,
                      const Labels& separators, std::int64_t blank, std::int64_t beam_width, std::int64_t n_best,
                      double token_cut, double out_of_lexicon, double prior_weight, int threads,
                      const BoundTextModel* model) {
    const ctc::EmissionsView view = view_of(log_probs, lengths, blank);
    const std::span<const ctc::Label> separating(separators.data(), static_cast<std::size_t>(separators.size()));
    return arrays_of(without_lock([&] {
        return ctc::text_search(view, lexicon.view(), separating,
                                   {.beam_width = beam_width,
                                    .n_best = n_best,
                                    .token_cut = token_cut,
                                    .out_of_lexicon = out_of_lexicon,
                                    .prior_weight = prior_weight,
                                    .threads = threads,
                                    .model = model == nullptr ? ctc::TextModel{} : model->view()});
    }));
}

py::tuple beam_search_with_model(const py::array& log_probs, const Lengths& lengths, std::int64_t blank,
                                 std::int64_t beam_width, std::int64_t n_best, double token_cut, int threads,
                                 const BoundTextModel& model) {
    const ctc::EmissionsView view = view_of(log_probs, lengths, blank);
    return arrays_of(without_lock([&] {
        return ctc::beam_search_with_model(view, {.beam_width = beam_width,
                                                     .n_best = n_best,
                                                     .token_cut = token_cut,
                                                     .threads = threads,
                                                     .model = model.view()});
    }));
}

}  // namespace

void bind_text_search(py::module_& module) {
    module.def("text_search", &text_search, py::arg("log_probs"), py::arg("lengths"), py::arg("lexicon"),
               py::arg("separators"), py::arg("blank"), py::arg("beam_width"), py::arg("n_best"), py::arg("token_cut"),
               py::arg("out_of_lexicon"), py::arg("prior_weight"), py::arg("threads"),
               py::arg("model"));
    module.def("beam_search_with_model", &beam_search_with_model, py::arg("log_probs"), py::arg("lengths"),
               py::arg("blank"), py::arg("beam_width"), py::arg("n_best"), py::arg("token_cut"), py::arg("threads"),
               py::arg("model"));
}

}  // namespace ocrkit::bindings
