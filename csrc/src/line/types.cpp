#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

namespace {

template <class T>
void append(std::vector<T>& to, std::span<const T> from) {
    to.insert(to.end(), from.begin(), from.end());
}

/// Appends running totals that start from zero, less that zero, moved up by what stands in front of them.
void append_offsets(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
    const std::int64_t base = to.back();
    for (std::size_t i = 1; i < from.size(); ++i) {
        to.push_back(base + from[i]);
    }
}

}  // namespace

HypothesisView Decoded::operator[](std::size_t h) const {
    const auto begin = static_cast<std::size_t>(label_offsets[h]);
    const auto count = static_cast<std::size_t>(label_offsets[h + 1]) - begin;
    return {.labels = std::span(labels).subspan(begin, count),
            .frames = std::span(frames).subspan(begin, count),
            .confidences = std::span(confidences).subspan(begin, count),
            .score = scores[h],
            .acoustic_score = acoustic_scores[h],
            .entry = entries[h]};
}

void Decoded::add(const HypothesisView& hypothesis) {
    append(labels, hypothesis.labels);
    append(frames, hypothesis.frames);
    append(confidences, hypothesis.confidences);
    label_offsets.push_back(static_cast<std::int64_t>(labels.size()));
    scores.push_back(static_cast<float>(hypothesis.score));
    acoustic_scores.push_back(static_cast<float>(hypothesis.acoustic_score));
    entries.push_back(hypothesis.entry);
}

void Decoded::reserve_lines(std::size_t count) {
    label_offsets.reserve(count + 1);
    scores.reserve(count);
    acoustic_scores.reserve(count);
    entries.reserve(count);
    line_offsets.reserve(count + 1);
    proved.reserve(count);
}

void Decoded::end_line(bool is_proved) {
    line_offsets.push_back(static_cast<std::int64_t>(scores.size()));
    proved.push_back(is_proved ? 1 : 0);
}

void Decoded::extend(const Decoded& other) {
    append<Label>(labels, other.labels);
    append<std::int32_t>(frames, other.frames);
    append<float>(confidences, other.confidences);
    append_offsets(label_offsets, other.label_offsets);
    append<float>(scores, other.scores);
    append<float>(acoustic_scores, other.acoustic_scores);
    append<std::int32_t>(entries, other.entries);
    append_offsets(line_offsets, other.line_offsets);
    append<std::uint8_t>(proved, other.proved);
}

}  // namespace ocrkit::ctc
