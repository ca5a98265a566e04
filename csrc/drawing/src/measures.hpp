/// What is found in a picture: its greys, where its ink lies, and how high and how bold its letters are.
#pragma once

#include <optional>

#include "picture.hpp"

namespace ocrkit::drawing {

/// Grey levels between ink and paper below which a picture holds nothing to be told from paper.
inline constexpr int kLeastContrast = 24;

/// The grey of the ink and the grey of the paper.
struct Levels {
    int ink;
    int paper;

    bool show() const { return paper - ink >= kLeastContrast; }
    /// The least grey that is nearer to the paper.
    int middle() const { return (ink + paper + 1) / 2; }
};

/// Half open ranges of rows and columns.
struct Box {
    std::size_t top;
    std::size_t bottom;
    std::size_t left;
    std::size_t right;
};

/// How high letters without ascenders are, px, and the share of ink in those of their rows that have any.
struct Letters {
    double height;
    double ink_share;
};

/// The darkest hundredth of the picture, and its brighter half. Reads every fourth pixel of a large one.
Levels levels(View picture);

/// Where the ink lies; nothing where there is none.
std::optional<Box> ink_box(View picture, Levels greys);

/// The rows that hold much of the ink: between an eighth of the picture's height and all of it; a third without ink.
Letters letters(View picture, Levels greys);

/// How thick the strokes are, px: twice the ink's area over the length of its edge.
double stroke_width(View picture, Levels greys);

}  // namespace ocrkit::drawing
