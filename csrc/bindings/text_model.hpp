/// A language model as a search takes it, with the memory of what it refers to.
#pragma once

#include <vector>

#include "bindings.hpp"
#include "ocrkit/ctc/text_search.hpp"

namespace ocrkit::bindings {

using Units = py::array_t<ctc::NgramModel::Unit, py::array::c_style | py::array::forcecast>;
using UnitOffsets = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

/// Immovable, and Python keeps the n-grams and the words alive as long.
class BoundTextModel {
   public:
    BoundTextModel(const ctc::NgramModel& ngrams, const ctc::WordUnits* words, const Units& units,
                   const UnitOffsets& offsets, double weight, double bonus)
        : units_(units.data(), units.data() + units.size()), offsets_(offsets.data(), offsets.data() + offsets.size()) {
        view_ = {.ngrams = &ngrams,
                 .words = words,
                 .label_units = units_,
                 .label_offsets = offsets_,
                 .weight = weight,
                 .bonus = bonus};
    }
    BoundTextModel(const BoundTextModel&) = delete;
    BoundTextModel& operator=(const BoundTextModel&) = delete;

    const ctc::TextModel& view() const { return view_; }

   private:
    std::vector<ctc::NgramModel::Unit> units_;
    std::vector<std::int64_t> offsets_;
    ctc::TextModel view_;
};

}  // namespace ocrkit::bindings
