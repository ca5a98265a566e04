/// The rows of a PNG, ready to be deflated.
#pragma once

#include "picture.hpp"

namespace ocrkit::drawing {

/// (height, width + 1) bytes: before each row the filter by which it is told from the rows and pixels before it, of the
/// five the one whose differences are least.
/// Source: W3C, PNG third edition, sections 9 and 12.7.
Picture filtered_rows(View picture);

}  // namespace ocrkit::drawing
