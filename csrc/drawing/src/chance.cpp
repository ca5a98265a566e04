#include "chance.hpp"

#include <vector>

namespace ocrkit::drawing {

namespace {

constexpr std::uint32_t kInitA = 0x43b0d7e5;
constexpr std::uint32_t kMultiplyA = 0x931e8875;
constexpr std::uint32_t kInitB = 0x8b51f9dd;
constexpr std::uint32_t kMultiplyB = 0x58f38ded;
constexpr std::uint32_t kMixLeft = 0xca01f9dd;
constexpr std::uint32_t kMixRight = 0x4973f715;
constexpr unsigned kShift = 16;
constexpr std::size_t kPool = 4;

/// A hash whose constant goes on with each call.
class Hash {
public:
    std::uint32_t operator()(std::uint32_t value) {
        value ^= constant_;
        constant_ *= kMultiplyA;
        value *= constant_;
        return value ^ (value >> kShift);
    }

private:
    std::uint32_t constant_ = kInitA;
};

std::uint32_t mixed(std::uint32_t x, std::uint32_t y) {
    const std::uint32_t result = kMixLeft * x - kMixRight * y;
    return result ^ (result >> kShift);
}

std::vector<std::uint32_t> words_of(std::span<const std::uint64_t> numbers) {
    std::vector<std::uint32_t> words;
    for (const std::uint64_t number : numbers) {
        words.push_back(static_cast<std::uint32_t>(number));
        if (number >> 32 != 0) words.push_back(static_cast<std::uint32_t>(number >> 32));
    }
    return words;
}

}  // namespace

std::array<std::uint64_t, 4> seed_words(std::span<const std::uint64_t> numbers) {
    const std::vector<std::uint32_t> entropy = words_of(numbers);
    std::array<std::uint32_t, kPool> pool;
    Hash hash;
    for (std::size_t k = 0; k < kPool; ++k) pool[k] = hash(k < entropy.size() ? entropy[k] : 0);
    for (std::size_t from = 0; from < kPool; ++from) {
        for (std::size_t to = 0; to < kPool; ++to) {
            if (from != to) pool[to] = mixed(pool[to], hash(pool[from]));
        }
    }
    for (std::size_t from = kPool; from < entropy.size(); ++from) {
        for (std::uint32_t& into : pool) into = mixed(into, hash(entropy[from]));
    }
    std::array<std::uint64_t, 4> state{};
    std::uint32_t constant = kInitB;
    for (std::size_t k = 0; k < 2 * state.size(); ++k) {
        std::uint32_t value = pool[k % kPool] ^ constant;
        constant *= kMultiplyB;
        value *= constant;
        value ^= value >> kShift;
        state[k / 2] |= static_cast<std::uint64_t>(value) << (k % 2 * 32);
    }
    return state;
}

}  // namespace ocrkit::drawing
