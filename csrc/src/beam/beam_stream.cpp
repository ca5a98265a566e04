#include "ocrkit/ctc/beam_stream.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "beam/beam_finisher.hpp"
#include "beam/linear_beam.hpp"
#include "line/prepare.hpp"
#include "line/pulse.hpp"
#include "text/text_grammar.hpp"
#include "text/text_line_search.hpp"

namespace ocrkit::ctc {

namespace {

/// What a stream asks of the two kinds of search.
class LineSearch {
   public:
    LineSearch() = default;
    LineSearch(const LineSearch&) = delete;
    LineSearch& operator=(const LineSearch&) = delete;
    virtual ~LineSearch() = default;

    /// The frames as the search reads them.
    virtual LineView read(PreparedLine& prepared, const EmissionsView& frames) const = 0;

    /// Goes on by frame `t` of what `read` gave.
    virtual void advance(const LineView& frames, std::size_t t) = 0;

    /// Adds the line as it stands to `out`.
    virtual void finish(const LineView& line, std::int64_t n_best, Decoded& out) = 0;
};

class PlainSearch final : public LineSearch {
   public:
    PlainSearch(std::size_t labels, Label blank, const BeamSearchOptions& options)
        : beam_(options.beam_width, options.token_cut, options.n_best),
          finisher_(options.beam_width, options.token_cut) {
        beam_.reset(labels, blank);
    }

    LineView read(PreparedLine& prepared, const EmissionsView& frames) const override {
        return prepared.read(frames, 0);
    }

    void advance(const LineView& frames, std::size_t t) override { beam_.advance(frames.values_of(t), frames.high[t]); }

    void finish(const LineView& line, std::int64_t n_best, Decoded& out) override {
        finisher_.finish(line, beam_, n_best, out);
    }

   private:
    LinearBeam beam_;
    BeamFinisher finisher_;
};

class ModelSearch final : public LineSearch {
   public:
    ModelSearch(std::size_t labels, Label blank, const TextSearchOptions& options)
        : grammar_(TextGrammar::of_labels(labels, blank, options)), search_(grammar_, options) {
        search_.reset(labels, blank);
    }

    LineView read(PreparedLine& prepared, const EmissionsView& frames) const override {
        return prepared.prepare(frames, 0);
    }

    void advance(const LineView& frames, std::size_t t) override { search_.advance(frames.frame(t), frames.best[t]); }

    void finish(const LineView& line, std::int64_t n_best, Decoded& out) override { search_.finish(line, n_best, out); }

   private:
    TextGrammar grammar_;
    TextLineSearch search_;
};

std::unique_ptr<LineSearch> search_of(std::int64_t labels, Label blank, const BeamSearchOptions& options,
                                      const TextModel& model) {
    check(EmissionsView{.labels = labels, .blank = blank});
    check(options);
    const auto count = static_cast<std::size_t>(labels);
    if (model.ngrams == nullptr) {
        return std::make_unique<PlainSearch>(count, blank, options);
    }
    const TextSearchOptions with_model{
        .beam_width = options.beam_width, .n_best = options.n_best, .token_cut = options.token_cut, .model = model};
    check_model_search(with_model, labels);
    return std::make_unique<ModelSearch>(count, blank, with_model);
}

template <class T>
void append(std::vector<T>& to, std::span<const T> from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

struct BeamStream::State {
    State(std::int64_t label_count, Label blank_label, std::unique_ptr<LineSearch> line_search)
        : labels(static_cast<std::size_t>(label_count)), blank(blank_label), search(std::move(line_search)) {}

    /// Keeps a frame; those of a batch need not be contiguous.
    void keep(const LineView& frames, std::size_t t) {
        best.push_back(frames.best[t]);
        high.push_back(frames.high[t]);
        append(values, frames.values_of(t));
        if (!frames.log_probs.empty()) {
            append(log_probs, frames.frame(t));
        }
    }

    LineView line() const {
        return {.values = values, .stride = labels, .best = best, .high = high, .high_total = total(high),
                .log_probs = log_probs, .frames = best.size(), .labels = labels, .blank = blank};
    }

    std::mutex mutex;
    std::size_t labels;
    Label blank;
    std::unique_ptr<LineSearch> search;
    PreparedLine prepared;
    std::vector<float> values;
    std::vector<Label> best;
    std::vector<float> high;
    std::vector<float> log_probs;   // with a language model alone
};

BeamStream::BeamStream(std::int64_t labels, Label blank, const BeamSearchOptions& options, const TextModel& model)
    : state_(std::make_unique<State>(labels, blank, search_of(labels, blank, options, model))) {}

BeamStream::~BeamStream() = default;

void BeamStream::push(const EmissionsView& frames) {
    const std::lock_guard lock(state_->mutex);
    if (frames.lines != 1 || frames.labels != static_cast<std::int64_t>(state_->labels)) {
        throw EmissionsError("the frames have " + std::to_string(frames.labels) + " labels; the stream has " +
                             std::to_string(state_->labels));
    }
    const LineView pushed = state_->search->read(state_->prepared, frames);
    Pulse& pulse = ctc::pulse();
    for (std::size_t t = 0; t < pushed.frames; ++t) {
        pulse.beat(10'000 + pushed.labels);
        state_->search->advance(pushed, t);
        state_->keep(pushed, t);
    }
}

Decoded BeamStream::decoded(std::int64_t n_best) {
    const std::lock_guard lock(state_->mutex);
    Decoded out;
    state_->search->finish(state_->line(), n_best, out);
    return out;
}

std::int64_t BeamStream::frames() {
    const std::lock_guard lock(state_->mutex);
    return static_cast<std::int64_t>(state_->best.size());
}

}  // namespace ocrkit::ctc
