#if defined(__x86_64__)

#include "simd/lexicon_kernels.hpp"

#define OCRKIT_VECTOR_BYTES 64
#define OCRKIT_TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))
#include "simd/lexicon_kernels_body.hpp"

namespace ocrkit::ctc {

extern const LexiconKernels<float> kAvx512FloatKernels;
extern const LexiconKernels<double> kAvx512DoubleKernels;
constinit const LexiconKernels<float> kAvx512FloatKernels = table_of<float>();
constinit const LexiconKernels<double> kAvx512DoubleKernels = table_of<double>();

}  // namespace ocrkit::ctc

#endif
