#include "ocrkit/ctc/ngram.hpp"

#include <string>

#include "check.hpp"

using namespace ocrkit::ctc;

namespace {

constexpr double kLn10 = 2.302585092994046;

// Units 0..4: <s> </s> <unk> a b.
constexpr const char* kTrigrams = R"(a comment of some tool

\data\
ngram 1=5
ngram 2=3
ngram 3=1

\1-grams:
-99	<s>	-0.5
-0.5	</s>
-2	<unk>	-0.125
-0.25	a	-0.75
-0.375	b	0.25

\2-grams:
-0.1	<s> a	-0.2
-0.3	a b	-0.4
-0.6	b </s>

\3-grams:
-0.05	<s> a b

\end\
)";

/// log10 p of units from the start to the end.
double log10_of(const NgramModel& model, const std::vector<NgramModel::Unit>& units) {
    double total = 0.0;
    NgramModel::Context context = model.start();
    for (const NgramModel::Unit unit : units) {
        const NgramModel::Step step = model.score(context, unit);
        total += step.log_prob;
        context = step.next;
    }
    return (total + model.end(context)) / kLn10;
}

}  // namespace

TEST(the_longest_ngram_counts_and_else_the_back_off) {
    const NgramModel model(kTrigrams);
    CHECK(model.order() == 3);
    CHECK(model.size() == 9);
    CHECK_NEAR(log10_of(model, {}), -0.5 - 0.5, 1e-6);               // backs off from <s>
    CHECK_NEAR(log10_of(model, {3, 4}), -0.1 - 0.05 - 0.4 - 0.6, 1e-6);   // <s> a b backs off to b </s> over a b
    CHECK_NEAR(log10_of(model, {4, 3}), -0.5 - 0.375 + 0.25 - 0.25 - 0.75 - 0.5, 1e-6);
    CHECK_NEAR(log10_of(model, {NgramModel::kUnknown}), -0.5 - 2.0 - 0.125 - 0.5, 1e-6);
}

TEST(files_of_windows_and_fields_parted_by_spaces_are_read) {
    std::string text;
    for (const char byte : std::string(kTrigrams)) {
        text += byte == '\n' ? "\r\n" : byte == '\t' ? "  " : std::string(1, byte);
    }
    CHECK_NEAR(log10_of(NgramModel(text), {3, 4}), log10_of(NgramModel(kTrigrams), {3, 4}), 0.0);
}

TEST(what_is_malformed_is_refused_with_its_line) {
    const auto with = [](const std::string& old, const std::string& replacement) {
        std::string text = kTrigrams;
        text.replace(text.find(old), old.size(), replacement);
        return NgramModel(text);
    };
    CHECK_THROWS(NgramError, NgramModel(""), "no line \\data\\");
    CHECK_THROWS(NgramError, with("ngram 1=5", "ngram 1=0"), "no unigrams");
    CHECK_THROWS(NgramError, with("ngram 1=5", "ngram 1"), "'ngram 1'; expected a line such as 'ngram 1=200'");
    CHECK_THROWS(NgramError, with("<s> a b", "b a b"), "but not its first 2 units");
    CHECK_THROWS(NgramError, with("b </s>", "a b"), "this n-gram is there twice");
    CHECK_THROWS(NgramError, with("-0.6\t", "-0.6e\t"), "the log-probability is '-0.6e'");
    CHECK_THROWS(NgramError, with("\\end\\", "\\4-grams:"), "expected \\end\\");
    try {
        with("b </s>", "b c");
    } catch (const NgramError& error) {
        CHECK(error.line == 18);
    }
}
