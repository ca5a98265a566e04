// A plain sum over the frames of each line that count: how fast this machine reads the array.
#include <cstdint>

extern "C" float sum_lines(const float* values, const std::int64_t* lengths, std::int64_t begin, std::int64_t end,
                           std::int64_t frames, std::int64_t labels) {
    constexpr std::int64_t kLanes = 64;  // sums enough side by side that none waits for the one before
    float sums[kLanes] = {};
    for (std::int64_t line = begin; line < end; ++line) {
        const float* const first = values + line * frames * labels;
        const std::int64_t count = lengths[line] * labels;
        std::int64_t i = 0;
        for (; i + kLanes <= count; i += kLanes) {
            for (std::int64_t lane = 0; lane < kLanes; ++lane) {
                sums[lane] += first[i + lane];
            }
        }
        for (; i < count; ++i) {
            sums[0] += first[i];
        }
    }
    float sum = 0.0F;
    for (const float part : sums) {
        sum += part;
    }
    return sum;
}
