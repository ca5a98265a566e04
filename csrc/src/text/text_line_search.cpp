#include "text/text_line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "line/pulse.hpp"

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

/// ln of a half, with room for rounding: all other texts share what is left, which is less.
constexpr double kMostOfAll = -0.69;

/// How far what a beam left out may lie above what it found, in nats, for all that is known of it. That is too high by what
/// the frames which follow cost any text, which is a little a frame.
struct Threshold {
    double nats;
    double nats_a_frame;
    double most;

    double of(std::size_t frames) const {
        return std::min(nats + nats_a_frame * static_cast<double>(frames), most);
    }
};

/// A line is searched again above the first, and thoroughly above the second.
constexpr Threshold kSomeDoubt{-1.2, 0.06, 10.0};
constexpr Threshold kMuchDoubt{-2.0, 0.12, 30.0};

/// The same where terms weigh texts that the bound knows nothing of: what any text could have beyond what was found.
constexpr Threshold kWeighedDoubt{6.0, 0.06, 20.0};

}  // namespace

TextLineSearch::TextLineSearch(const TextGrammar& grammar, const TextSearchOptions& options)
    : grammar_(grammar),
      options_(options),
      is_weighed_(options.model.ngrams != nullptr || options.prior_weight > 0.0),
      narrow_(grammar, beam_options(options)),
      wide_(grammar, beam_options(options)),
      doubt_(grammar) {
    if (grammar.is_hard() && grammar.separators().empty() && options.model.ngrams == nullptr) {
        lone_ = std::make_unique<LoneEntrySearch>(grammar.lexicon(), options);
    }
}

void TextLineSearch::search(const LineView& line, std::int64_t n_best, Decoded& out) {
    const auto count = static_cast<std::size_t>(n_best);
    texts_.clear();
    bool is_proved = lone_ != nullptr && lone_->run(line, texts_);
    if (!is_proved) {
        reset(line.labels, line.blank);
        Pulse& pulse = ctc::pulse();
        for (std::size_t t = 0; t < line.frames; ++t) {
            advance(line.frame(t), line.best[t]);
            pulse.beat(line.labels + 10'000);
        }
        is_proved = settle(line, count);
    }
    give_out(line, count, is_proved, out);
}

void TextLineSearch::reset(std::size_t labels, Label blank) {
    narrow_.reset(labels, blank);
    wide_frames_ = 0;
}

void TextLineSearch::finish(const LineView& line, std::int64_t n_best, Decoded& out) {
    const auto count = static_cast<std::size_t>(n_best);
    texts_.clear();
    const bool is_proved = settle(line, count);
    give_out(line, count, is_proved, out);
}

/// Adds to texts_ what the beams found, and what a second search finds if they may have missed something. Returns
/// whether the `n_best` best are surely among them.
bool TextLineSearch::settle(const LineView& line, std::size_t n_best) {
    narrow_.complete(found_);
    const bool is_faint = found_.empty() || narrow_.only_faint();
    if (is_faint) {
        catch_up(line);
        wide_.complete(found_);
        texts_.add(line, found_, wide_.prefixes(), n_best);
    } else {
        texts_.add(line, found_, narrow_.prefixes(), n_best);
    }
    const bool is_proved = !(is_faint ? wide_.pruned() : narrow_.pruned());
    if (is_proved || !grammar_.is_hard()) {
        return is_proved;
    }
    if (!is_weighed_ && n_best == 1 && texts_.best_acoustic_score() - line.log_sum_total > kMostOfAll) {
        return true;
    }
    const Doubt left = is_faint ? Doubt::kMuch : doubt(line, n_best);
    if (left == Doubt::kNone) {
        return false;
    }
    if (hard_ == nullptr) {
        hard_ = std::make_unique<HardTextSearch>(grammar_, options_);
    }
    return hard_->run(line, n_best, left == Doubt::kMuch, texts_);
}

void TextLineSearch::give_out(const LineView& line, std::size_t n_best, bool is_proved, Decoded& out) {
    texts_.give_out(line, n_best, out);
    out.end_line(is_proved);
}

/// Whether the beam may well have left out one of the `n_best` best texts.
auto TextLineSearch::doubt(const LineView& line, std::size_t n_best) -> Doubt {
    const double found = (is_weighed_ ? texts_.best_acoustic_score() : texts_.score(n_best)) - line.log_sum_total;
    doubt_.read(line);
    if (is_weighed_) {
        return doubt_.log_bound() - found > kWeighedDoubt.of(line.frames) ? Doubt::kSome : Doubt::kNone;
    }
    const double missed = doubt_.log_missed(line, narrow_.losses(), options_.token_cut) - found;
    return missed <= kSomeDoubt.of(line.frames)   ? Doubt::kNone
           : missed <= kMuchDoubt.of(line.frames) ? Doubt::kSome
                                                  : Doubt::kMuch;
}

/// Leads the wide beam over the frames that it has not seen.
void TextLineSearch::catch_up(const LineView& line) {
    if (wide_frames_ == 0) {
        wide_.reset(line.labels, line.blank);
    }
    for (; wide_frames_ < line.frames; ++wide_frames_) {
        wide_.advance(line.frame(wide_frames_), line.best[wide_frames_]);
        pulse().beat(line.labels + 50'000);
    }
}

}  // namespace ocrkit::ctc
