/// Denormal numbers as zeros, for as long as it takes.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ocrkit::ctc {

/// Numbers below the least normal one slow arithmetic 4 to 10 times; where nothing is lost with them, this thread does
/// without until the guard is gone. Elsewhere than on x86 it does nothing.
class FlushDenormals {
   public:
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__SSE2__)
    FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlushToZero | kDenormalsAreZero); }
    ~FlushDenormals() { _mm_setcsr(before_); }

   private:
    static constexpr unsigned kFlushToZero = 0x8000;
    static constexpr unsigned kDenormalsAreZero = 0x0040;

    unsigned before_;
#else
    FlushDenormals() {}
    ~FlushDenormals() {}
#endif
};

}  // namespace ocrkit::ctc
