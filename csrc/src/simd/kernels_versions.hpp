/// The versions of `Kernels` that there are.
#pragma once

#include "simd/halves.hpp"
#include "simd/kernels.hpp"

namespace ocrkit::ctc {

/// One value at a time, on any machine.
const Kernels* scalar_kernels();

/// Null where the core is built for another kind of machine.
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();

}  // namespace ocrkit::ctc
