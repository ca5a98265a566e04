#include "text/bounded_text_beam.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "line/pulse.hpp"

namespace ocrkit::ctc {

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// Of prefixes that are not like any other.
constexpr std::size_t kUnlike = std::numeric_limits<std::size_t>::max();

/// 2^64 / the golden ratio: Knuth, The Art of Computer Programming, volume 3, section 6.4.
constexpr std::size_t kScatter = 0x9E3779B97F4A7C15;

}  // namespace

template <class Mass>
BoundedTextBeam<Mass>::BoundedTextBeam(const TextGrammar& grammar, const TextSearchOptions& options)
    : prefixes_(grammar),
      lexicon_(grammar.lexicon()),
      separators_(grammar.separators()),
      is_weighed_(options.model.ngrams != nullptr || options.prior_weight > 0.0),
      has_contexts_(options.model.ngrams != nullptr) {}

template <class Mass>
void BoundedTextBeam<Mass>::search(const LineView& line, const TextBound<Mass>& bound,
                                   const BoundedBeamOptions& options) {
    bound_ = &bound;
    options_ = options;
    blank_ = line.blank;
    log_scale_ = 0.0;
    log_dropped_ = kNothing;
    prefixes_.reset();
    const Mass all = mass_from_log<Mass>(0.0);
    entries_.assign(1, {.prefix = TextPrefixes::kRoot,
                        .parent = TextPrefixes::kNone,
                        .last = TextPrefixes::kNoLabel,
                        .blank_last = all,
                        .label_last = Mass{},
                        .total = all});
    for (std::size_t t = 0; t < line.frames && !entries_.empty(); ++t) {
        constexpr double kHighest = 700.0;   // that a double can be raised to
        least_ = mass_from_log<Mass>(std::min(options.least - log_scale_ - bound.log_scale(t + 1), kHighest));
        dropped_ = Mass{};
        most_dropped_ = Mass{};
        shortest_ = std::numeric_limits<std::int32_t>::max();
        longest_ = 0;
        candidates_.clear();
        pulse().beat(1'000 * entries_.size());
        keep_prefixes(t);
        extend_prefixes(t);
        leave_alike();
        prune();
        sum_dropped(t);
        replace_entries();
    }
}

template <class Mass>
void BoundedTextBeam<Mass>::complete(std::vector<CompleteText>& out) const {
    out.clear();
    for (const Entry& entry : entries_) {
        if (prefixes_.is_complete(entry.prefix)) {
            const double left = prefixes_.final_term(entry.prefix) - prefixes_.best_term(entry.prefix);
            out.push_back({entry.prefix, log_of(entry.total) + log_scale_ + left});
        }
    }
}

/// The paths that add no label, and those that add one and so reach a prefix that is in the beam.
template <class Mass>
void BoundedTextBeam<Mass>::keep_prefixes(std::size_t t) {
    const Mass& blank = bound_->probability(t, blank_);
    for (const Entry& entry : entries_) {
        Entry stays = entry;
        stays.blank_last = entry.total * blank;
        stays.label_last = Mass{};
        if (entry.last != TextPrefixes::kNoLabel) {
            Mass mass = entry.label_last;
            if (const Entry* const from = in_beam(entry.parent)) {
                // Repeats merge before blanks drop, so a label follows its like only over a blank.
                const Mass& source = from->last == entry.last ? from->blank_last : from->total;
                mass = mass + source * prefixes_.template gain<Mass>(entry.prefix);
            }
            stays.label_last = mass * bound_->probability(t, entry.last);
        }
        stays.total = stays.blank_last + stays.label_last;
        const Rest<Mass> left = rest(t + 1, entry.prefix);
        offer({stays.blank_last * left.after_blank + stays.label_last * left.after_label,
               state(prefixes_.readings(entry.prefix), entry.last), stays});
    }
    if (candidates_.size() >= options_.width) {
        // A beam of as many prefixes as there is room for needs none that weighs less than all of them.
        Mass worst = candidates_.front().weight;
        for (const Candidate& candidate : candidates_) {
            worst = std::min(worst, candidate.weight);
        }
        least_ = std::max(least_, worst);
    }
}

/// The prefixes with one label more that are not in the beam.
template <class Mass>
void BoundedTextBeam<Mass>::extend_prefixes(std::size_t t) {
    for (const Entry& entry : entries_) {
        first_ = candidates_.size();
        const std::size_t readings = prefixes_.readings(entry.prefix).size();
        has_readings_ = readings > 1;
        for (std::size_t i = 0; i < readings; ++i) {
            const Node node = prefixes_.readings(entry.prefix)[i].node;
            const auto at = static_cast<std::size_t>(node);
            const Node end = lexicon_.first_child[at + 1];
            for (Node child = lexicon_.first_child[at]; child < end; ++child) {
                extend(entry, child, lexicon_.labels[static_cast<std::size_t>(child)], t);
            }
            if (node == Reading::kBoundary || lexicon_.shapes[at].is_entry()) {
                for (const Label separator : separators_) {
                    extend(entry, Reading::kBoundary, separator, t);
                }
            }
        }
    }
}

/// Offers the entry's prefix with `label` more, which leads to `node`.
template <class Mass>
void BoundedTextBeam<Mass>::extend(const Entry& entry, Node node, Label label, std::size_t t) {
    const Mass& source = label == entry.last ? entry.blank_last : entry.total;
    Mass mass = source * bound_->probability(t, label);
    const Mass& left = bound_->rest(t + 1, node, label).after_label;
    Mass weight = mass * left;
    if (weight < least_ || !(Mass{} < weight)) {
        drop(weight, entry.prefix);
        return;
    }
    TextPrefix child = prefixes_.met(entry.prefix, label);
    if (in_beam(child) != nullptr) {
        return;
    }
    if (is_weighed_) {
        child = prefixes_.child(entry.prefix, label);
        if (child == TextPrefixes::kNone) {
            return;
        }
        mass = mass * prefixes_.template gain<Mass>(child);
        weight = mass * left;
    }
    if (has_readings_ || node == Reading::kBoundary) {
        for (std::size_t i = first_; i < candidates_.size(); ++i) {
            if (candidates_[i].entry.last == label) {   // the same by another reading
                candidates_[i].weight = std::max(candidates_[i].weight, weight);
                candidates_[i].state = kUnlike;
                return;
            }
        }
    }
    offer({weight,
           state(node, label),
           {.prefix = child,
            .parent = entry.prefix,
            .last = label,
            .blank_last = Mass{},
            .label_last = mass,
            .total = mass}});
}

template <class Mass>
void BoundedTextBeam<Mass>::offer(Candidate candidate) {
    const Mass& weight = candidate.weight;
    if (weight < least_ || !(Mass{} < weight)) {
        drop(weight, candidate.entry.parent);
        return;
    }
    if (options_.keeps_ways && candidate.state != kUnlike) {
        const bool may_rest = Mass{} < candidate.entry.blank_last;
        const bool may_repeat = Mass{} < candidate.entry.label_last;
        candidate.state = 4 * candidate.state + (may_rest ? 2 : 0) + (may_repeat ? 1 : 0);
    }
    candidates_.push_back(candidate);
}

/// Drops what can only go on like others that weigh more.
template <class Mass>
void BoundedTextBeam<Mass>::leave_alike() {
    if (std::isinf(options_.likeness) || (has_contexts_ && !options_.keeps_ways)) {
        return;
    }
    tell_states();
    const Mass share = mass_from_log<Mass>(-options_.likeness);
    const auto is_kept = [&](const Candidate& one) {
        if (one.state == kUnlike) {
            return true;
        }
        const BestTwo& best = best_of(one.state);
        return !(one.weight < best.first * share) && !(one.weight < best.second);
    };
    const auto end = std::partition(candidates_.begin(), candidates_.end(), is_kept);
    for (auto one = end; one != candidates_.end(); ++one) {
        drop(one->weight, one->entry.parent);
    }
    candidates_.erase(end, candidates_.end());
}

template <class Mass>
void BoundedTextBeam<Mass>::tell_states() {
    best_of_states_.assign(std::bit_ceil(2 * candidates_.size() + 1), {.state = kUnlike, .first = {}, .second = {}});
    for (const Candidate& candidate : candidates_) {
        if (candidate.state != kUnlike) {
            BestTwo& best = best_of(candidate.state);
            best.state = candidate.state;
            best.second = std::max(best.second, std::min(best.first, candidate.weight));
            best.first = std::max(best.first, candidate.weight);
        }
    }
}

/// The place of a state in the table, or a free one.
template <class Mass>
auto BoundedTextBeam<Mass>::best_of(std::size_t state) -> BestTwo& {
    const std::size_t mask = best_of_states_.size() - 1;
    std::size_t at = (state * kScatter >> 32) & mask;
    while (best_of_states_[at].state != state && best_of_states_[at].state != kUnlike) {
        at = (at + 1) & mask;
    }
    return best_of_states_[at];
}

template <class Mass>
void BoundedTextBeam<Mass>::prune() {
    if (candidates_.size() <= options_.width) {
        return;
    }
    const auto last = candidates_.begin() + static_cast<std::ptrdiff_t>(options_.width);
    std::nth_element(candidates_.begin(), last, candidates_.end(), [this](const Candidate& a, const Candidate& b) {
        return a.weight == b.weight ? precedes(a.entry, b.entry) : b.weight < a.weight;
    });
    for (auto one = last; one != candidates_.end(); ++one) {
        drop(one->weight, one->entry.parent);
    }
    candidates_.erase(last, candidates_.end());
}

/// Adds to what texts can have by alignments that were left out what they can have by those left out in this frame.
template <class Mass>
void BoundedTextBeam<Mass>::sum_dropped(std::size_t t) {
    if (Mass{} < dropped_) {
        // Of prefixes of one length, a text begins with one at most.
        const auto lengths = mass_from_log<Mass>(std::log(static_cast<double>(longest_ - shortest_ + 2)));
        const Mass dropped = std::min(dropped_, most_dropped_ * lengths);
        log_dropped_ = log_add(log_dropped_, log_of(dropped) + log_scale_ + bound_->log_scale(t + 1));
    }
}

template <class Mass>
void BoundedTextBeam<Mass>::replace_entries() {
    Mass best{};
    for (const Candidate& candidate : candidates_) {
        best = std::max(best, candidate.entry.total);
    }
    const double log_best = candidates_.empty() ? 0.0 : log_of(best);
    const Mass scale = mass_from_log<Mass>(-log_best);
    log_scale_ += log_best;
    entries_.clear();
    for (const Candidate& candidate : candidates_) {
        Entry entry = candidate.entry;
        if (entry.prefix == TextPrefixes::kNone) {
            entry.prefix = prefixes_.child(entry.parent, entry.last);
        }
        prefixes_.set_slot(entry.prefix, static_cast<std::int32_t>(entries_.size()));
        entry.blank_last = entry.blank_last * scale;
        entry.label_last = entry.label_last * scale;
        entry.total = entry.total * scale;
        entries_.push_back(entry);
    }
}

template <class Mass>
void BoundedTextBeam<Mass>::drop(const Mass& weight, TextPrefix prefix) {
    if (Mass{} < weight) {
        const std::int32_t length = prefix == TextPrefixes::kNone ? 0 : prefixes_.length(prefix);
        dropped_ = dropped_ + weight;
        most_dropped_ = std::max(most_dropped_, weight);
        shortest_ = std::min(shortest_, length);
        longest_ = std::max(longest_, length);
    }
}

template <class Mass>
Rest<Mass> BoundedTextBeam<Mass>::rest(std::size_t t, TextPrefix prefix) const {
    Rest<Mass> most{};
    for (const Reading& reading : prefixes_.readings(prefix)) {
        const Rest<Mass>& rest = bound_->rest(t, reading.node, prefixes_.last(prefix));
        most = {std::max(most.after_blank, rest.after_blank), std::max(most.after_label, rest.after_label)};
    }
    return most;
}

/// Prefixes of one state can go on alike. Those of several readings get a number that hardly any others have.
template <class Mass>
std::size_t BoundedTextBeam<Mass>::state(std::span<const Reading> readings, Label last) const {
    std::size_t told = state(readings.front().node, last);
    for (const Reading& reading : readings.subspan(1)) {
        told = (told + 1) * kScatter + state(reading.node, last);
    }
    return told;
}

template <class Mass>
std::size_t BoundedTextBeam<Mass>::state(Node node, Label last) const {
    return node == Reading::kBoundary ? lexicon_.labels.size() + static_cast<std::size_t>(std::max(last, Label{0}))
                                      : static_cast<std::size_t>(node);
}

template <class Mass>
auto BoundedTextBeam<Mass>::in_beam(TextPrefix prefix) const -> const Entry* {
    if (prefix == TextPrefixes::kNone) {
        return nullptr;
    }
    const auto slot = static_cast<std::size_t>(prefixes_.slot(prefix));
    return slot < entries_.size() && entries_[slot].prefix == prefix ? &entries_[slot] : nullptr;
}

/// A strict order of candidates, whether or not their prefixes were met.
template <class Mass>
bool BoundedTextBeam<Mass>::precedes(const Entry& a, const Entry& b) const {
    if (a.parent != b.parent) {
        return a.parent < b.parent;
    }
    return a.last < b.last;
}

template class BoundedTextBeam<double>;
template class BoundedTextBeam<LogMass>;

}  // namespace ocrkit::ctc
