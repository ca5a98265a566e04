#include "ocrkit/ctc/beam_stream.hpp"

#include <mutex>
#include <string>
#include <vector>

#include "beam.hpp"
#include "beam_finisher.hpp"
#include "linear_beam.hpp"
#include "ocrkit/ctc/prepare.hpp"

namespace ocrkit::ctc {

struct BeamStream::State {
    State(std::int64_t label_count, Label blank_label, const BeamSearchOptions& options)
        : labels(static_cast<std::size_t>(label_count)),
          blank(blank_label),
          beam(options.beam_width, options.token_cut, options.n_best),
          in_logs(options.beam_width, options.token_cut) {
        beam.reset(labels, blank);
    }

    LineView line() const {
        LineView view{.values = values, .stride = labels, .best = best, .high = high, .frames = best.size(),
                      .labels = labels, .blank = blank};
        for (const float value : high) {
            view.high_total += static_cast<double>(value);
        }
        return view;
    }

    std::mutex mutex;
    std::size_t labels;
    Label blank;
    LinearBeam beam;
    Beam in_logs;
    PreparedLine prepared;
    std::vector<float> values;
    std::vector<Label> best;
    std::vector<float> high;
};

BeamStream::BeamStream(std::int64_t labels, Label blank, const BeamSearchOptions& options) {
    check(EmissionsView{.labels = labels, .blank = blank});
    check(options);
    state_ = std::make_unique<State>(labels, blank, options);
}

BeamStream::~BeamStream() = default;

void BeamStream::push(const EmissionsView& frames) {
    const std::lock_guard lock(state_->mutex);
    if (frames.lines != 1 || frames.labels != static_cast<std::int64_t>(state_->labels)) {
        throw EmissionsError("the frames have " + std::to_string(frames.labels) + " labels; the stream has " +
                             std::to_string(state_->labels));
    }
    const LineView pushed = state_->prepared.read(frames, 0);
    state_->best.insert(state_->best.end(), pushed.best.begin(), pushed.best.end());
    state_->high.insert(state_->high.end(), pushed.high.begin(), pushed.high.end());
    for (std::size_t t = 0; t < pushed.frames; ++t) {
        const std::span<const float> values = pushed.values_of(t);
        state_->values.insert(state_->values.end(), values.begin(), values.end());
        state_->beam.advance(values, pushed.high[t]);
    }
}

Decoded BeamStream::decoded(std::int64_t n_best) {
    const std::lock_guard lock(state_->mutex);
    const LineView line = state_->line();
    BeamFinisher finisher(n_best);
    Decoded out;
    if (state_->beam.is_trusted()) {
        finisher.finish(line, state_->beam, out);
        return out;
    }
    state_->in_logs.reset(line);
    for (std::size_t t = 0; t < line.frames; ++t) {
        state_->in_logs.advance(t);
    }
    finisher.finish(line, state_->in_logs, out);
    return out;
}

std::int64_t BeamStream::frames() {
    const std::lock_guard lock(state_->mutex);
    return static_cast<std::int64_t>(state_->best.size());
}

}  // namespace ocrkit::ctc
