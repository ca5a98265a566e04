/// Letters set one after another on one page, as types are in a forme, and the page as a picture.
#pragma once

#include <cstddef>
#include <span>

#include "picture.hpp"

namespace ocrkit::drawing {

/// Ink, 255 where it is full, and where its left top corner lies, px; without pixels it is none.
struct Ink {
    Picture mask;
    std::ptrdiff_t x = 0;
    std::ptrdiff_t y = 0;
};

/// One letter with its signs, or a space: its ink from the pen's place on, that of a mark that stands apart from it,
/// and the pen's way on, px.
struct Letter {
    Ink ink;
    Ink mark;
    double advance = 0;
    bool is_space = false;
};

/// A letter in its place in the line.
struct Type {
    const Letter* letter;
    std::ptrdiff_t shift = 0;  ///< px below the line
    double word_inking = 1;    ///< of a space: how dark the word behind it is
    double inking = 1;         ///< how dark the letter is beside its word
};

/// How a line's letters are set, px.
struct Setting {
    double tracking = 0;        ///< after each letter
    double space_tracking = 0;  ///< after each space
    double gap = 0;             ///< before a mark that stands apart
    bool evenly_inked = true;
};

/// A page no larger than its ink, and its first row.
struct Printed {
    Picture page;
    std::ptrdiff_t top = 0;
};

/// All letters on one page, the darker ink where two overlap. O(pixels of the letters and of the page).
Printed printed(std::span<const Type> types, const Setting& setting);

/// `ink` without the empty rows and columns at its edges, but from row `top` or above to row `bottom` or below; its first
/// row is `first`. Without ink it is as it comes.
Picture ink_boxed(View ink, std::ptrdiff_t first, std::ptrdiff_t top, std::ptrdiff_t bottom);

/// Dark ink on light paper, with margins, px.
Picture on_paper(View ink, std::size_t left, std::size_t top, std::size_t right, std::size_t bottom);

}  // namespace ocrkit::drawing
