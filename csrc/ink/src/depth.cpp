#include "depth.hpp"

#include <algorithm>
#include <cmath>

namespace ocrkit::ink {

namespace {

constexpr std::size_t kBlock = 16;  // px
constexpr std::size_t kReach = 3;   // blocks to each side whose papers are compared
constexpr std::size_t kUpper = 3;   // the brightest third of them
constexpr float kDarkest = 8.0F;    // of paper

/// Values of blocks, row by row.
struct Grid {
    std::size_t height;
    std::size_t width;
    std::vector<float> values;

    Grid(std::size_t rows, std::size_t columns) : height(rows), width(columns), values(rows * columns) {}
    float* row(std::size_t y) { return values.data() + y * width; }
    const float* row(std::size_t y) const { return values.data() + y * width; }
};

/// The mean of a block's pixels that are as bright as its mean, or brighter.
float brighter_half(Page page, std::size_t top, std::size_t left) {
    const std::size_t bottom = std::min(page.height, top + kBlock);
    const std::size_t right = std::min(page.width, left + kBlock);
    std::uint32_t sum = 0;
    for (std::size_t y = top; y < bottom; ++y) {
        const std::uint8_t* row = page.row(y);
        for (std::size_t x = left; x < right; ++x) sum += row[x];
    }
    const auto count = static_cast<std::uint32_t>((bottom - top) * (right - left));
    const std::uint8_t mean = static_cast<std::uint8_t>(sum / count);
    std::uint32_t bright = 0;
    std::uint32_t many = 0;
    for (std::size_t y = top; y < bottom; ++y) {
        const std::uint8_t* row = page.row(y);
        for (std::size_t x = left; x < right; ++x) {
            const std::uint32_t taken = row[x] >= mean ? 1 : 0;
            many += taken;
            bright += taken * row[x];
        }
    }
    return static_cast<float>(bright) / static_cast<float>(many);
}

Grid blocks_of(Page page) {
    Grid grid((page.height + kBlock - 1) / kBlock, (page.width + kBlock - 1) / kBlock);
    for (std::size_t y = 0; y < grid.height; ++y) {
        for (std::size_t x = 0; x < grid.width; ++x) grid.row(y)[x] = brighter_half(page, y * kBlock, x * kBlock);
    }
    return grid;
}

/// The brightest third of what lies around, not below `floor`.
Grid paper_of(const Grid& blocks, float floor) {
    Grid paper(blocks.height, blocks.width);
    std::vector<float> around;
    for (std::size_t y = 0; y < blocks.height; ++y) {
        for (std::size_t x = 0; x < blocks.width; ++x) {
            around.clear();
            for (std::size_t v = y - std::min(y, kReach); v < std::min(blocks.height, y + kReach + 1); ++v) {
                const float* row = blocks.row(v);
                const std::size_t first = x - std::min(x, kReach);
                const std::size_t last = std::min(blocks.width, x + kReach + 1);
                around.insert(around.end(), row + first, row + last);
            }
            const auto rank = static_cast<std::ptrdiff_t>(around.size() / kUpper);
            std::nth_element(around.begin(), around.begin() + rank, around.end(), std::greater<float>());
            paper.row(y)[x] = std::max(around[static_cast<std::size_t>(rank)], floor);
        }
    }
    return paper;
}

/// Where among the middles of blocks a pixel lies: the one before, the one after, and the share of the way.
struct Between {
    std::size_t before;
    std::size_t after;
    float share;
};

Between between(std::size_t place, std::size_t blocks) {
    const float at = (static_cast<float>(place) + 0.5F) / static_cast<float>(kBlock) - 0.5F;
    const auto before = static_cast<std::size_t>(std::max(at, 0.0F));
    const std::size_t after = std::min(before + 1, blocks - 1);
    return {std::min(before, after), after, std::clamp(at - static_cast<float>(before), 0.0F, 1.0F)};
}

}  // namespace

Depth depth_of(Page page, double least) {
    const Grid blocks = blocks_of(page);
    std::vector<float> all = blocks.values;
    const auto middle = static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), all.begin() + middle, all.end());
    const float floor = std::max(kDarkest, static_cast<float>(least) * all[static_cast<std::size_t>(middle)]);
    const Grid paper = paper_of(blocks, floor);
    std::vector<Between> columns(page.width);
    for (std::size_t x = 0; x < page.width; ++x) columns[x] = between(x, paper.width);
    Depth depth;
    depth.pixels.resize(page.size());
    std::vector<float> level(paper.width);
    std::vector<float> factor(page.width);
    for (std::size_t y = 0; y < page.height; ++y) {
        const Between rows = between(y, paper.height);
        const float* upper = paper.row(rows.before);
        const float* lower = paper.row(rows.after);
        for (std::size_t x = 0; x < paper.width; ++x) level[x] = 255.0F / (upper[x] + rows.share * (lower[x] - upper[x]));
        for (std::size_t x = 0; x < page.width; ++x) {
            const Between at = columns[x];
            factor[x] = level[at.before] + at.share * (level[at.after] - level[at.before]);
        }
        const std::uint8_t* row = page.row(y);
        std::uint8_t* out = depth.pixels.data() + y * page.width;
        for (std::size_t x = 0; x < page.width; ++x) {
            const float lit = std::min(255.0F, static_cast<float>(row[x]) * factor[x] + 0.5F);
            out[x] = static_cast<std::uint8_t>(255 - static_cast<int>(lit));
        }
    }
    std::array<std::array<std::uint64_t, 256>, 4> counts{};
    for (std::size_t k = 0; k < depth.pixels.size(); ++k) ++counts[k % 4][depth.pixels[k]];
    for (std::size_t k = 0; k < 256; ++k) depth.counts[k] = counts[0][k] + counts[1][k] + counts[2][k] + counts[3][k];
    return depth;
}

}  // namespace ocrkit::ink
