#if defined(__x86_64__)

#include "simd/lexicon_kernels.hpp"

#define OCRKIT_VECTOR_BYTES 32
#define OCRKIT_TARGET __attribute__((target("avx2,fma")))
#include "simd/lexicon_kernels_body.hpp"

namespace ocrkit::ctc {

extern const LexiconKernels<float> kAvx2FloatKernels;
extern const LexiconKernels<double> kAvx2DoubleKernels;
constinit const LexiconKernels<float> kAvx2FloatKernels = table_of<float>();
constinit const LexiconKernels<double> kAvx2DoubleKernels = table_of<double>();

}  // namespace ocrkit::ctc

#endif
