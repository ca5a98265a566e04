#include "simd/lexicon_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "lexicon/lexicon_tables.hpp"
#include "line/prepare.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// A line, and what the kernels are asked of it.
struct Case {
    oracle::Batch batch;
    PreparedLine prepared;
    LineView line;
    std::vector<Label> alphabet;

    Case(std::mt19937& random, std::size_t frames, std::size_t labels, float scale)
        : batch(oracle::random_batch(random, 1, frames, labels, scale, true)),
          line(prepared.prepare(batch.view(), 0)) {
        for (Label label = 1; label < static_cast<Label>(labels); ++label) {
            if (random() % 8 != 0 || alphabet.empty()) {
                alphabet.push_back(label);
            }
        }
    }
};

double value_of(double number) { return number; }
double value_of(Extended number) { return std::exp(to_log(number)); }

/// Every column of every letter, as plain doubles.
template <class Number>
std::vector<double> columns_of(const Case& given, const LexiconKernels<Number>& kernels, bool by_level) {
    LineTables<Number> tables(given.alphabet, kernels);
    tables.reset(given.line);
    if (by_level) {
        tables.tell_levels_apart();
    }
    std::vector<double> all;
    for (const Label label : given.alphabet) {
        const std::int32_t letter = tables.letter(label);
        tables.require(letter);
        std::vector<const Number*> columns{tables.emission(letter), tables.whole(letter)};
        for (std::size_t height = 1; height <= kLexiconLevels + 1; ++height) {
            columns.push_back(tables.below(letter, height));
        }
        for (const Number* const column : columns) {
            for (std::size_t t = 0; t < padded(given.line.frames); ++t) {
                all.push_back(value_of(column[t]));
            }
        }
    }
    return all;
}

void check_near(const std::vector<double>& got, const std::vector<double>& wanted, const std::string& name) {
    CHECK(got.size() == wanted.size());
    std::size_t far = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        // Below e^-80 a float may be zero.
        far += std::abs(got[i] - wanted[i]) > 2e-5 * wanted[i] + 1e-34 ? 1 : 0;
    }
    ocrkit::check::expect(far == 0, name + " is far off in " + std::to_string(far) + " places", __FILE__, __LINE__);
}

}  // namespace

TEST(every_table_makes_the_columns_that_plain_doubles_make) {
    std::mt19937 random(1);
    for (const std::size_t frames : {1U, 5U, 16U, 17U, 32U, 40U}) {
        for (const std::size_t labels : {2U, 17U, 37U, 40U}) {
            const Case given(random, frames, labels, 4.0F);
            for (const bool by_level : {false, true}) {
                const auto plain = columns_of(given, lexicon_kernels<double>(InstructionSet::kScalar), by_level);
                for (const InstructionSet set : runnable_sets()) {
                    const std::string name = name_of(set);
                    check_near(columns_of(given, lexicon_kernels<float>(set), by_level), plain, "float " + name);
                    check_near(columns_of(given, lexicon_kernels<double>(set), by_level), plain, "double " + name);
                }
                check_near(columns_of(given, lexicon_kernels<Extended>(), by_level), plain, "Extended");
            }
        }
    }
}

TEST(impossible_and_nearly_impossible_labels_have_the_probability_zero) {
    oracle::Batch batch{.lines = 1, .frames = 1, .labels = 20, .values = {}, .lengths = {}, .blank = 0};
    batch.values.assign(20, 0.0F);
    batch.values[3] = kLogZero;
    batch.values[4] = -100.0F;
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);
    const std::vector<Label> alphabet{1, 2, 3, 4};
    for (const InstructionSet set : runnable_sets()) {
        LineTables<float> tables(alphabet, lexicon_kernels<float>(set));
        tables.reset(line);
        tables.require(0);
        CHECK_NEAR(tables.emission(tables.letter(1))[0], 1.0 / 18.0, 1e-7);
        CHECK(tables.emission(tables.letter(3))[0] == 0.0F);
        CHECK(tables.emission(tables.letter(4))[0] == 0.0F);
    }
}

TEST(every_table_adds_up_products) {
    std::mt19937 random(2);
    std::uniform_real_distribution<float> uniform;
    for (const std::size_t frames : {16U, 32U, 48U, 160U}) {
        std::vector<float> source(frames);
        std::vector<std::vector<float>> columns(5, std::vector<float>(frames));
        std::generate(source.begin(), source.end(), [&] { return uniform(random); });
        std::vector<const float*> pointers;
        for (std::vector<float>& column : columns) {
            std::generate(column.begin(), column.end(), [&] { return uniform(random); });
            pointers.push_back(column.data());
        }
        for (std::size_t begin = 0; begin < frames; begin += 16) {
            for (const InstructionSet set : runnable_sets()) {
                std::vector<float> sums(columns.size());
                lexicon_kernels<float>(set).weigh(source.data(), begin, frames, pointers.data(), pointers.size(),
                                                  sums.data());
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    double expected = 0.0;
                    for (std::size_t t = begin; t < frames; ++t) {
                        expected += static_cast<double>(source[t]) * static_cast<double>(columns[i][t]);
                    }
                    CHECK_NEAR(sums[i], expected, 1e-6 * expected);
                }
            }
        }
    }
}
