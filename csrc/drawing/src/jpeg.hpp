/// What JPEG leaves of a picture.
#pragma once

#include "picture.hpp"

namespace ocrkit::drawing {

/// The picture as it comes out of a baseline JPEG of that quality, 1 to 100, in libjpeg's sense. Nothing is written:
/// what is lost is lost in rounding the cosine transform of each 8 x 8 px.
/// Source: ITU-T T.81, annexes A and K; Arai, Agui and Nakajima 1988 for the transform.
Picture compressed(View picture, int quality);

}  // namespace ocrkit::drawing
