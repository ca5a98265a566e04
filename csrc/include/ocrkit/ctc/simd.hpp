/// Which instruction set the decoders use.
#pragma once

namespace ocrkit::ctc {

/// "scalar", "avx2" or "avx512": the widest that the machine has, or what the environment variable OCRKIT_SIMD names.
/// Throws OptionError where the machine has no set of that name.
const char* simd();

}  // namespace ocrkit::ctc
