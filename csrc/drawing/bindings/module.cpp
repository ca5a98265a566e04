#include <memory>

#include "bindings.hpp"

namespace ocrkit::bindings {

py::array array_of(drawing::Picture&& picture) {
    auto owned = std::make_unique<drawing::Picture>(std::move(picture));
    drawing::Picture* const pointer = owned.get();
    const py::capsule owner(pointer, [](void* held) { delete static_cast<drawing::Picture*>(held); });
    owned.release();
    return py::array_t<std::uint8_t>({pointer->height, pointer->width}, pointer->pixels.data(), owner);
}

}  // namespace ocrkit::bindings

PYBIND11_MODULE(_drawing, module) {
    using namespace ocrkit::bindings;
    module.doc() = "Loops over the pixels of grey pictures; ocrkit.drawing says what they are for.";
    bind_chance(module);
    bind_measures(module);
    bind_points(module);
    bind_shapes(module);
    bind_two_levels(module);
    bind_files(module);
    bind_forme(module);
}
