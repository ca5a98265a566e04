#include "simd/instruction_set.hpp"

#include <cstdlib>
#include <string>

#include "check.hpp"
#include "ocrkit/ctc/simd.hpp"
#include "ocrkit/ctc/types.hpp"
#include "simd/kernels.hpp"
#include "simd/lexicon_kernels.hpp"

using namespace ocrkit::ctc;

// The first of these tests, as the variable is read once a program.
TEST(the_environment_chooses_for_every_search) {
    setenv("OCRKIT_SIMD", "scalar", 1);

    CHECK(chosen_set() == InstructionSet::kScalar);
    CHECK(std::string(simd()) == "scalar");
    CHECK(&kernels() == &kernels(InstructionSet::kScalar));
    CHECK(&lexicon_kernels<float>() == &lexicon_kernels<float>(InstructionSet::kScalar));
    CHECK(&lexicon_kernels<double>() == &lexicon_kernels<double>(InstructionSet::kScalar));
}

TEST(every_set_has_versions_of_its_own) {
    CHECK(runnable_sets().front() == InstructionSet::kScalar);
    for (const InstructionSet set : runnable_sets().subspan(1)) {
        CHECK(&kernels(set) != &kernels(InstructionSet::kScalar));
        CHECK(&lexicon_kernels<float>(set) != &lexicon_kernels<float>(InstructionSet::kScalar));
        CHECK(&lexicon_kernels<double>(set) != &lexicon_kernels<double>(InstructionSet::kScalar));
    }
}

TEST(a_set_is_found_by_its_name) {
    for (const InstructionSet set : runnable_sets()) {
        CHECK(named_set(name_of(set)) == set);
    }
}

TEST(without_a_name_the_widest_is_taken) {
    CHECK(named_set(nullptr) == runnable_sets().back());
    CHECK(named_set("") == runnable_sets().back());
}

TEST(a_name_of_no_set_is_refused_with_those_there_are) {
    CHECK_THROWS(OptionError, named_set("AVX2"), "OCRKIT_SIMD is 'AVX2'; this machine runs scalar");
    CHECK_THROWS(OptionError, named_set("sse2"), name_of(runnable_sets().back()));
}
