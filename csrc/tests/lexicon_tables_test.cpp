#include "lexicon/lexicon_tables.hpp"

#include <map>
#include <vector>

#include "check.hpp"
#include "line/prepare.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

/// The mass of an output after t frames, t < T: all of it, and what ends with a blank; slow and obvious.
struct Mass {
    std::vector<double> any;
    std::vector<double> after_blank;

    Mass(const LineView& line, const oracle::Labels& labels) : any(padded(line.frames)), after_blank(any) {
        for (std::size_t t = 0; t < line.frames; ++t) {
            oracle::Labels path(t, 0);
            for (bool more = true; more;) {
                double log_prob = 0.0;
                for (std::size_t i = 0; i < t; ++i) log_prob += static_cast<double>(line.at(i, path[i]));
                if (oracle::collapse(path, line.blank) == labels) {
                    any[t] += std::exp(log_prob);
                    after_blank[t] += t == 0 || path[t - 1] == line.blank ? std::exp(log_prob) : 0.0;
                }
                more = false;
                for (std::size_t i = 0; i < t && !more; ++i) {
                    path[i] = (path[i] + 1) % static_cast<Label>(line.labels);
                    more = path[i] != 0;
                }
            }
        }
    }
};

double product(const std::vector<double>& source, const double* column) {
    double total = 0.0;
    for (std::size_t t = 0; t < source.size(); ++t) total += source[t] * column[t];
    return total;
}

}  // namespace

TEST(whole_gives_the_probability_of_a_labelling_and_below_bounds_all_that_goes_on) {
    std::mt19937 random(1);
    constexpr std::size_t kFrames = 5;
    constexpr std::size_t kLabels = 4;
    for (int repeat = 0; repeat < 6; ++repeat) {
        const oracle::Batch batch = oracle::random_batch(random, 1, kFrames, kLabels, repeat < 3 ? 0.5F : 3.0F, true);
        PreparedLine prepared;
        const LineView line = prepared.prepare(batch.view(), 0);
        const auto labellings = oracle::labellings(batch, 0);
        const std::vector<Label> alphabet{1, 2, 3};
        LineTables<double> tables(alphabet, lexicon_kernels<double>());
        tables.reset(line);
        for (const bool by_level : {false, true}) {
            if (by_level) tables.tell_levels_apart();
            for (const oracle::Labels& prefix : {oracle::Labels{}, {1}, {2, 2}, {3, 1, 3}}) {
                const Mass mass(line, prefix);
                for (const Label label : alphabet) {
                    const bool repeats = !prefix.empty() && prefix.back() == label;
                    const auto& source = repeats ? mass.after_blank : mass.any;
                    const std::int32_t letter = tables.letter(label);
                    tables.require(letter);
                    oracle::Labels longer = prefix;
                    longer.push_back(label);
                    const auto own = labellings.find(longer);
                    CHECK_NEAR(product(source, tables.whole(letter)),
                               own == labellings.end() ? 0.0 : std::exp(own->second), 1e-6);
                    for (const auto& [labelling, score] : labellings) {
                        const bool goes_on = labelling.size() > longer.size() &&
                                             std::equal(longer.begin(), longer.end(), labelling.begin());
                        if (goes_on) {
                            const std::size_t height = labelling.size() - longer.size();
                            CHECK(product(source, tables.below(letter, height)) >= std::exp(score) * (1 - 1e-6));
                        }
                    }
                }
            }
        }
    }
}

TEST(bounds_tighten_as_fewer_letters_may_follow) {
    std::mt19937 random(2);
    const oracle::Batch batch = oracle::random_batch(random, 1, 20, 8, 1.0F, true);
    PreparedLine prepared;
    const LineView line = prepared.prepare(batch.view(), 0);
    const std::vector<Label> alphabet{1, 2, 5, 7};
    LineTables<float> tables(alphabet, lexicon_kernels<float>());
    tables.reset(line);
    tables.require(0);
    const std::vector<float> loose(tables.below(0, 1), tables.below(0, 1) + 20);
    tables.tell_levels_apart();
    for (std::size_t height = 1; height < kLexiconLevels; ++height) {
        for (std::size_t t = 0; t < 20; ++t) {
            CHECK(tables.below(0, height)[t] <= tables.below(0, height + 1)[t] * 1.000001F);
            CHECK(tables.below(0, height)[t] <= loose[t] * 1.000001F);
        }
    }
    CHECK(tables.below(0, 1)[10] < loose[10]);
    CHECK(tables.below(0, kLexiconLevels + 1)[10] == loose[10]);
}
