/// The loops of LexiconKernels, written once over packs of sixteen; see lexicon_lanes.hpp for who includes this.
#pragma once

#include "simd/lexicon_lanes.hpp"

namespace ocrkit::ctc {
namespace {

/// The probabilities of a block's letters in one frame, zero in spare lanes.
template <class Number>
class LetterRows {
   public:
    OCRKIT_INLINE LetterRows(const LineView& line, const LetterBlock& block)
        : log_probs_(line.log_probs.data()), labels_(line.labels), block_(block) {}

    OCRKIT_INLINE Pack<Number> at(std::size_t t) const {
        const float* const row = log_probs_ + t * labels_;
        Number values[kLexiconLanes] = {};
        for (std::size_t l = 0; l < block_.count; ++l) {
            values[l] = from_log<Number>(row[static_cast<std::size_t>(block_.labels[l])]);
        }
        return Pack<Number>::load(values);
    }

   private:
    const float* log_probs_;
    std::size_t labels_;
    const LetterBlock& block_;
};

template <>
class LetterRows<float> {
   public:
    OCRKIT_INLINE LetterRows(const LineView& line, const LetterBlock& block)
        : log_probs_(line.log_probs.data()),
          labels_(line.labels),
          block_(block),
          can_load_(block.is_run && static_cast<std::size_t>(block.labels[0]) + kLexiconLanes <= line.labels) {
        float mask[kLexiconLanes];
        for (std::size_t l = 0; l < kLexiconLanes; ++l) mask[l] = l < block.count ? 1.0F : 0.0F;
        mask_ = Pack<float>::load(mask);
    }

    OCRKIT_INLINE Pack<float> at(std::size_t t) const {
        const float* const row = log_probs_ + t * labels_;
        if (can_load_) {
            return exponentials(Pack<float>::load(row + block_.labels[0])) * mask_;
        }
        float values[kLexiconLanes];
        for (std::size_t l = 0; l < kLexiconLanes; ++l) values[l] = row[static_cast<std::size_t>(block_.labels[l])];
        return exponentials(Pack<float>::load(values)) * mask_;
    }

   private:
    const float* log_probs_;
    std::size_t labels_;
    const LetterBlock& block_;
    bool can_load_;   // sixteen labels in a row, some of them perhaps none of the block's
    Pack<float> mask_;
};

/// The highest and the second highest of the values that were added, equal ones counting each.
template <class Number>
class TopTwo {
   public:
    // Written out, since a constructor that the compiler makes is not for this instruction set.
    OCRKIT_INLINE TopTwo() : first_(Pack<Number>::all(Number{})), second_(first_) {}

    OCRKIT_INLINE void add(const Pack<Number>& values) {
        second_ = higher(second_, lower(first_, values));
        first_ = higher(first_, values);
    }

    OCRKIT_INLINE void write(Number& top, Number& runner_up) const { top_two(first_, second_, top, runner_up); }

   private:
    Pack<Number> first_;
    Pack<Number> second_;
};

/// What a letter may bring that is followed by others: by itself, by a blank, or by the best letter but itself.
template <class Number>
OCRKIT_INLINE Pack<Number> carried_on(const Pack<Number>& below, const Pack<Number>& value, const Number& top,
                                      const Number& runner_up, const Number& later) {
    const Pack<Number> best = Pack<Number>::all(top);
    return (below + Pack<Number>::all(later)) + where_equal(value, best, Pack<Number>::all(runner_up), best);
}

template <class Number>
OCRKIT_TARGET void ceilings(const LineView& line, const LetterBlock* blocks, std::size_t block_count,
                            const Number* blank, Number* state, Ceiling<Number>* found) {
    // Of each block: what has been `whole`, then what is `below`, for letters that end one frame later.
    for (std::size_t b = 0; b < block_count; ++b) {
        Pack<Number>::all(from_log<Number>(0.0F)).store(state + 2 * b * kLexiconLanes);
        Pack<Number>::all(Number{}).store(state + (2 * b + 1) * kLexiconLanes);
    }
    Number blanks = from_log<Number>(0.0F);
    Number after_blank{};
    for (std::size_t t = line.frames; t-- > 0;) {
        TopTwo<Number> tops;
        for (std::size_t b = 0; b < block_count; ++b) {
            Number* const whole = state + 2 * b * kLexiconLanes;
            Number* const below = whole + kLexiconLanes;
            const Pack<Number> here = LetterRows<Number>(line, blocks[b]).at(t);
            const Pack<Number> as_whole = here * Pack<Number>::load(whole);
            const Pack<Number> as_below = here * Pack<Number>::load(below);
            tops.add(higher(as_whole, as_below));
            as_whole.store(whole);
            as_below.store(below);
        }
        Ceiling<Number>& ceiling = found[t];
        tops.write(ceiling.highest, ceiling.second);
        blanks = blanks * blank[t];
        ceiling.blanks = blanks;
        ceiling.later = blank[t] * after_blank;
        after_blank = ceiling.later + ceiling.highest;
        for (std::size_t b = 0; b < block_count; ++b) {
            Number* const whole = state + 2 * b * kLexiconLanes;
            Number* const below = whole + kLexiconLanes;
            const Pack<Number> as_whole = Pack<Number>::load(whole);
            const Pack<Number> as_below = Pack<Number>::load(below);
            (as_whole + Pack<Number>::all(blanks)).store(whole);
            carried_on(as_below, higher(as_whole, as_below), ceiling.highest, ceiling.second, ceiling.later)
                .store(below);
        }
    }
}

/// Collects rows of 16 lanes, from the last frame to the first, and writes them as 16 columns.
template <class Number>
class ColumnWriter {
   public:
    OCRKIT_INLINE ColumnWriter(Number* columns, std::size_t frames) : columns_(columns), stride_(padded(frames)) {
        for (std::size_t i = frames % kLexiconLanes; i > 0 && i < kLexiconLanes; ++i) {
            Pack<Number>::all(Number{}).store(rows_ + i * kLexiconLanes);
        }
    }

    OCRKIT_INLINE void put(std::size_t t, const Pack<Number>& row) {
        row.store(rows_ + t % kLexiconLanes * kLexiconLanes);
        if (t % kLexiconLanes == 0) {
            transpose(rows_, columns_ + t, stride_);
        }
    }

   private:
    Number* columns_;
    std::size_t stride_;
    alignas(64) Number rows_[kLexiconLanes * kLexiconLanes];
};

template <class Number>
OCRKIT_TARGET void fill(const LineView& line, const LetterBlock& block, const Ceiling<Number>* ceiling,
                        Number* emission, Number* whole, Number* below) {
    const LetterRows<Number> letters(line, block);
    ColumnWriter<Number> emissions(emission, line.frames);
    ColumnWriter<Number> wholes(whole, line.frames);
    ColumnWriter<Number> belows(below, line.frames);
    Pack<Number> ended = Pack<Number>::all(from_log<Number>(0.0F));
    Pack<Number> goes_on = Pack<Number>::all(Number{});
    for (std::size_t t = line.frames; t-- > 0;) {
        const Pack<Number> here = letters.at(t);
        const Pack<Number> as_whole = here * ended;
        const Pack<Number> as_below = here * goes_on;
        emissions.put(t, here);
        wholes.put(t, as_whole);
        belows.put(t, as_below);
        ended = as_whole + Pack<Number>::all(ceiling[t].blanks);
        goes_on = carried_on(as_below, higher(as_whole, as_below), ceiling[t].highest, ceiling[t].second,
                             ceiling[t].later);
    }
}

/// Row t of a block's columns.
template <class Number>
OCRKIT_INLINE Pack<Number> row_of(const Number* columns, std::size_t stride, std::size_t t) {
    Number values[kLexiconLanes];
    for (std::size_t l = 0; l < kLexiconLanes; ++l) values[l] = columns[l * stride + t];
    return Pack<Number>::load(values);
}

template <class Number>
OCRKIT_TARGET void fill_levels(std::size_t frames, std::size_t block_count, const Number* blank,
                               const Number* const* emission, const Number* const* whole, std::size_t levels,
                               Number* state, Number* below) {
    const std::size_t stride = padded(frames);
    const std::size_t row = block_count * kLexiconLanes;
    Number* const here = state;               // of each block
    Number* const as_whole = here + row;      // likewise
    Number* const ahead = as_whole + row;     // of each level, of each block
    Number* const rows = ahead + levels * row;   // of each level, of each block, of sixteen frames
    for (std::size_t i = 0; i < levels * row; i += kLexiconLanes) {
        Pack<Number>::all(Number{}).store(ahead + i);
        for (std::size_t frame = 0; frame < kLexiconLanes; ++frame) {
            Pack<Number>::all(Number{}).store(rows + i * kLexiconLanes + frame * kLexiconLanes);
        }
    }
    Number after_blank[kLexiconLevels] = {};
    for (std::size_t t = frames; t-- > 0;) {
        const std::size_t frame = t % kLexiconLanes * kLexiconLanes;
        for (std::size_t b = 0; b < block_count; ++b) {
            row_of(emission[b], stride, t).store(here + b * kLexiconLanes);
            row_of(whole[b], stride, t).store(as_whole + b * kLexiconLanes);
        }
        for (std::size_t level = 0; level < levels; ++level) {
            Number* const level_ahead = ahead + level * row;
            Number* const level_rows = rows + level * row * kLexiconLanes + frame;
            const Number* const lower_rows = level_rows - row * kLexiconLanes;   // of the level below, if there is one
            TopTwo<Number> tops;
            for (std::size_t at = 0; at < row; at += kLexiconLanes) {
                Pack<Number> value = Pack<Number>::load(as_whole + at);
                if (level > 0) value = higher(value, Pack<Number>::load(lower_rows + at * kLexiconLanes));
                tops.add(value);
            }
            Number top{};
            Number runner_up{};
            tops.write(top, runner_up);
            const Number later = blank[t] * after_blank[level];
            after_blank[level] = later + top;
            for (std::size_t at = 0; at < row; at += kLexiconLanes) {
                Pack<Number> value = Pack<Number>::load(as_whole + at);
                if (level > 0) value = higher(value, Pack<Number>::load(lower_rows + at * kLexiconLanes));
                const Pack<Number> mine = Pack<Number>::load(here + at) * Pack<Number>::load(level_ahead + at);
                mine.store(level_rows + at * kLexiconLanes);
                carried_on(mine, value, top, runner_up, later).store(level_ahead + at);
            }
        }
        if (t % kLexiconLanes == 0) {
            for (std::size_t i = 0; i < levels * row; i += kLexiconLanes) {
                transpose(rows + i * kLexiconLanes, below + i * stride + t, stride);
            }
        }
    }
}

/// As many sums as there are columns, of `Chunks` packs each.
template <class Number, std::size_t Chunks>
OCRKIT_INLINE void weigh_chunks(const Number* source, const Number* const* columns, std::size_t begin,
                                std::size_t count, Number* sums) {
    Pack<Number> held[Chunks];
    for (std::size_t c = 0; c < Chunks; ++c) held[c] = Pack<Number>::load(source + begin + c * kLexiconLanes);
    for (std::size_t i = 0; i < count; ++i) {
        const Number* const column = columns[i] + begin;
        Pack<Number> total = held[0] * Pack<Number>::load(column);
        for (std::size_t c = 1; c < Chunks; ++c) {
            total = multiply_add(held[c], Pack<Number>::load(column + c * kLexiconLanes), total);
        }
        sums[i] = sum(total);
    }
}

template <class Number>
OCRKIT_TARGET void weigh(const Number* source, std::size_t begin, std::size_t end, const Number* const* columns,
                         std::size_t count, Number* sums) {
    switch ((end - begin) / kLexiconLanes) {
        case 1: return weigh_chunks<Number, 1>(source, columns, begin, count, sums);
        case 2: return weigh_chunks<Number, 2>(source, columns, begin, count, sums);
        default: break;
    }
    for (std::size_t i = 0; i < count; ++i) {
        Pack<Number> total = Pack<Number>::all(Number{});
        for (std::size_t t = begin; t < end; t += kLexiconLanes) {
            total = multiply_add(Pack<Number>::load(source + t), Pack<Number>::load(columns[i] + t), total);
        }
        sums[i] = sum(total);
    }
}

template <class Number>
OCRKIT_TARGET void extend(const Number* source, const Number* emission, const Number* blank, std::size_t first,
                          std::size_t frames, Number* after_blank, Number* after_any) {
    const std::size_t begin = first / kLexiconLanes * kLexiconLanes;
    const std::size_t end = padded(frames);
    // Whole packs of zeros before and behind; what lies between is written over.
    Pack<Number>::all(Number{}).store(after_blank + begin);
    Pack<Number>::all(Number{}).store(after_any + begin);
    if (begin + kLexiconLanes < end) {
        Pack<Number>::all(Number{}).store(after_blank + end - kLexiconLanes);
        Pack<Number>::all(Number{}).store(after_any + end - kLexiconLanes);
    }
    Number label_last{};
    Number blank_last{};
    for (std::size_t t = first; t + 1 < frames; ++t) {
        // Either sum waits for one product and sum of its own, and no more.
        blank_last = blank_last * blank[t] + label_last * blank[t];
        label_last = label_last * emission[t] + source[t] * emission[t];
        after_blank[t + 1] = blank_last;
        after_any[t + 1] = blank_last + label_last;
    }
}

template <class Number>
constexpr LexiconKernels<Number> table_of() {
    return {&ceilings<Number>, &fill<Number>, &fill_levels<Number>, &weigh<Number>, &extend<Number>};
}

}  // namespace
}  // namespace ocrkit::ctc
