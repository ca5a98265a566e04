#include "text_line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ocrkit::ctc {

namespace {

TextBeamOptions beam_options(const TextSearchOptions& options) {
    // A word is known for what it is only when it ends, and then may gain whatever it seemed to lack before.
    const double gain = options.model.words != nullptr ? std::numeric_limits<double>::infinity()
                        : options.model.ngrams != nullptr ? std::exp(std::max(options.model.bonus, 0.0))
                                                          : 1.0;
    return {.width = static_cast<std::size_t>(options.beam_width),
            .token_cut = options.token_cut,
            .largest_gain = gain};
}

}  // namespace

TextLineSearch::TextLineSearch(const TextGrammar& grammar, const TextSearchOptions& options)
    : narrow_(grammar, beam_options(options)), wide_(grammar, beam_options(options)) {}

void TextLineSearch::reset(std::size_t labels, Label blank) {
    narrow_.reset(labels, blank);
    wide_frames_ = 0;
}

void TextLineSearch::finish(const LineView& line, std::int64_t n_best, Decoded& out) {
    narrow_.complete(found_);
    if (found_.empty() || narrow_.only_faint()) {
        catch_up(line);
        wide_.complete(found_);
        give_out(line, wide_.prefixes(), static_cast<std::size_t>(n_best), out);
        out.end_line(!wide_.pruned());
    } else {
        give_out(line, narrow_.prefixes(), static_cast<std::size_t>(n_best), out);
        out.end_line(!narrow_.pruned());
    }
}

/// Leads the wide beam over the frames that it has not seen.
void TextLineSearch::catch_up(const LineView& line) {
    if (wide_frames_ == 0) {
        wide_.reset(line.labels, line.blank);
    }
    for (; wide_frames_ < line.frames; ++wide_frames_) {
        wide_.advance(line.frame(wide_frames_), line.best[wide_frames_]);
    }
}

/// Before `other` where the score that is given out, a float32, is higher, or equal with lower labels.
bool TextLineSearch::Ranked::operator<(const Ranked& other) const {
    const auto mine = static_cast<float>(score);
    const auto its = static_cast<float>(other.score);
    return mine > its || (mine == its && labels < other.labels);
}

/// Adds the best of what was found, rescored and put in order.
void TextLineSearch::give_out(const LineView& line, const TextPrefixes& prefixes, std::size_t n_best, Decoded& out) {
    // Scores are compared as they are given, in float32: two labellings that tie must not be told apart by the
    // rounding of their sums.
    const auto better = [&](const CompleteText& a, const CompleteText& b) {
        const auto left = static_cast<float>(a.score + line.log_sum_total);
        const auto right = static_cast<float>(b.score + line.log_sum_total);
        return left != right ? left > right : a.prefix != b.prefix && prefixes.precedes(a.prefix, b.prefix);
    };
    const std::size_t count = std::min(n_best, found_.size());
    std::partial_sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(count), found_.end(), better);
    ranked_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        prefixes.spell(found_[i].prefix, labels_);
        const double acoustic = rescorer_.acoustic_score(line, labels_);
        ranked_.push_back({acoustic + prefixes.final_term(found_[i].prefix), acoustic, labels_});
    }
    std::sort(ranked_.begin(), ranked_.end());
    for (const Ranked& ranked : ranked_) {
        HypothesisView hypothesis = rescorer_.hypothesis(line, ranked.labels, ranked.acoustic_score);
        hypothesis.score = ranked.score;
        out.add(hypothesis);
    }
}

}  // namespace ocrkit::ctc
