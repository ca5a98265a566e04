#include "simd/kernels_versions.hpp"
#include "simd/lattice_kernels.hpp"

namespace ocrkit::ctc {
namespace {

/// One value at a time.
struct Scalar {
    using Half = ctc::Half;
    using Brain = ctc::Brain;
    using Floats = float;
    using Doubles = double;
    static constexpr std::size_t kFloats = 1;
    static constexpr std::size_t kDoubles = 1;

    static float load(const float* at) { return *at; }
    static float load(const Brain* at) { return of_bits(static_cast<std::uint32_t>(at->bits) << 16U); }
    /// IEEE 754 binary16 to binary32; exact.
    static float load(const Half* at) {
        const std::uint32_t sign = static_cast<std::uint32_t>(at->bits & 0x8000U) << 16U;
        const std::uint32_t exponent = (at->bits >> 10U) & 0x1fU;
        const std::uint32_t fraction = at->bits & 0x3ffU;
        if (exponent == 0) {  // zero and the subnormals, whose unit is 2^-24
            const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
            return sign == 0 ? magnitude : -magnitude;
        }
        const std::uint32_t widened = exponent == 0x1fU ? 0xffU : exponent + 112U;
        return of_bits(sign | (widened << 23U) | (fraction << 13U));
    }
    template <class Source>
    static float load_part(const Source* at, std::size_t) {
        return load(at);   // a rest of less than one value is never asked for
    }
    template <class Real>
    static void store(Real* at, Real a) {
        *at = a;
    }
    static float of_bits(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }

    template <class Real>
    static Real all(Real value) {
        return value;
    }
    template <class Real>
    static Real add(Real a, Real b) {
        return a + b;
    }
    template <class Real>
    static Real sub(Real a, Real b) {
        return a - b;
    }
    template <class Real>
    static Real mul(Real a, Real b) {
        return a * b;
    }
    template <class Real>
    static Real fma(Real a, Real b, Real c) {
        return a * b + c;
    }
    template <class Real>
    static Real max(Real a, Real b) {
        return a > b ? a : b;
    }
    template <class Real>
    static Real min(Real a, Real b) {
        return a < b ? a : b;
    }
    static float round(float a) { return __builtin_rintf(a); }
    static double round(double a) { return __builtin_rint(a); }
    template <class Real>
    static Real highest(Real a) {
        return a;
    }
    static double total(float a) { return static_cast<double>(a); }
    static std::uint64_t equal(float a, float b) { return a == b ? 1 : 0; }
    template <class Real>
    static std::uint64_t at_least(Real a, Real b) {
        return a >= b ? 1 : 0;
    }
    static std::uint64_t unordered(float a, float b) { return __builtin_isunordered(a, b) ? 1 : 0; }
    static std::uint64_t greater(double a, double b) { return a > b ? 1 : 0; }
    static std::uint64_t other(const Label* labels, Label label) { return *labels != label ? 1 : 0; }
    static float scale(float a, float n, float x) {
        return x >= -87.0F ? a * of_bits(static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23U) : 0.0F;
    }
    static double scale(double a, double n, double x) {
        if (!(x >= -700.0) || x > 709.0) {
            return x > 709.0 ? __builtin_inf() : 0.0;
        }
        const auto power = static_cast<std::uint64_t>(static_cast<std::int64_t>(n) + 1023) << 52U;
        return a * __builtin_bit_cast(double, power);
    }

    static double loaded(const double* at) { return *at; }
    static double widened(const float* at) { return static_cast<double>(*at); }
    static double gathered(const float* from, const Label* labels) { return static_cast<double>(from[*labels]); }
    static void put_places(std::int32_t* out, std::size_t at, std::uint64_t bits) {
        if (bits != 0) {
            *out = static_cast<std::int32_t>(at);
        }
    }
    static double shifted(double, double below) { return below; }
};

constexpr Kernels kTable = table<Scalar>();

}  // namespace

const Kernels* scalar_kernels() { return &kTable; }

}  // namespace ocrkit::ctc
