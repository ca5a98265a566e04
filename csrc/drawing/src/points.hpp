/// What becomes of each pixel for itself, by its grey, by another picture's, or by noise.
#pragma once

#include "picture.hpp"

namespace ocrkit::drawing {

/// A piece of a sheet of noise, or any bytes with signs, whose rows and columns may run backwards.
struct Noise {
    const std::int8_t* first;
    std::ptrdiff_t row_step;
    std::ptrdiff_t column_step;
    std::size_t height;
    std::size_t width;
};

/// A table that steepens the step from ink to paper, and moves it; greys beyond these two stay. The step lies at `middle`
/// between ink (0) and paper (1), and takes `width` of that range.
Table curve(double ink, double paper, double middle, double width);

/// The table's grey for each pixel's.
Picture looked_up(View picture, const Table& table);

/// The darker of a pixel, and of the table's grey for that of `other`; both of one size.
Picture darkened(View picture, View other, const Table& table);
/// The lighter of them.
Picture lightened(View picture, View other, const Table& table);

/// The picture under the light of another through `table`, where 255 is all of it.
Picture lit(View picture, View light, const Table& table);

/// Part of the way to another picture: `share` 0 to 1 of it.
Picture blended(View picture, View other, float share);

/// Away from a softer picture: `share` times as far as that is off, within 0 to 255.
Picture sharpened(View picture, View soft, float share);

/// The picture and `amount` times the noise, within 0 to 255.
Picture with_noise(View picture, Noise noise, float amount);
/// Besides, `along` times fibres, and `shade` less: noise of a third of the width, each value of it three px wide.
Picture textured(View picture, Noise noise, float amount, Noise fibres, float along, float shade);
/// The picture and `amount` times what the noise has between 0 and twice its deviation.
Picture bared(View picture, Noise noise, float amount);
/// 255 where the picture and `amount` times the noise are above the threshold, else 0.
Picture roughly_above(View picture, Noise noise, float amount, float threshold);

/// Ink where `hills` are above 80 goes as much of the way to the paper's grey as they are, times `amount`.
Picture paled(View picture, View hills, int paper, float amount);

}  // namespace ocrkit::drawing
