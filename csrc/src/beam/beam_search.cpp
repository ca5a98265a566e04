#include "ocrkit/ctc/beam_search.hpp"

#include <memory>
#include <string>

#include "beam/beam_finisher.hpp"
#include "beam/linear_beam.hpp"
#include "line/parallel_for.hpp"
#include "line/prepare.hpp"
#include "line/pulse.hpp"

namespace ocrkit::ctc {

void check(const BeamSearchOptions& options) {
    if (options.beam_width < 1) {
        throw OptionError("beam_width is " + std::to_string(options.beam_width) + "; it is at least 1");
    }
    if (options.n_best < 1) {
        throw OptionError("n_best is " + std::to_string(options.n_best) + "; it is at least 1");
    }
    if (!(options.token_cut >= 0.0 && options.token_cut <= 1.0)) {
        throw OptionError("token_cut is " + std::to_string(options.token_cut) + "; it lies in 0..1");
    }
}

namespace {

/// Beam search of one line after another, with the memory it takes.
class BeamDecoder {
   public:
    BeamDecoder(const EmissionsView& emissions, const BeamSearchOptions& options)
        : emissions_(emissions),
          beam_(options.beam_width, options.token_cut, options.n_best),
          finisher_(options.beam_width, options.token_cut),
          n_best_(options.n_best) {}

    void decode(std::int64_t line, Decoded& out) {
        const LineView view = prepared_.read(emissions_, line);
        beam_.reset(view.labels, view.blank);
        Pulse& pulse = ctc::pulse();
        for (std::size_t t = 0; t < view.frames; ++t) {
            beam_.advance(view.values_of(t), view.high[t]);
            pulse.beat(view.labels + 32 * beam_.size());
        }
        finisher_.finish(view, beam_, n_best_, out);
    }

   private:
    EmissionsView emissions_;
    LinearBeam beam_;
    PreparedLine prepared_;
    BeamFinisher finisher_;
    std::int64_t n_best_;
};

}  // namespace

Decoded beam_search(const EmissionsView& emissions, const BeamSearchOptions& options) {
    check(emissions);
    check(options);
    return decode_lines(emissions.lines, options.threads, [&]() -> LineDecoder {
        const auto decoder = std::make_shared<BeamDecoder>(emissions, options);
        return [decoder](std::int64_t line, Decoded& out) { decoder->decode(line, out); };
    });
}

}  // namespace ocrkit::ctc
