// One fixed case of a decoder on one path of instructions, for Callgrind to count: callgrind_driver CASE PATH.
// What is counted happens inside `counted_run`; a first run outside it pays for what is made once.
// Prints the compiler when called without arguments. Exit code 3: this machine has no such path.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ocrkit/ctc/beam_search.hpp"
#include "ocrkit/ctc/greedy.hpp"
#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/lexicon_search.hpp"
#include "ocrkit/ctc/simd.hpp"

namespace {

using namespace ocrkit::ctc;

using Run = std::function<std::size_t()>;

/// Numbers in 0..1 that are the same everywhere. Source: Steele et al. 2014, "Fast splittable pseudorandom number
/// generators" (SplitMix64).
class Random {
   public:
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

    std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(uniform() * static_cast<double>(bound)); }

   private:
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    std::uint64_t state_ = 20;
};

using Word = std::vector<Label>;

/// Lines of blanks and labels in turns, a few of the labels contested, float32.
class Posteriors {
   public:
    Posteriors(const std::vector<Word>& texts, std::int64_t frames, std::int64_t labels, Random& random)
        : lines_(static_cast<std::int64_t>(texts.size())), frames_(frames), labels_(labels) {
        for (const Word& text : texts) {
            write(text, random);
        }
    }

    EmissionsView view() const {
        constexpr std::int64_t kSize = sizeof(float);
        return {.data = reinterpret_cast<const std::byte*>(values_.data()),
                .line_stride = frames_ * labels_ * kSize,
                .frame_stride = labels_ * kSize,
                .label_stride = kSize,
                .lines = lines_,
                .frames = frames_,
                .labels = labels_};
    }

   private:
    /// Each label stands in the middle of its share of the frames.
    void write(const Word& text, Random& random) {
        const auto count = static_cast<std::int64_t>(text.size());
        for (std::int64_t t = 0; t < frames_; ++t) {
            std::vector<double> logits(static_cast<std::size_t>(labels_));
            for (double& logit : logits) {
                logit = 3.0 * random.uniform();
            }
            const std::int64_t place = t * count / frames_;
            const bool is_label = t == ((2 * place + 1) * frames_ / count) / 2;
            logits[is_label ? static_cast<std::size_t>(text[static_cast<std::size_t>(place)]) : 0] = 10.0;
            if (random.uniform() < 0.2) {
                logits[static_cast<std::size_t>(random.below(labels_))] = 9.0 + 2.0 * random.uniform();
            }
            double sum = 0.0;
            for (const double logit : logits) {
                sum += std::exp(logit);
            }
            for (const double logit : logits) {
                values_.push_back(static_cast<float>(logit - std::log(sum)));
            }
        }
    }

    std::int64_t lines_;
    std::int64_t frames_;
    std::int64_t labels_;
    std::vector<float> values_;
};

std::vector<Word> draw(std::int64_t count, std::int64_t shortest, std::int64_t longest, std::int64_t labels,
                       Random& random) {
    std::vector<Word> words(static_cast<std::size_t>(count));
    for (Word& word : words) {
        word.resize(static_cast<std::size_t>(shortest + random.below(longest - shortest + 1)));
        for (Label& label : word) {
            label = static_cast<Label>(1 + random.below(labels - 1));
        }
    }
    return words;
}

Lexicon lexicon_of(const std::vector<Word>& words) {
    Word labels;
    std::vector<std::int64_t> offsets{0};
    for (const Word& word : words) {
        labels.insert(labels.end(), word.begin(), word.end());
        offsets.push_back(static_cast<std::int64_t>(labels.size()));
    }
    return Lexicon(labels, offsets);
}

Run greedy_case(bool rescore) {
    Random random;
    const Posteriors lines(draw(32, 30, 60, 80, random), 192, 80, random);
    return [lines, rescore] { return greedy(lines.view(), {.rescore = rescore, .threads = 1}).labels.size(); };
}

Run beam_case() {
    Random random;
    const Posteriors lines(draw(32, 12, 30, 81, random), 85, 81, random);
    return [lines] { return beam_search(lines.view(), {.beam_width = 10, .threads = 1}).labels.size(); };
}

Run lexicon_case() {
    Random random;
    std::vector<Word> words = draw(1000, 3, 10, 27, random);
    const Lexicon lexicon = lexicon_of(words);
    words.resize(128);
    const Posteriors lines(words, 32, 37, random);
    return [lines, lexicon] { return lexicon_search(lines.view(), lexicon.view(), {.threads = 1}).labels.size(); };
}

const std::map<std::string, std::function<Run()>> kCases = {
    {"greedy", [] { return greedy_case(false); }},
    {"greedy-rescored", [] { return greedy_case(true); }},
    {"beam-10", beam_case},
    {"lexicon-1000", lexicon_case},
};

}  // namespace

extern "C" [[gnu::noinline]] std::size_t counted_run(const Run& run) { return run(); }

int main(int argc, char** argv) {
    if (argc != 3) {
#if defined(__clang__)
        std::printf("clang %d.%d.%d %s\n", __clang_major__, __clang_minor__, __clang_patchlevel__, OCRKIT_ARCHITECTURE);
#else
        std::printf("gcc %d.%d.%d %s\n", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__, OCRKIT_ARCHITECTURE);
#endif
        return 0;
    }
    const auto found = kCases.find(argv[1]);
    if (found == kCases.end()) {
        std::fprintf(stderr, "no case %s\n", argv[1]);
        return 2;
    }
    setenv("OCRKIT_SIMD", argv[2], 1);
    try {
        simd();
    } catch (const OptionError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 3;
    }
    const Run run = found->second();
    const std::size_t labels = run();
    return counted_run(run) == labels && labels > 0 ? 0 : 1;
}
