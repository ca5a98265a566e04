/// Where NumPy's generators begin, without the hundred calls that NumPy takes for it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace ocrkit::drawing {

/// The four words that `numpy.random.SeedSequence` of these numbers gives a PCG64, as `generate_state(4, uint64)` has
/// them: its `entropy` is these numbers' 32-bit words, the lower ones first, each number's without leading noughts.
///
/// Source: numpy/random/bit_generator.pyx, after M. E. O'Neill's seed_seq_fe (2015).
std::array<std::uint64_t, 4> seed_words(std::span<const std::uint64_t> numbers);

}  // namespace ocrkit::drawing
