/// Which instruction set the decoders use.
#pragma once

namespace ocrkit::ctc {

/// "scalar", "avx2" or "avx512": the widest that the machine has, or what the environment variable OCRKIT_SIMD names
/// and the machine has.
const char* simd();

}  // namespace ocrkit::ctc
