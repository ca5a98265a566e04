#include "beam/beam.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ocrkit::ctc {

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

}  // namespace

Beam::Beam(std::int64_t width, double token_cut)
    : width_(static_cast<std::size_t>(width)), log_cut_(static_cast<float>(std::log(token_cut))) {}

void Beam::reset(const LineView& line) {
    line_ = line;
    arena_.reset();
    entries_.assign(1, {.prefix = PrefixArena::kRoot, .blank_last = 0.0, .label_last = kNothing, .total = 0.0});
    taken_.resize(line.labels, 0);
    pruned_ = false;
}

void Beam::advance(std::size_t t) {
    const std::span<const float> frame = line_.values_of(t);
    candidates_.clear();
    pick_tokens(frame);
    keep_prefixes(frame);
    extend_prefixes(frame);
    prune();
    replace_entries();
}

void Beam::pick_tokens(std::span<const float> frame) {
    tokens_.clear();
    const float threshold = *std::max_element(frame.begin(), frame.end()) + log_cut_;
    for (std::size_t label = 0; label < frame.size(); ++label) {
        if (static_cast<Label>(label) == line_.blank || frame[label] == kLogZero) {
            continue;
        }
        if (frame[label] >= threshold) {
            tokens_.push_back(static_cast<Label>(label));
        } else {
            pruned_ = true;
        }
    }
}

/// The mass of the paths that add no label, and of those that add one and so reach a prefix that is in the beam.
void Beam::keep_prefixes(std::span<const float> frame) {
    staying_.clear();
    children_.assign(entries_.size(), -1);
    next_children_.assign(entries_.size(), -1);
    const auto blank = static_cast<double>(frame[static_cast<std::size_t>(line_.blank)]);
    for (std::size_t slot = 0; slot < entries_.size(); ++slot) {
        const Entry& entry = entries_[slot];
        Entry stays{.prefix = entry.prefix, .blank_last = entry.total + blank, .label_last = kNothing, .total = 0.0};
        if (entry.prefix != PrefixArena::kRoot) {
            const Label last = arena_.last(entry.prefix);
            const Prefix parent = arena_.parent(entry.prefix);
            double mass = entry.label_last;
            if (const Entry* const from = in_beam(parent)) {
                // Repeats merge before blanks drop, so a label follows its like only over a blank.
                mass = log_add(mass, arena_.last(parent) == last ? from->blank_last : from->total);
                next_children_[slot] = std::exchange(children_[static_cast<std::size_t>(arena_.slot(parent))],
                                                     static_cast<std::int32_t>(slot));
            }
            stays.label_last = mass + static_cast<double>(frame[static_cast<std::size_t>(last)]);
        }
        stays.total = log_add(stays.blank_last, stays.label_last);
        staying_.push_back(stays);
        if (stays.total > kNothing) {
            candidates_.push_back(
                {.total = stays.total, .slot = static_cast<std::int32_t>(slot), .label = PrefixArena::kNoLabel});
        }
    }
}

/// The prefixes with one label more that are not in the beam.
void Beam::extend_prefixes(std::span<const float> frame) {
    for (std::size_t slot = 0; slot < entries_.size(); ++slot) {
        ++stamp_;
        for (std::int32_t child = children_[slot]; child >= 0; child = next_children_[static_cast<std::size_t>(child)]) {
            taken_[static_cast<std::size_t>(arena_.last(entries_[static_cast<std::size_t>(child)].prefix))] = stamp_;
        }
        for (const Label token : tokens_) {
            extend(static_cast<std::int32_t>(slot), token, frame[static_cast<std::size_t>(token)]);
        }
        const Label last = arena_.last(entries_[slot].prefix);
        if (last != PrefixArena::kNoLabel) {  // it survives the cut for this hypothesis, as a second one too
            extend(static_cast<std::int32_t>(slot), last, frame[static_cast<std::size_t>(last)]);
        }
    }
}

void Beam::extend(std::int32_t slot, Label label, float log_prob) {
    std::uint64_t& taken = taken_[static_cast<std::size_t>(label)];
    if (std::exchange(taken, stamp_) == stamp_) {
        return;
    }
    const Entry& entry = entries_[static_cast<std::size_t>(slot)];
    const double from = arena_.last(entry.prefix) == label ? entry.blank_last : entry.total;
    const double total = from + static_cast<double>(log_prob);
    if (total > kNothing) {
        candidates_.push_back({.total = total, .slot = slot, .label = label});
    }
}

void Beam::prune() {
    if (candidates_.size() <= width_) {
        return;
    }
    pruned_ = true;
    const auto better = [this](const Candidate& a, const Candidate& b) {
        if (a.total != b.total) {
            return a.total > b.total;
        }
        if (a.slot == b.slot && a.label == b.label) {
            return false;
        }
        return arena_.precedes(entries_[static_cast<std::size_t>(a.slot)].prefix, a.label,
                               entries_[static_cast<std::size_t>(b.slot)].prefix, b.label);
    };
    std::nth_element(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(width_),
                     candidates_.end(), better);
    candidates_.resize(width_);
}

void Beam::replace_entries() {
    next_entries_.clear();
    for (const Candidate& candidate : candidates_) {
        const auto slot = static_cast<std::size_t>(candidate.slot);
        if (candidate.label == PrefixArena::kNoLabel) {
            next_entries_.push_back(staying_[slot]);
        } else {
            next_entries_.push_back({.prefix = arena_.child(entries_[slot].prefix, candidate.label),
                                     .blank_last = kNothing,
                                     .label_last = candidate.total,
                                     .total = candidate.total});
        }
        arena_.set_slot(next_entries_.back().prefix, static_cast<std::int32_t>(next_entries_.size() - 1));
    }
    entries_.swap(next_entries_);
}

void Beam::rank(std::size_t count, double added, std::vector<std::size_t>& ranking) const {
    ranking.resize(size());
    std::iota(ranking.begin(), ranking.end(), std::size_t{0});
    const auto middle = ranking.begin() + static_cast<std::ptrdiff_t>(std::min(count, ranking.size()));
    std::partial_sort(ranking.begin(), middle, ranking.end(), [&](std::size_t a, std::size_t b) {
        const auto left = static_cast<float>(log_prob(a) + added);
        const auto right = static_cast<float>(log_prob(b) + added);
        constexpr Label kNo = PrefixArena::kNoLabel;
        return left != right ? left > right
                             : a != b && arena_.precedes(entries_[a].prefix, kNo, entries_[b].prefix, kNo);
    });
    ranking.erase(middle, ranking.end());
}

const Beam::Entry* Beam::in_beam(Prefix prefix) const {
    const auto slot = static_cast<std::size_t>(arena_.slot(prefix));
    return slot < entries_.size() && entries_[slot].prefix == prefix ? &entries_[slot] : nullptr;
}

}  // namespace ocrkit::ctc
