/// The bits of a float16 and of a bfloat16, as types that overloads can tell apart, and what they widen to.
#pragma once

#include <cstdint>

namespace ocrkit::ctc {

struct Half {
    std::uint16_t bits;
};

struct Brain {
    std::uint16_t bits;
};

}  // namespace ocrkit::ctc
