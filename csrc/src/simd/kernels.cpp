#include "simd/kernels.hpp"

#include <array>
#include <cstdlib>
#include <string_view>

#include "ocrkit/ctc/simd.hpp"
#include "simd/kernels_versions.hpp"

namespace ocrkit::ctc {

namespace {

class Versions {
   public:
    Versions() {
        for (const Kernels* const version : {scalar_kernels(), avx2_kernels(), avx512_kernels()}) {
            if (version != nullptr) {
                versions_[count_++] = version;
            }
        }
        // Read once, before a first search; an unknown name leaves the choice to the machine.
        const char* const named = std::getenv("OCRKIT_SIMD");
        best_ = versions_[count_ - 1];
        for (const Kernels* const version : all()) {
            best_ = named != nullptr && std::string_view(named) == version->name ? version : best_;
        }
    }

    std::span<const Kernels* const> all() const { return std::span(versions_).first(count_); }
    const Kernels& best() const { return *best_; }

   private:
    std::array<const Kernels*, 3> versions_{};
    std::size_t count_ = 0;
    const Kernels* best_ = nullptr;
};

const Versions& versions() {
    static const Versions found;
    return found;
}

}  // namespace

const Kernels& kernels() { return versions().best(); }

const char* simd() { return kernels().name; }

std::span<const Kernels* const> all_kernels() { return versions().all(); }

}  // namespace ocrkit::ctc
