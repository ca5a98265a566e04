/// Thresholds, and what lies above them.
#pragma once

#include "picture.hpp"

namespace ocrkit::drawing {

/// The grey that parts the picture into two classes of the least variance; 0 for a picture of one grey.
/// Source: Otsu 1979, IEEE Trans. SMC 9(1).
int otsu(View picture);

/// A threshold a pixel, each `offset` higher and then kept within `least` and `most`: the mean of the `reach` px on each
/// side, less where the mean deviation from it is small. O(pixels).
/// Source: Sauvola and Pietikainen 2000, Pattern Recognition 33(2), with the mean deviation for the standard one.
Picture sauvola(View picture, std::size_t reach, float offset, float least, float most);

/// 255 where the picture is above the threshold at its place, else 0.
Picture above(View picture, View thresholds);

/// The share of each pixel's quarters that lie above, of 255, where the quarters are interpolated linearly.
Picture quarters_above(View picture, View thresholds);

/// How far the picture is above the thresholds, -127 to 127, and 128 more.
Picture margins(View picture, View thresholds);

}  // namespace ocrkit::drawing
