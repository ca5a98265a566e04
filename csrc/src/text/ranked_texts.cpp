#include "text/ranked_texts.hpp"

#include <algorithm>
#include <cmath>

namespace ocrkit::ctc {

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// What a beam's score may be off by, since normalised frames are float32.
double doubt(double score) { return std::max(1e-4, 1e-6 * std::abs(score)); }

/// ln(exp(a) - exp(b)), -inf where that is no probability.
double log_subtract(double a, double b) { return b < a ? a + std::log1p(-std::exp(b - a)) : kNothing; }

}  // namespace

void RankedTexts::add(const LineView& line, std::vector<CompleteText>& found, const TextPrefixes& prefixes,
                      std::size_t n_best, double missed) {
    const std::size_t count = std::min(n_best, found.size());
    if (count == 0) {
        return;
    }
    const auto last = found.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::nth_element(found.begin(), last, found.end(),
                     [](const CompleteText& a, const CompleteText& b) { return a.score > b.score; });
    const double worst = last->score;
    const double least = (missed > kNothing ? log_subtract(worst, missed) : worst) - doubt(worst);
    for (const CompleteText& text : found) {
        if (text.score >= least) {
            prefixes.spell(text.prefix, labels_);
            add(line, labels_, prefixes.final_term(text.prefix));
        }
    }
}

void RankedTexts::add(const LineView& line, std::span<const Label> labels, double term) {
    const auto is_same = [&](const Text& text) { return std::ranges::equal(text.labels, labels); };
    if (std::any_of(texts_.begin(), texts_.end(), is_same)) {
        return;
    }
    const double acoustic = rescorer_.acoustic_score(line, labels);
    if (acoustic > kNothing) {
        const Text text{acoustic + term, acoustic, {labels.begin(), labels.end()}};
        texts_.insert(std::upper_bound(texts_.begin(), texts_.end(), text), text);
    }
}

double RankedTexts::score(std::size_t rank) const { return rank <= texts_.size() ? texts_[rank - 1].score : kNothing; }

double RankedTexts::best_acoustic_score() const { return texts_.empty() ? kNothing : texts_.front().acoustic_score; }

void RankedTexts::give_out(const LineView& line, std::size_t n_best, Decoded& out) {
    for (std::size_t i = 0; i < std::min(n_best, texts_.size()); ++i) {
        HypothesisView hypothesis = rescorer_.hypothesis(line, texts_[i].labels, texts_[i].acoustic_score);
        hypothesis.score = texts_[i].score;
        out.add(hypothesis);
    }
}

/// Before `other` where the score that is given out, a float32, is higher, or equal with lower labels.
bool RankedTexts::Text::operator<(const Text& other) const {
    const auto mine = static_cast<float>(score);
    const auto its = static_cast<float>(other.score);
    return mine > its || (mine == its && labels < other.labels);
}

}  // namespace ocrkit::ctc
