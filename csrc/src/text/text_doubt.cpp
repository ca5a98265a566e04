#include "text/text_doubt.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ocrkit::ctc {

TextDoubt::TextDoubt(const TextGrammar& grammar) {
    const std::span<const Label> letters = grammar.lexicon().alphabet;
    const std::span<const Label> separators = grammar.separators();
    labels_.assign(letters.begin(), letters.end());
    labels_.insert(labels_.end(), separators.begin(), separators.end());
    std::sort(labels_.begin(), labels_.end());
    labels_.erase(std::unique(labels_.begin(), labels_.end()), labels_.end());
}

void TextDoubt::read(const LineView& line) {
    rests_.resize(line.frames + 1);
    rests_[line.frames] = 0.0;
    double after_blank = 1.0;
    double after_label = 1.0;
    double log_scale = 0.0;
    for (std::size_t t = line.frames; t-- > 0;) {
        const std::span<const float> frame = line.frame(t);
        float first = kLogZero;
        float second = kLogZero;
        for (const Label label : labels_) {
            const float value = frame[static_cast<std::size_t>(label)];
            second = std::max(second, std::min(first, value));
            first = std::max(first, value);
        }
        const double best = std::exp(static_cast<double>(first));
        const double stay = std::exp(static_cast<double>(frame[static_cast<std::size_t>(line.blank)])) * after_blank;
        // The label that goes on and the one that follows are two.
        const double followed = (best + std::exp(static_cast<double>(second))) * after_label + stay;
        after_blank = best * after_label + stay;
        log_scale += std::log(followed);
        after_blank /= followed;
        after_label = 1.0;
        rests_[t] = log_scale;
    }
}

double TextDoubt::log_missed(const LineView& line, std::span<const TextBeam<double>::Loss> losses,
                             double token_cut) const {
    const auto log_cut = static_cast<float>(std::log(token_cut));
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t t = 0; t < losses.size(); ++t) {
        const std::span<const float> frame = line.frame(t);
        const float threshold = frame[static_cast<std::size_t>(line.best[t])] + log_cut;
        float cut = kLogZero;
        for (const Label label : labels_) {
            const float value = frame[static_cast<std::size_t>(label)];
            cut = std::max(cut, value < threshold ? value : kLogZero);
        }
        const double lost = std::max(std::log(losses[t].most), static_cast<double>(cut));
        most = std::max(most, lost + losses[t].log_scale + rests_[t + 1]);
    }
    return most;
}

}  // namespace ocrkit::ctc
