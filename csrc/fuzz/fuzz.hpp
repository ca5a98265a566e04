/// What the fuzz targets share: a small batch of emissions out of arbitrary bytes, and a check that aborts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <span>
#include <string>

#include "oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ocrkit::fuzz {

/// Hands out the bytes one by one, and zeros when there are no more.
class Bytes {
   public:
    Bytes(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {}

    std::uint8_t next() { return at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0}; }

    /// A number in low..high.
    std::size_t in(std::size_t low, std::size_t high) { return low + next() % (high - low + 1); }

   private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

/// A log-probability: ordinary, tied, peaked, impossible, or nonsense.
inline float value_of(std::uint8_t byte) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    switch (byte) {
        case 255: return std::numeric_limits<float>::quiet_NaN();
        case 254: return kInfinity;
        case 253: return 40.0F;
        default: break;
    }
    if (byte >= 240) {
        return -kInfinity;
    }
    return byte >= 224 ? -60.0F * static_cast<float>(byte - 223) : -static_cast<float>(byte) / 32.0F;
}

/// Up to three lines of up to five frames of up to four labels: few enough for the oracle.
inline oracle::Batch batch_of(Bytes& bytes) {
    oracle::Batch batch;
    batch.lines = bytes.in(0, 3);
    batch.frames = bytes.in(0, 5);
    batch.labels = bytes.in(1, 4);
    batch.blank = static_cast<ctc::Label>(bytes.in(0, batch.labels - 1));
    if (bytes.in(0, 1) == 1) {
        for (std::size_t line = 0; line < batch.lines; ++line) {
            batch.lengths.push_back(static_cast<std::int64_t>(bytes.in(0, batch.frames)));
        }
    }
    for (std::size_t i = 0; i < batch.lines * batch.frames * batch.labels; ++i) {
        batch.values.push_back(value_of(bytes.next()));
    }
    return batch;
}

/// Whether every frame that counts is made of log-probabilities, one of them finite.
inline bool is_valid(const oracle::Batch& batch) {
    for (std::size_t line = 0; line < batch.lines; ++line) {
        for (std::size_t t = 0; t < batch.length(line); ++t) {
            bool any = false;
            for (std::size_t label = 0; label < batch.labels; ++label) {
                const float value = batch.at(line, t, static_cast<ctc::Label>(label));
                if (!(value <= 0.0F)) {
                    return false;
                }
                any = any || value >= std::numeric_limits<float>::lowest();
            }
            if (!any) {
                return false;
            }
        }
    }
    return true;
}

inline void require(bool holds, const char* what) {
    if (!holds) {
        std::cerr << "not so: " << what << '\n';
        std::abort();
    }
}

/// Decodes valid emissions, and requires EmissionsError for others; returns whether there is anything to compare.
template <class Decode>
bool decodes(const oracle::Batch& batch, Decode&& decode) {
    try {
        decode();
        require(is_valid(batch), "nonsense is refused");
        return true;
    } catch (const ctc::EmissionsError&) {
        require(!is_valid(batch), "what makes sense is not refused");
        return false;
    }
}

inline oracle::Labels labels_of(const ctc::HypothesisView& hypothesis) {
    return {hypothesis.labels.begin(), hypothesis.labels.end()};
}

inline bool near(double got, double wanted) {
    return got == wanted || std::abs(got - wanted) <= oracle::tolerance(wanted);
}

}  // namespace ocrkit::fuzz
