#include "beam/beam_finisher.hpp"

#include <algorithm>
#include <utility>

#include "line/pulse.hpp"
#include "ocrkit/ctc/greedy.hpp"

namespace ocrkit::ctc {

void BeamFinisher::finish(const LineView& line, const LinearBeam& beam, std::int64_t n_best, Decoded& out) {
    const auto count = static_cast<std::size_t>(n_best);
    if (beam.is_trusted()) {
        beam.rank(count, line.high_total, ranking_);
        give_out(line, beam, count, out);
        return;
    }
    in_logs_.reset(line);
    for (std::size_t t = 0; t < line.frames; ++t) {
        in_logs_.advance(t);
        pulse().beat(10'000);
    }
    in_logs_.rank(count, 0.0, ranking_);
    give_out(line, in_logs_, count, out);
}

/// The ranked entries and greedy's labelling, by their exact scores.
template <class AnyBeam>
void BeamFinisher::give_out(const LineView& line, const AnyBeam& beam, std::size_t n_best, Decoded& out) {
    scored_count_ = 0;
    for (const std::size_t entry : ranking_) {
        pulse().beat(line.frames * 40);
        beam.spell(entry, labels_);
        score(line);
    }
    collapse(line.best, line.blank, labels_);
    const auto end = [this] { return scored_.begin() + static_cast<std::ptrdiff_t>(scored_count_); };
    if (std::none_of(scored_.begin(), end(), [&](const Scored& one) { return one.labels == labels_; })) {
        score(line);
    }
    std::sort(scored_.begin(), end(), [](const Scored& a, const Scored& b) {
        const auto [left, right] = std::pair(static_cast<float>(a.score), static_cast<float>(b.score));
        return left != right ? left > right : a.labels < b.labels;
    });
    for (std::size_t i = 0; i < std::min(n_best, scored_count_); ++i) {
        out.add(rescorer_.hypothesis(line, scored_[i].labels, scored_[i].score));
    }
    out.end_line(!beam.pruned());
}

/// Puts labels_ among the scored, whose memory stays from line to line.
void BeamFinisher::score(const LineView& line) {
    if (scored_.size() == scored_count_) {
        scored_.emplace_back();
    }
    Scored& scored = scored_[scored_count_++];
    scored.score = rescorer_.acoustic_score(line, labels_);
    scored.labels.assign(labels_.begin(), labels_.end());
}

}  // namespace ocrkit::ctc
