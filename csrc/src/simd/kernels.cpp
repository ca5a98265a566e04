#include "simd/kernels.hpp"

#include "simd/kernels_versions.hpp"

namespace ocrkit::ctc {

const Kernels& kernels(InstructionSet set) {
    switch (set) {
        case InstructionSet::kAvx512: return *avx512_kernels();
        case InstructionSet::kAvx2: return *avx2_kernels();
        case InstructionSet::kScalar: break;
    }
    return *scalar_kernels();
}

const Kernels& kernels() {
    static const Kernels& chosen = kernels(chosen_set());
    return chosen;
}

}  // namespace ocrkit::ctc
