/// The reader of language models: any text is read or refused, and what is read can be asked anything.
#include "ocrkit/ctc/ngram.hpp"

#include <cmath>
#include <string>

#include "fuzz.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

/// A text of pieces that such files are made of, so that some of it gets past the first line.
std::string text_of(fuzz::Bytes& bytes) {
    constexpr std::array<const char*, 24> kPieces{
        "\\data\\\n", "ngram 1=3\n", "ngram 2=2\n", "ngram 1=", "\\1-grams:\n", "\\2-grams:\n", "\\end\\\n", "\n",
        "-1\ta\t-0.5\n", "-1\t<s>\t-0.25\n", "-2\t</s>\n", "-1.5\t<unk>\n", "-1\ta a\n", "-0.5\t<s> a\n", "-1",
        "\t", " ", "a", "<s>", "2", "nan", "1e999", "-inf", "\\"};
    std::string text;
    const bool has_head = bytes.in(0, 3) > 0;
    if (has_head) {
        text = "\\data\\\nngram 1=3\nngram 2=2\n\\1-grams:\n-1\t<s>\t-0.25\n-2\t</s>\n-1\ta\t-0.5\n\\2-grams:\n";
    }
    for (std::size_t i = bytes.in(0, 40); i > 0; --i) {
        const std::uint8_t byte = bytes.next();
        text += byte < 232 ? std::string(kPieces[byte % kPieces.size()]) : std::string(1, static_cast<char>(bytes.next()));
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Bytes bytes(data, size);
    const std::string text = text_of(bytes);
    try {
        const ctc::NgramModel model(text);
        ctc::NgramModel::Context context = model.start();
        for (std::size_t i = 0; i < 12; ++i) {
            const auto unit = static_cast<ctc::NgramModel::Unit>(bytes.in(0, model.units().size())) - 1;
            const auto step = model.score(context, unit);
            require(!std::isnan(step.log_prob), "a probability is a number");
            context = step.next;
        }
        require(!std::isnan(model.end(context)), "the end has a probability");
    } catch (const ctc::NgramError& error) {
        require(error.line >= 0, "what is refused is refused with its line");
    }
    return 0;
}
