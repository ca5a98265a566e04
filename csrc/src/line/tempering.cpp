#include "ocrkit/ctc/tempering.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "line/parallel_for.hpp"
#include "line/prepare.hpp"
#include "line/rescore.hpp"
#include "simd/kernels.hpp"

namespace ocrkit::ctc {

namespace {

/// Whether offsets begin at 0, never fall, and end at `count`.
bool are_offsets(std::span<const std::int64_t> offsets, std::size_t count) {
    return !offsets.empty() && offsets.front() == 0 && std::is_sorted(offsets.begin(), offsets.end()) &&
           offsets.back() == static_cast<std::int64_t>(count);
}

void check(const LabellingsView& labellings, std::int64_t lines) {
    const bool fits = !labellings.label_offsets.empty() && labellings.frames.size() == labellings.labels.size() &&
                      are_offsets(labellings.label_offsets, labellings.labels.size()) &&
                      are_offsets(labellings.line_offsets, labellings.label_offsets.size() - 1) &&
                      static_cast<std::int64_t>(labellings.line_offsets.size()) == lines + 1;
    if (!fits) {
        throw OptionError("the labellings are not those of " + std::to_string(lines) +
                          " lines: their arrays contradict each other, or the lines");
    }
}

/// One line after another, with the memory it takes.
class Temperer {
   public:
    Temperer(const EmissionsView& emissions, const LabellingsView& labellings, double temperature, Tempered& out)
        : emissions_(emissions), labellings_(labellings), by_(1.0 / temperature), out_(out) {}

    void run(std::int64_t number) {
        const auto line = static_cast<std::size_t>(number);
        const std::int64_t first = labellings_.line_offsets[line];
        const std::int64_t last = labellings_.line_offsets[line + 1];
        if (first == last) {
            return;
        }
        const LineView view = scale(prepared_.read(emissions_, number));
        for (std::int64_t h = first; h < last; ++h) {
            score(view, static_cast<std::size_t>(h), number);
        }
    }

   private:
    /// The line divided by the temperature, and what normalises each frame.
    LineView scale(const LineView& line) {
        values_.resize(line.frames * line.labels);
        high_.resize(line.frames);
        log_sums_.resize(line.frames);
        log_sum_total_ = 0.0;
        for (std::size_t t = 0; t < line.frames; ++t) {
            // Less the largest, so that no scale makes it infinite.
            const double high = static_cast<double>(line.high[t]);
            const std::span<const float> from = line.values_of(t);
            float* const to = values_.data() + t * line.labels;
            for (std::size_t label = 0; label < line.labels; ++label) {
                to[label] = static_cast<float>((static_cast<double>(from[label]) - high) * by_);
            }
            high_[t] = 0.0F;
            log_sums_[t] = log_sum_exp({to, line.labels}, 0.0F);
            log_sum_total_ += log_sums_[t];
        }
        return {.values = values_,
                .stride = line.labels,
                .best = line.best,
                .high = high_,
                .high_total = 0.0,
                .frames = line.frames,
                .labels = line.labels,
                .blank = line.blank};
    }

    void score(const LineView& line, std::size_t h, std::int64_t number) {
        const auto begin = static_cast<std::size_t>(labellings_.label_offsets[h]);
        const auto end = static_cast<std::size_t>(labellings_.label_offsets[h + 1]);
        const std::span<const Label> labels = labellings_.labels.subspan(begin, end - begin);
        for (std::size_t i = begin; i < end; ++i) {
            const Label label = labellings_.labels[i];
            const std::int32_t frame = labellings_.frames[i];
            if (label < 0 || static_cast<std::size_t>(label) >= line.labels || label == line.blank || frame < 0 ||
                static_cast<std::size_t>(frame) >= line.frames) {
                throw OptionError("line " + std::to_string(number) + " has label " + std::to_string(label) +
                                  " at frame " + std::to_string(frame) + "; it has labels 0.." +
                                  std::to_string(line.labels - 1) + " but the blank, and " +
                                  std::to_string(line.frames) + " frames");
            }
            const auto t = static_cast<std::size_t>(frame);
            out_.confidences[i] = static_cast<float>(std::exp(static_cast<double>(line.value(t, label)) - log_sums_[t]));
        }
        out_.acoustic_scores[h] = static_cast<float>(rescorer_.acoustic_score(line, labels) - log_sum_total_);
    }

    const EmissionsView& emissions_;
    const LabellingsView& labellings_;
    double by_;
    Tempered& out_;
    PreparedLine prepared_;
    Rescorer rescorer_;
    std::vector<float> values_;
    std::vector<float> high_;
    std::vector<double> log_sums_;
    double log_sum_total_ = 0.0;
};

}  // namespace

Tempered temper(const EmissionsView& emissions, const LabellingsView& labellings, const TemperOptions& options) {
    check(emissions);
    check(labellings, emissions.lines);
    if (!(options.temperature > 0.0 && std::isfinite(options.temperature))) {
        throw OptionError("temperature is " + std::to_string(options.temperature) + "; expected a finite number above 0");
    }
    Tempered out;
    out.acoustic_scores.resize(labellings.label_offsets.size() - 1);
    out.confidences.resize(labellings.labels.size());
    // To start a thread takes as long as some lines do.
    constexpr std::int64_t kWorthwhile = 1 << 15;
    const std::int64_t numbers = std::max<std::int64_t>(1, emissions.frames * emissions.labels);
    const std::int64_t least = kWorthwhile / numbers + 1;
    const int count = thread_count(options.threads, emissions.lines / least);
    const std::vector<std::int64_t> ends = chunk_ends(emissions.lines, least, count);
    parallel_for(static_cast<std::int64_t>(ends.size()), count, [&]() -> Worker {
        const auto worker = std::make_shared<Temperer>(emissions, labellings, options.temperature, out);
        return [&ends, worker](std::int64_t chunk) {
            const auto number = static_cast<std::size_t>(chunk);
            for (std::int64_t line = number == 0 ? 0 : ends[number - 1]; line < ends[number]; ++line) {
                worker->run(line);
            }
        };
    });
    return out;
}

}  // namespace ocrkit::ctc
