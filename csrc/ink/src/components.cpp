#include "components.hpp"

#include <algorithm>
#include <stdexcept>

namespace ocrkit::ink {

namespace {

/// A forest over runs; the root of a tree is its first run.
class Forest {
public:
    std::int32_t add() {
        parents_.push_back(static_cast<std::int32_t>(parents_.size()));
        return parents_.back();
    }
    std::int32_t root(std::int32_t run) {
        while (at(run) != run) run = at(run) = at(at(run));
        return run;
    }
    void join(std::int32_t one, std::int32_t other) {
        one = root(one);
        other = root(other);
        at(std::max(one, other)) = std::min(one, other);
    }

private:
    std::int32_t& at(std::int32_t run) { return parents_[static_cast<std::size_t>(run)]; }
    std::vector<std::int32_t> parents_;
};

/// The first pixel from `x` on that is as deep as `edge`, or the width. Eight at a time where none is.
std::size_t next_ink(const std::uint8_t* row, std::size_t x, std::size_t width, std::uint8_t edge) {
    while (x + 8 <= width) {
        std::uint8_t found = 0;
        for (std::size_t k = 0; k < 8; ++k) found |= static_cast<std::uint8_t>(row[x + k] >= edge);
        if (found != 0) break;
        x += 8;
    }
    while (x < width && row[x] < edge) ++x;
    return x;
}

/// The component of each run as its root's number among those kept, or -1.
Components kept(std::vector<Run>&& runs, Forest& forest, const std::vector<std::uint8_t>& deepest, std::uint8_t core) {
    Components found;
    std::vector<std::uint8_t> deep(runs.size());
    for (std::size_t k = 0; k < runs.size(); ++k) {
        runs[k].component = forest.root(static_cast<std::int32_t>(k));
        std::uint8_t& most = deep[static_cast<std::size_t>(runs[k].component)];
        most = std::max(most, deepest[k]);
    }
    std::vector<std::int32_t> numbers(runs.size(), -1);
    std::size_t count = 0;
    for (std::size_t k = 0; k < runs.size(); ++k) {
        Run run = runs[k];
        const auto root = static_cast<std::size_t>(run.component);
        if (deep[root] < core) continue;
        if (root == k) {
            numbers[k] = static_cast<std::int32_t>(found.components.size());
            found.components.push_back({run.left, run.y, run.right, run.y + 1, 0, deep[root]});
        }
        run.component = numbers[root];
        Component& whole = found.components[static_cast<std::size_t>(run.component)];
        whole.left = std::min(whole.left, run.left);
        whole.right = std::max(whole.right, run.right);
        whole.bottom = run.y + 1;  // rows come from the top
        whole.area += run.right - run.left;
        runs[count++] = run;
    }
    runs.resize(count);
    found.runs = std::move(runs);
    return found;
}

}  // namespace

Components components_of(Page depth, std::uint8_t edge, std::uint8_t core, std::size_t most) {
    std::vector<Run> runs;
    std::vector<std::uint8_t> deepest;
    Forest forest;
    std::size_t above = 0;  // the first run of the row before
    for (std::size_t y = 0; y < depth.height; ++y) {
        const std::uint8_t* row = depth.row(y);
        const std::size_t first = runs.size();
        std::size_t near = above;
        for (std::size_t x = next_ink(row, 0, depth.width, edge); x < depth.width;) {
            const std::size_t left = x;
            std::uint8_t deep = 0;
            for (; x < depth.width && row[x] >= edge; ++x) deep = std::max(deep, row[x]);
            if (runs.size() == most) throw std::length_error("more runs of ink than are wanted");
            const std::int32_t run = forest.add();
            runs.push_back({static_cast<std::int32_t>(y), static_cast<std::int32_t>(left), static_cast<std::int32_t>(x), 0});
            deepest.push_back(deep);
            while (near < first && static_cast<std::size_t>(runs[near].right) < left) ++near;
            for (std::size_t k = near; k < first && static_cast<std::size_t>(runs[k].left) <= x; ++k) {
                forest.join(static_cast<std::int32_t>(k), run);
            }
            x = next_ink(row, x, depth.width, edge);
        }
        above = first;
    }
    return kept(std::move(runs), forest, deepest, core);
}

}  // namespace ocrkit::ink
