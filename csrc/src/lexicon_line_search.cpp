#include "ocrkit/ctc/lexicon_line_search.hpp"

#include <type_traits>

namespace ocrkit::ctc {
namespace {

/// Below this many nats a double is too near its end (e^-708) to tell how much of it was lost.
constexpr double kTrustedLog = -640.0;

/// How much more than its due a bound gets, as a share: frames sum to one only as far as float32 log-probs can say it.
double rounding_slack(const LineView& line) {
    constexpr double kFloatEpsilon = 1.2e-7;
    return 16.0 * kFloatEpsilon * static_cast<double>(line.frames + line.labels);
}

}  // namespace

template <class Number>
Verdict LexiconLineSearch<Number>::run(const LineView& line, float cut) {
    line_ = line;
    cut_ = cut;
    slack_ = rounding_slack(line);
    underflowed_ = false;
    expanded_ = 0;
    emissions_.reset(line);
    blank_ = emissions_[line.blank];
    queue_.clear();
    found_.clear();
    kept_.slots.clear();
    ladder_.slots.clear();
    return trust(search());
}

template <class Number>
Verdict LexiconLineSearch<Number>::search() {
    const std::size_t slot_bytes = 2 * (line_.frames + 1) * sizeof(Number);
    const std::size_t slot_limit = std::max<std::size_t>(1, options_.column_bytes / slot_bytes);
    store_root();
    expand(kept_, 0);
    while (true) {
        for (const Pending& pending : fresh_) {
            queue_.push_back(pending);
            std::push_heap(queue_.begin(), queue_.end());
        }
        fresh_.clear();
        if (queue_.empty() || is_finished(queue_.front().bound)) {
            return Verdict::kProved;
        }
        if (is_out_of_budget()) {
            return Verdict::kStopped;
        }
        const Pending top = queue_.front();
        std::pop_heap(queue_.begin(), queue_.end());
        queue_.pop_back();
        if (kept_.slots.size() < slot_limit) {
            const std::size_t slot = kept_.slots.size();
            reserve(kept_, slot + 1);
            store(kept_, static_cast<std::size_t>(top.parent), top.node, kept_, slot);
            expand(kept_, slot);
        } else if (descend(top) == Verdict::kStopped) {
            return Verdict::kStopped;
        }
    }
}

/// Searches all that lies below `top`, keeping only the columns on the way down. The queue is left as it is.
template <class Number>
Verdict LexiconLineSearch<Number>::descend(const Pending& top) {
    // Here `parent` is a level of the ladder, plus one; at level 0 stands the top, whose parent is among the kept.
    std::vector<Pending> open{{top.bound, top.node, 0}};
    while (!open.empty()) {
        const Pending next = open.back();
        open.pop_back();
        if (can_be_left(next.bound)) {
            continue;
        }
        if (is_out_of_budget()) {
            return Verdict::kStopped;
        }
        const auto level = static_cast<std::size_t>(next.parent);
        reserve(ladder_, level + 1);
        const bool is_top = level == 0;
        store(is_top ? kept_ : ladder_, is_top ? static_cast<std::size_t>(top.parent) : level - 1, next.node, ladder_,
              level);
        expand(ladder_, level);
        std::sort(fresh_.begin(), fresh_.end());
        for (const Pending& pending : fresh_) {
            open.push_back({pending.bound, pending.node, next.parent + 1});
        }
        fresh_.clear();
    }
    return Verdict::kProved;
}

/// Weighs all children of the node in `slot`: offers those that are entries, and puts into fresh_ those to go on from.
template <class Number>
void LexiconLineSearch<Number>::expand(const Pool& pool, std::size_t slot) {
    ++expanded_;
    const auto [node, first] = pool.slots[slot];
    const auto at = static_cast<std::size_t>(node);
    const Number* const total = total_column(pool, slot);
    std::array<Node, kLanes> lanes{};
    std::size_t count = 0;
    const auto flush = [&] {
        if (count == 1) {
            weigh_children<1>(total, first, lanes, count);
        } else if (count > 1) {
            weigh_children<kLanes>(total, first, lanes, count);
        }
        count = 0;
    };
    for (Node child = lexicon_.first_child[at]; child < lexicon_.first_child[at + 1]; ++child) {
        if (label(child) == label(node)) {
            expand_repeat(pool, slot, child);
            continue;
        }
        lanes[count++] = child;
        if (count == kLanes) {
            flush();
        }
    }
    flush();
}

/// A child with its parent's own label begins only where a blank has parted the two.
template <class Number>
void LexiconLineSearch<Number>::expand_repeat(const Pool& pool, std::size_t slot, Node child) {
    weigh_children<1>(blank_column(pool, slot), pool.slots[slot].first + 1, {child}, 1);
}

template <class Number>
template <std::size_t Lanes>
void LexiconLineSearch<Number>::weigh_children(const Number* source, std::size_t first,
                                               const std::array<Node, kLanes>& nodes, std::size_t count) {
    if (first >= line_.frames) {
        return;   // no frame is left for one more label
    }
    std::array<const Number*, Lanes> columns{};
    for (std::size_t l = 0; l < Lanes; ++l) {
        columns[l] = emissions_[label(nodes[std::min(l, count - 1)])];   // spare lanes repeat the last child
    }
    const ChildMass<Number, Lanes> mass = child_mass<Number, Lanes>(source, columns, blank_, first, line_.frames);
    for (std::size_t l = 0; l < count; ++l) {
        weigh_child(nodes[l], mass.prefix[l], mass.whole[l]);
    }
}

template <class Number>
void LexiconLineSearch<Number>::weigh_child(Node child, const Number& prefix, const Number& whole) {
    const auto at = static_cast<std::size_t>(child);
    const std::int32_t entry = lexicon_.node_entry[at];
    if (entry != kNoEntry) {
        const double log_whole = to_log(whole);
        underflowed_ = underflowed_ || log_whole < kTrustedLog;
        const double prior = weigh_ ? static_cast<double>(lexicon_.priors[static_cast<std::size_t>(entry)]) : 0.0;
        offer(static_cast<float>(log_whole + line_.log_sum_total + options_.prior_weight * prior), child);
    }
    if (lexicon_.first_child[at] == lexicon_.first_child[at + 1]) {
        return;
    }
    const double log_below = log_difference(prefix, entry == kNoEntry ? Number{} : whole, slack_);
    underflowed_ = underflowed_ || log_below < kTrustedLog;
    const double prior = weigh_ ? static_cast<double>(lexicon_.best_prior_below[at]) : 0.0;
    // Rounding to float32 keeps the order, so a bound is no lower than the scores below it as they will be given out.
    const auto bound = static_cast<float>(log_below + line_.log_sum_total + options_.prior_weight * prior);
    if (bound > kLogZero && !can_be_left(bound)) {
        fresh_.push_back({bound, child, static_cast<std::int32_t>(kept_.slots.size()) - 1});
    }
}

/// Puts an entry among the n best; equal scores go to the lowest labels.
template <class Number>
void LexiconLineSearch<Number>::offer(float score, Node node) {
    const auto beats = [&](const FoundEntry& other) {
        return score > other.score || (score == other.score && lexicon_.precedes(node, other.node));
    };
    if (score == kLogZero || (is_full() && !beats(found_.back()))) {
        return;
    }
    if (is_full()) {
        found_.pop_back();
    }
    const auto place =
        std::partition_point(found_.begin(), found_.end(), [&](const FoundEntry& other) { return !beats(other); });
    found_.insert(place, {score, node});
}

template <class Number>
void LexiconLineSearch<Number>::reserve(Pool& pool, std::size_t slots) {
    if (pool.slots.size() < slots) {
        pool.slots.resize(slots);
    }
    const std::size_t size = slots * 2 * (line_.frames + 1);
    if (pool.columns.size() < size) {
        pool.columns.resize(std::max(size, pool.columns.size() * 2));
    }
}

template <class Number>
void LexiconLineSearch<Number>::store_root() {
    reserve(kept_, 1);
    kept_.slots[0] = {};
    Number* const blank = blank_column(kept_, 0);
    blank[0] = from_log<Number>(0.0F);
    for (std::size_t t = 0; t < line_.frames; ++t) {
        blank[t + 1] = blank[t] * blank_[t];
    }
    std::copy(blank, blank + line_.frames + 1, total_column(kept_, 0));
}

/// Writes the columns of `node` into `slot` of `pool`, from its parent's.
template <class Number>
void LexiconLineSearch<Number>::store(const Pool& parents, std::size_t parent, Node node, Pool& pool,
                                      std::size_t slot) {
    const Slot& above = parents.slots[parent];
    const bool repeats = label(node) == label(above.node);
    const std::size_t first = above.first + (repeats ? 1 : 0);
    const Number* const source = repeats ? blank_column(parents, parent) : total_column(parents, parent);
    pool.slots[slot] = {node, first + 1};
    child_columns<Number>(source, emissions_[label(node)], blank_, first, line_.frames, blank_column(pool, slot),
                          total_column(pool, slot));
}

/// True where nothing below `bound` can be among what `run` has to find.
template <class Number>
bool LexiconLineSearch<Number>::can_be_left(float bound) const {
    return (is_full() && bound < found_.back().score) || (options_.n_best == 1 && bound < cut_);
}

/// True where all that is left, of which `bound` is the highest bound, cannot change the line's answer.
template <class Number>
bool LexiconLineSearch<Number>::is_finished(float bound) const {
    return (bound < cut_ && is_rejected()) || can_be_left(bound);
}

template <class Number>
Verdict LexiconLineSearch<Number>::trust(Verdict verdict) const {
    if (std::is_same_v<Number, Extended> || !underflowed_) {
        return verdict;
    }
    // What was lost has at most e^kTrustedLog, and priors only take away; all kept above that are what they seem.
    const auto trusted = static_cast<float>(kTrustedLog + line_.log_sum_total);
    if (is_rejected() && cut_ >= trusted) {
        return verdict;
    }
    const bool is_complete = is_full() || found_.size() == lexicon_.entries();
    return is_complete && found_.back().score >= trusted ? verdict : Verdict::kUntrusted;
}

template class LexiconLineSearch<double>;
template class LexiconLineSearch<Extended>;

}  // namespace ocrkit::ctc
