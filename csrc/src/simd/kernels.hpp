/// The loops that touch every number of a line, in versions for several instruction sets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ocrkit/ctc/types.hpp"
#include "simd/instruction_set.hpp"

namespace ocrkit::ctc {

/// A labelling laid over a line, as the forward pass and the best alignment read it: frame t's value of a label stands
/// at values[t * stride + label]. Scratch memory is the caller's.
struct Lattice {
    const float* values = nullptr;
    std::ptrdiff_t stride = 0;          // in floats
    std::size_t frames = 0;             // T, at least 1
    const float* high = nullptr;        // (T,) each frame's largest value, finite
    const Label* labels = nullptr;      // (blocks x lanes,) the labelling, filled up with the blank
    std::size_t count = 0;              // L
    Label blank = 0;
    double* states = nullptr;           // (4 x blocks x lanes,) scratch
    std::uint8_t* steps = nullptr;      // (3 x T x blocks,) scratch; for `align` alone
};

/// A sum over alignments, and whether it can be relied on: where it is not, it may have underflowed.
struct Mass {
    double log = 0.0;
    bool is_trusted = false;
};

/// One version of each loop. `lanes` doubles make a block.
struct Kernels {
    std::size_t lanes;

    /// The highest value of each frame and its lowest label; the frames lie `frame_stride` bytes apart, the values of
    /// each side by side. Returns the first frame that holds NaN, +inf or what is not below `limit`, or -inf alone, else
    /// `frames`. By DType.
    std::size_t (*arg_max[3])(const std::byte* data, std::ptrdiff_t frame_stride, std::size_t frames,
                              std::size_t labels, float limit, float* high, Label* best);

    /// Widens `count` values to float32; by DType (float32: a copy).
    void (*widen[3])(const std::byte* data, std::size_t count, float* out);

    /// Writes the labels of the values that are at least `threshold`, ascending; returns how many. `out` has room for
    /// `count` labels. -inf is never picked.
    std::size_t (*pick)(const float* values, std::size_t count, float threshold, Label* out);

    /// The same for doubles: the places of those that are at least `threshold`. `out` has room for `count` + 8.
    std::size_t (*pick_doubles)(const double* values, std::size_t count, double threshold, std::int32_t* out);

    /// The places of the labels other than `label`, ascending; returns how many. `out` has room for `count` + 8.
    std::size_t (*pick_other)(const Label* labels, std::size_t count, Label label, std::int32_t* out);

    /// The largest of `count` doubles, which are not NaN; at least one.
    double (*highest)(const double* values, std::size_t count);

    /// How many of the doubles are at least `threshold`.
    std::size_t (*count_at_least)(const double* values, std::size_t count, double threshold);

    /// Whether a value lies above -inf and below `threshold`.
    bool (*any_below)(const float* values, std::size_t count, float threshold);

    /// The sum of exp(value - high), within 2e-7 of itself; `high` is the largest value.
    double (*sum_exp)(const float* values, std::size_t count, float high);

    /// out[i] = exp(values[i] - high), in double: within 1e-13 of itself, 0 below e^-700 and inf above e^700.
    void (*exp)(const float* values, std::size_t count, float high, double* out);

    /// out[i] = ln(values[i]), of positive normal doubles; within 1e-15 of itself, or of 1 where it is smaller.
    void (*ln)(const double* values, std::size_t count, double* out);

    /// out[i] = values[i] - by, subtracted in double.
    void (*subtract)(const float* values, std::size_t count, double by, float* out);

    /// ln of the sum over all alignments of exp(sum of their values), less the sum of `high`. O(T L).
    Mass (*forward)(const Lattice& lattice);

    /// Writes the first and the past-the-last frame of each label on the likeliest alignment; of equal ones, on that
    /// which takes each step latest. Returns whether there is an alignment. O(T L), in the log domain.
    bool (*align)(const Lattice& lattice, std::int32_t* begin, std::int32_t* end);
};

/// The version for a set that this machine runs.
const Kernels& kernels(InstructionSet set);

/// The version for the set that is chosen.
const Kernels& kernels();

}  // namespace ocrkit::ctc
