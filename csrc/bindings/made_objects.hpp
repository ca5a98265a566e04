/// Objects whose `__init__` never ran are refused wherever one is passed in; pybind11 would hand out raw memory.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "ocrkit/ctc/beam_stream.hpp"
#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/ngram.hpp"
#include "ocrkit/ctc/text_search.hpp"

namespace ocrkit::bindings {

class BoundTextModel;

/// What pybind11 does for a class of its own, after a look at whether the object holds anything.
template <class Type>
class MadeCaster : public pybind11::detail::type_caster_base<Type> {
   public:
    bool load(pybind11::handle source, bool convert) {
        namespace py = pybind11;
        if (source && !source.is_none() && py::isinstance<Type>(source)) {
            auto* const object = reinterpret_cast<py::detail::instance*>(source.ptr());
            if (!object->get_value_and_holder(py::detail::get_type_info(typeid(Type))).holder_constructed()) {
                const auto class_name = py::cast<std::string>(py::type::of(source).attr("__name__"));
                throw py::type_error("this " + class_name + " was never initialised: its __init__ was not called; make one by " +
                                     "calling the class");
            }
        }
        return pybind11::detail::type_caster_base<Type>::load(source, convert);
    }
};

}  // namespace ocrkit::bindings

namespace pybind11::detail {

template <>
class type_caster<ocrkit::ctc::Lexicon> : public ocrkit::bindings::MadeCaster<ocrkit::ctc::Lexicon> {};
template <>
class type_caster<ocrkit::ctc::NgramModel> : public ocrkit::bindings::MadeCaster<ocrkit::ctc::NgramModel> {};
template <>
class type_caster<ocrkit::ctc::WordUnits> : public ocrkit::bindings::MadeCaster<ocrkit::ctc::WordUnits> {};
template <>
class type_caster<ocrkit::ctc::BeamStream> : public ocrkit::bindings::MadeCaster<ocrkit::ctc::BeamStream> {};
template <>
class type_caster<ocrkit::bindings::BoundTextModel>
    : public ocrkit::bindings::MadeCaster<ocrkit::bindings::BoundTextModel> {};

}  // namespace pybind11::detail
