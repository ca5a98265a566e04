#include "simd/instruction_set.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ocrkit/ctc/simd.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

namespace {

constexpr std::array<const char*, kInstructionSets> kNames{"scalar", "avx2", "avx512"};

bool is_runnable(InstructionSet set) {
    if (set == InstructionSet::kScalar) {
        return true;
    }
#if defined(__x86_64__)
    const bool has_avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (set == InstructionSet::kAvx2) {
        return has_avx2;
    }
    return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

class Runnable {
   public:
    Runnable() {
        for (std::size_t i = 0; i < kInstructionSets; ++i) {
            const auto set = static_cast<InstructionSet>(i);
            if (is_runnable(set)) {
                sets_[count_++] = set;
            }
        }
    }

    std::span<const InstructionSet> sets() const { return std::span(sets_).first(count_); }

   private:
    std::array<InstructionSet, kInstructionSets> sets_{};
    std::size_t count_ = 0;
};

}  // namespace

const char* name_of(InstructionSet set) { return kNames[static_cast<std::size_t>(set)]; }

std::span<const InstructionSet> runnable_sets() {
    static const Runnable runnable;
    return runnable.sets();
}

InstructionSet named_set(const char* name) {
    if (name == nullptr || *name == '\0') {
        return runnable_sets().back();
    }
    std::string names;
    for (const InstructionSet set : runnable_sets()) {
        if (std::string_view(name) == name_of(set)) {
            return set;
        }
        names += (names.empty() ? "" : ", ") + std::string(name_of(set));
    }
    throw OptionError("the environment variable OCRKIT_SIMD is '" + std::string(name) + "'; this machine runs " +
                      names + ": name one of them, or unset it for the widest");
}

InstructionSet chosen_set() {
    static const InstructionSet chosen = named_set(std::getenv("OCRKIT_SIMD"));
    return chosen;
}

const char* simd() { return name_of(chosen_set()); }

}  // namespace ocrkit::ctc
