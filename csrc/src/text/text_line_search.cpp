#include "text/text_line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ocrkit::ctc {

namespace {

/// What the language model's term can multiply a hypothesis by when it gets one label more.
double largest_gain(const TextModel& model) {
    if (model.words != nullptr) {
        // A word is known for what it is only when it ends, and then may gain whatever it seemed to lack before.
        return std::numeric_limits<double>::infinity();
    }
    std::int64_t most_units = 0;   // that spell a label
    for (std::size_t label = 0; label + 1 < model.label_offsets.size(); ++label) {
        most_units = std::max(most_units, model.label_offsets[label + 1] - model.label_offsets[label]);
    }
    return std::exp(std::max(model.bonus, 0.0) * static_cast<double>(most_units));
}

TextBeamOptions beam_options(const TextSearchOptions& options) {
    return {.width = static_cast<std::size_t>(options.beam_width),
            .token_cut = options.token_cut,
            .largest_gain = options.model.ngrams == nullptr ? 1.0 : largest_gain(options.model)};
}

/// What a beam's score may be off by, since normalised frames are float32.
double doubt(double score) { return std::max(1e-4, 1e-6 * std::abs(score)); }

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

/// The score that one of the `count` best has at least, as far as the beam can tell.
double TextLineSearch::least_score(std::size_t count) {
    const auto last = found_.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::nth_element(found_.begin(), last, found_.end(),
                     [](const CompleteText& a, const CompleteText& b) { return a.score > b.score; });
    return last->score - doubt(last->score);
}

/// Adds the best of what was found, rescored and put in order. What may be among them but for the rounding of the
/// beam's sums is rescored too, so that it is the exact scores that choose, and that tie.
void TextLineSearch::give_out(const LineView& line, const TextPrefixes& prefixes, std::size_t n_best, Decoded& out) {
    const std::size_t count = std::min(n_best, found_.size());
    ranked_.clear();
    const double least = count == 0 ? 0.0 : least_score(count);
    for (const CompleteText& text : found_) {
        if (text.score < least) {
            continue;
        }
        prefixes.spell(text.prefix, labels_);
        const double acoustic = rescorer_.acoustic_score(line, labels_);
        ranked_.push_back({acoustic + prefixes.final_term(text.prefix), acoustic, labels_});
    }
    std::sort(ranked_.begin(), ranked_.end());
    for (std::size_t i = 0; i < count; ++i) {
        const Ranked& ranked = ranked_[i];
        HypothesisView hypothesis = rescorer_.hypothesis(line, ranked.labels, ranked.acoustic_score);
        hypothesis.score = ranked.score;
        out.add(hypothesis);
    }
}

}  // namespace ocrkit::ctc
