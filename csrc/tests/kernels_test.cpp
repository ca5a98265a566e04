#include "simd/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "check.hpp"
#include "line/prepare.hpp"
#include "line/rescore.hpp"
#include "oracle.hpp"

using namespace ocrkit::ctc;
namespace oracle = ocrkit::oracle;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Sizes around the vectors' widths, and around what fits in registers.
constexpr std::size_t kSizes[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 80, 127, 129, 255, 257, 1000};

const std::byte* bytes_of(const void* values) { return static_cast<const std::byte*>(values); }

/// Few distinct values, so that ties abound.
std::vector<float> few_values(std::mt19937& random, std::size_t count) {
    std::uniform_int_distribution<int> value(-6, 0);
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), [&] { return static_cast<float>(value(random)); });
    return values;
}

template <class Call>
void each_version_and_size(Call&& call) {
    std::mt19937 random(21);
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        for (const std::size_t size : kSizes) {
            for (int repeat = 0; repeat < 10; ++repeat) {
                call(*version, few_values(random, size), random);
            }
        }
    }
}

}  // namespace

TEST(arg_max_is_the_first_of_the_highest) {
    each_version_and_size([](const Kernels& version, const std::vector<float>& values, std::mt19937&) {
        float high = 0.0F;
        Label best = -1;
        CHECK(version.arg_max[0](bytes_of(values.data()), 0, 1, values.size(), kInfinity, &high, &best) == 1);
        const auto expected = std::max_element(values.begin(), values.end());
        CHECK(high == *expected);
        CHECK(best == expected - values.begin());
    });
}

TEST(arg_max_does_not_depend_on_where_a_frame_begins) {
    std::mt19937 random(22);
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        for (const std::size_t size : {std::size_t{80}, std::size_t{129}, std::size_t{1000}, std::size_t{2500}}) {
            std::vector<float> memory(size + 16);
            for (std::size_t begin = 0; begin < 16; ++begin) {
                const std::vector<float> values = few_values(random, size);
                std::fill(memory.begin(), memory.end(), kNaN);  // what lies around a frame is not read
                std::copy(values.begin(), values.end(), memory.begin() + static_cast<std::ptrdiff_t>(begin));
                float high = 0.0F;
                Label best = -1;
                CHECK(version->arg_max[0](bytes_of(memory.data() + begin), 0, 1, size, kInfinity, &high, &best) == 1);
                CHECK(best == std::max_element(values.begin(), values.end()) - values.begin());
            }
        }
    }
}

TEST(arg_max_stops_at_the_first_frame_that_holds_nonsense) {
    each_version_and_size([](const Kernels& version, const std::vector<float>& values, std::mt19937& random) {
        std::vector<float> frames(values);
        frames.insert(frames.end(), values.begin(), values.end());
        const std::size_t at = random() % values.size();
        const auto refused = [&] {
            float high[2];
            Label best[2];
            const auto stride = static_cast<std::ptrdiff_t>(values.size() * sizeof(float));
            return version.arg_max[0](bytes_of(frames.data()), stride, 2, values.size(), 0.5F, high, best);
        };
        CHECK(refused() == 2);
        for (const float nonsense : {kNaN, -kNaN, kInfinity, 0.5F}) {
            frames[values.size() + at] = nonsense;
            CHECK(refused() == 1);
        }
        std::fill(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(values.size()), -kInfinity);
        CHECK(refused() == 0);
    });
}

TEST(halves_widen_and_compare_as_their_values_do) {
    std::vector<std::uint16_t> bits(65536);
    for (std::size_t i = 0; i < bits.size(); ++i) {
        bits[i] = static_cast<std::uint16_t>(i);
    }
    for (const std::size_t dtype : {std::size_t{1}, std::size_t{2}}) {
        std::vector<float> expected(bits.size());
        kernels(InstructionSet::kScalar).widen[dtype](bytes_of(bits.data()), bits.size(), expected.data());
        for (const InstructionSet set : runnable_sets()) {
            const Kernels* const version = &kernels(set);
            std::vector<float> widened(bits.size());
            version->widen[dtype](bytes_of(bits.data()), bits.size(), widened.data());
            for (std::size_t i = 0; i < bits.size(); ++i) {
                const bool is_same = std::bit_cast<std::uint32_t>(widened[i]) == std::bit_cast<std::uint32_t>(expected[i]);
                CHECK(is_same || (std::isnan(widened[i]) && std::isnan(expected[i])));   // a NaN may turn quiet
            }
            float high = 0.0F;
            Label best = 0;
            // 0x0000..0x7bff are the finite ones that are not negative, of float16; ascending.
            const std::size_t count = dtype == 1 ? 0x7c00 : 0x7f80;
            CHECK(version->arg_max[dtype](bytes_of(bits.data()), 0, 1, count, kInfinity, &high, &best) == 1);
            CHECK(best == static_cast<Label>(count - 1));
            CHECK(high == expected[count - 1]);
        }
    }
}

TEST(bfloat16_is_the_upper_half_of_a_float32) {
    const std::uint16_t bits[] = {0x3f80, 0xc000, 0x0001, 0xff80};
    float widened[4];
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        version->widen[2](bytes_of(bits), 4, widened);
        CHECK(widened[0] == 1.0F && widened[1] == -2.0F && widened[2] == 0x1p-133F && widened[3] == -kInfinity);
    }
}

TEST(picking_finds_all_at_or_above_the_threshold) {
    each_version_and_size([](const Kernels& version, std::vector<float> values, std::mt19937& random) {
        values[random() % values.size()] = -kInfinity;
        for (const float threshold : {-kInfinity, -3.0F, 0.0F, 1.0F}) {
            std::vector<Label> expected;
            bool below = false;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const bool is_possible = values[i] > -kInfinity;
                if (is_possible && values[i] >= threshold) {
                    expected.push_back(static_cast<Label>(i));
                }
                below = below || (is_possible && values[i] < threshold);
            }
            std::vector<Label> picked(values.size());
            picked.resize(version.pick(values.data(), values.size(), threshold, picked.data()));
            CHECK(picked == expected);
            CHECK(version.any_below(values.data(), values.size(), threshold) == below);
            const std::vector<double> wide(values.begin(), values.end());
            if (threshold > -kInfinity) {
                picked.resize(values.size() + 8);
                picked.resize(version.pick_doubles(wide.data(), wide.size(), static_cast<double>(threshold), picked.data()));
                CHECK(picked == expected);
                CHECK(version.count_at_least(wide.data(), wide.size(), static_cast<double>(threshold)) == expected.size());
                CHECK(version.highest(wide.data(), wide.size()) == *std::max_element(wide.begin(), wide.end()));
            }
        }
    });
}

TEST(logarithms_are_within_their_bounds) {
    std::vector<double> values{1.0, 2.0, 0.5, 1.0 + 0x1p-52, 1.0 - 0x1p-53, 0x1p-1022, 1.7e308, std::exp(1.0)};
    std::mt19937 random(23);
    for (int i = 0; i < 4000; ++i) {
        values.push_back(std::exp(std::uniform_real_distribution<double>(-700.0, 700.0)(random)));
        values.push_back(std::uniform_real_distribution<double>(0.5, 2.0)(random));
    }
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        std::vector<double> logarithms(values.size());
        version->ln(values.data(), values.size(), logarithms.data());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double expected = std::log(values[i]);
            CHECK(std::fabs(logarithms[i] - expected) <= 1e-15 * std::max(1.0, std::fabs(expected)));
        }
    }
}

TEST(subtracting_rounds_once) {
    const std::vector<float> values{0.0F, -1.0F, -kInfinity, 1000.25F, -3e38F, 1.0F / 3.0F, 7.0F, 8.0F, 9.0F};
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        for (const double by : {0.0, 1e-9, -2.5, 1000.1}) {
            std::vector<float> differences(values.size());
            version->subtract(values.data(), values.size(), by, differences.data());
            for (std::size_t i = 0; i < values.size(); ++i) {
                CHECK(differences[i] == static_cast<float>(static_cast<double>(values[i]) - by));
            }
        }
    }
}

TEST(picking_other_labels_finds_each_place_where_one_stands) {
    each_version_and_size([](const Kernels& version, const std::vector<float>& values, std::mt19937&) {
        const std::vector<Label> labels(values.begin(), values.end());
        std::vector<std::int32_t> expected;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (labels[i] != -2) {
                expected.push_back(static_cast<std::int32_t>(i));
            }
        }
        std::vector<std::int32_t> picked(labels.size() + 8);
        picked.resize(version.pick_other(labels.data(), labels.size(), -2, picked.data()));
        CHECK(picked == expected);
    });
}

TEST(exponentials_are_within_their_bounds) {
    std::vector<float> values{0.0F, -kInfinity, -700.5F, -690.0F, -87.5F, -1e-30F, 40.0F, 690.0F, 800.0F, -3e38F};
    for (int i = 0; i < 4000; ++i) {
        values.push_back(-static_cast<float>(i) * 0.0271F);
    }
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        std::vector<double> exponentials(values.size());
        version->exp(values.data(), values.size(), 0.0F, exponentials.data());
        double sum = 0.0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto value = static_cast<double>(values[i]);
            const double expected = value < -700.0 ? 0.0 : value > 710.0 ? oracle::kNothing * -1.0 : std::exp(value);
            CHECK(exponentials[i] == expected || std::fabs(exponentials[i] / expected - 1.0) < 1e-13);
            sum += values[i] <= 0.0F ? std::exp(value) : 0.0;
        }
        std::vector<float> negative;
        std::copy_if(values.begin(), values.end(), std::back_inserter(negative), [](float v) { return v <= 0.0F; });
        CHECK_NEAR(version->sum_exp(negative.data(), negative.size(), 0.0F) / sum, 1.0, 2e-7);
    }
}

TEST(every_version_scores_and_aligns_as_the_logs_do) {
    std::mt19937 random(22);
    for (int repeat = 0; repeat < 300; ++repeat) {
        const std::size_t frames = 1 + random() % 60;
        const oracle::Batch batch =
            oracle::random_batch(random, 1, frames, 2 + random() % 12, static_cast<float>(random() % 12), repeat % 2 == 0);
        PreparedLine prepared;
        const LineView line = prepared.read(batch.view(), 0);
        std::vector<Label> labels(random() % (frames + 2));
        std::generate(labels.begin(), labels.end(),
                      [&] { return static_cast<Label>(1 + random() % (batch.labels - 1)); });
        Rescorer rescorer;
        const double expected = rescorer.score_in_logs(line, labels);
        for (const InstructionSet set : runnable_sets()) {
            const Kernels* const version = &kernels(set);
            const std::size_t blocks = labels.size() / version->lanes + 1;
            std::vector<Label> padded(labels);
            padded.resize(blocks * version->lanes, line.blank);
            std::vector<double> states(4 * padded.size());
            std::vector<std::uint8_t> steps(3 * frames * blocks);
            const Lattice lattice{.values = line.values.data(), .stride = static_cast<std::ptrdiff_t>(line.stride),
                                  .frames = frames, .high = line.high.data(), .labels = padded.data(),
                                  .count = labels.size(), .blank = line.blank, .states = states.data(),
                                  .steps = steps.data()};
            const Mass mass = version->forward(lattice);
            CHECK(mass.is_trusted || expected - line.high_total < -400.0);   // far from where a double ends
            if (mass.is_trusted) {
                CHECK_NEAR(mass.log + line.high_total, expected, 1e-9 * std::max(1.0, std::fabs(expected)));
            }
            std::vector<std::int32_t> begin(labels.size());
            std::vector<std::int32_t> end(labels.size());
            CHECK(version->align(lattice, begin.data(), end.data()) == (expected > oracle::kNothing));
            for (std::size_t i = 0; mass.is_trusted && i < labels.size(); ++i) {
                const std::int32_t after = i == 0 ? 0 : end[i - 1] + (labels[i] == labels[i - 1] ? 1 : 0);
                CHECK(begin[i] >= after && end[i] > begin[i] && end[i] <= static_cast<std::int32_t>(frames));
            }
        }
    }
}

TEST(a_forward_pass_owns_up_to_what_it_may_have_lost) {
    // 5,000 frames at -60 nats but for the blank: "1" a thousand times is far below what a double can hold.
    oracle::Batch batch{.lines = 1, .frames = 5000, .labels = 2, .values = {}, .lengths = {}, .blank = 0};
    for (std::size_t t = 0; t < batch.frames; ++t) {
        batch.values.insert(batch.values.end(), {0.0F, -60.0F});
    }
    PreparedLine prepared;
    const LineView line = prepared.read(batch.view(), 0);
    for (const InstructionSet set : runnable_sets()) {
        const Kernels* const version = &kernels(set);
        std::vector<Label> labels(1000 / version->lanes * version->lanes + version->lanes, 0);
        std::fill_n(labels.begin(), 1000, 1);
        std::vector<double> states(4 * labels.size());
        CHECK(!version
                   ->forward({.values = line.values.data(), .stride = 2, .frames = 5000, .high = line.high.data(),
                              .labels = labels.data(), .count = 1000, .blank = 0, .states = states.data()})
                   .is_trusted);
    }
}
