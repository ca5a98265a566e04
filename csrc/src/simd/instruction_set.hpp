/// The instruction sets that the loops have versions for, which of them this machine runs, and which one is taken.
#pragma once

#include <cstdint>
#include <span>

namespace ocrkit::ctc {

/// From plain to wide. The plain one is what every machine of its kind runs.
enum class InstructionSet : std::uint8_t { kScalar, kAvx2, kAvx512 };

inline constexpr std::size_t kInstructionSets = 3;

/// As OCRKIT_SIMD and build_info have it: "scalar", "avx2", "avx512".
const char* name_of(InstructionSet set);

/// Those that this machine runs, the plainest first.
std::span<const InstructionSet> runnable_sets();

/// The one named, or the widest where `name` is null or empty. Throws OptionError where this machine runs no set of
/// that name.
InstructionSet named_set(const char* name);

/// What all searches use: what the environment variable OCRKIT_SIMD names, which is read once. Throws as `named_set`.
InstructionSet chosen_set();

}  // namespace ocrkit::ctc
