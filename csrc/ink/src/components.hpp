/// Ink that hangs together, as runs of pixels in rows.
#pragma once

#include <vector>

#include "page.hpp"

namespace ocrkit::ink {

/// Ink from `left` to before `right` in row `y`, of component `component`.
struct Run {
    std::int32_t y;
    std::int32_t left;
    std::int32_t right;
    std::int32_t component;
};

/// The box around a component, right and bottom excluded, its ink, and its deepest pixel.
struct Component {
    std::int32_t left;
    std::int32_t top;
    std::int32_t right;
    std::int32_t bottom;
    std::int32_t area;
    std::int32_t deepest;
};

/// Runs row by row, from the left, and components in the order of their first run.
struct Components {
    std::vector<Run> runs;
    std::vector<Component> components;
};

/// What hangs together, corners included, of pixels as deep as `edge`; of that, what has a pixel as deep as `core`.
/// O(pixels + runs), by a union of runs. Throws std::length_error at more than `most` runs.
Components components_of(Page depth, std::uint8_t edge, std::uint8_t core, std::size_t most);

}  // namespace ocrkit::ink
