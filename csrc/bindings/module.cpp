#include <exception>
#include <string>
#include <thread>

#include "bindings.hpp"
#include "ocrkit/ctc/ngram.hpp"

namespace ocrkit::bindings {

namespace {

/// Raises the error of this name in `ocrkit.errors`.
void raise(const char* name, const std::exception& error) {
    py::set_error(py::module_::import("ocrkit.errors").attr(name), error.what());
}

void translate(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const ctc::EmissionsError& error) {
        raise("EmissionsError", error);
    } catch (const ctc::OptionError& error) {
        raise("OptionError", error);
    } catch (const ctc::NgramError& error) {
        py::set_error(py::module_::import("ocrkit.errors").attr("LanguageModelError"),
                      (std::to_string(error.line) + ": " + error.what()).c_str());
    } catch (const ctc::LexiconError& error) {
        raise("LexiconError", error);
    }
}

py::dict build_info() {
    py::dict info;
    info["version"] = OCRKIT_VERSION;
    info["build_type"] = OCRKIT_BUILD_TYPE;
    info["compiler"] = "C++ " __VERSION__;
    info["standard"] = static_cast<long>(__cplusplus);
    info["simd"] = ctc::simd();
    info["threads"] = static_cast<int>(std::thread::hardware_concurrency());
    return info;
}

}  // namespace

}  // namespace ocrkit::bindings

PYBIND11_MODULE(_ctc, module) {
    using namespace ocrkit::bindings;
    module.doc() = "CTC decoders over NumPy arrays; ocrkit.ctc checks what is passed in.";
    py::register_local_exception_translator(&translate);
    module.def("build_info", &build_info);
    bind_decoded(module);
    bind_greedy(module);
    bind_beam_search(module);
    bind_beam_stream(module);
    bind_lexicon(module);
    bind_ngram(module);
    bind_searching(module);
    bind_tempering(module);
    bind_text_search(module);
}
