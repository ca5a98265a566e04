#include "chance.hpp"

#include <vector>

#include "bindings.hpp"

namespace ocrkit::bindings {

void bind_chance(py::module_& module) {
    module.def(
        "seed_words",
        [](const std::vector<std::uint64_t>& numbers) {
            const std::array<std::uint64_t, 4> words = drawing::seed_words(numbers);
            return py::array_t<std::uint64_t>(words.size(), words.data());
        },
        py::arg("numbers"));
}

}  // namespace ocrkit::bindings
