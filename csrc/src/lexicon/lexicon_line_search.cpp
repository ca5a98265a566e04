#include "lexicon/lexicon_line_search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>

#include "line/flush_denormals.hpp"

namespace ocrkit::ctc {
namespace {

/// Expansions after which a line is taken for a hard one, worth tighter bounds.
constexpr std::int64_t kPatience = 128;

/// What rounding may put a probability off by, as a share of it: a path is a product of T factors, each a float32's
/// logarithm raised to a float, and a few sums a frame. Doubles are far better, but what is given out is a float32.
double rounding_slack(std::size_t frames) { return 1.2e-6 * static_cast<double>(frames + 2); }

/// The least probability of which numbers of this kind have lost no part that counts. What falls below `least` is lost;
/// that happens in no more than 16 (T+1)^2 places that add up, and must stay below a millionth.
template <class Number>
double least_trusted(std::size_t frames) {
    const double places = 16.0 * static_cast<double>(frames + 1) * static_cast<double>(frames + 1);
    const double least = std::is_same_v<Number, float> ? 5e-38 : 3e-308;   // e^-86, and the normal doubles
    return least * places * 1e6;
}

constexpr Node kNoNode = -1;
constexpr Label kNoLabel = -2;   // not even the root's

constexpr double kNothing = -std::numeric_limits<double>::infinity();

}  // namespace

template <class Number>
LexiconLineSearch<Number>::LexiconLineSearch(const LexiconView& lexicon, const LexiconSearchOptions& options,
                                             const LexiconKernels<Number>& kernels)
    : lexicon_(lexicon),
      options_(options),
      weigh_(options.prior_weight > 0.0),
      in_logs_(weigh_ || std::is_same_v<Number, Extended>),
      kernels_(kernels),
      tables_(lexicon.alphabet, kernels) {}

template <class Number>
Verdict LexiconLineSearch<Number>::run(const LineView& line, float cut) {
    const FlushDenormals guard;
    line_ = line;
    stride_ = padded(line.frames);
    slack_ = rounding_slack(line.frames);
    const bool is_wide = std::is_same_v<Number, Extended>;
    trusted_ = is_wide ? kNothing : least_trusted<Number>(line.frames);
    const double cut_log = static_cast<double>(cut) - line.log_sum_total;
    cut_ = in_logs_ ? cut_log : std::exp(cut_log);
    if (in_logs_ && !is_wide) {
        trusted_ = std::log(trusted_);
    }
    threshold_ = options_.n_best == 1 ? std::max(trusted_, cut_) : trusted_;
    expanded_ = 0;
    queue_.reset(!in_logs_);
    fresh_.clear();
    found_.clear();
    best_keys_.clear();
    tidy_size_ = 64;
    const Verdict verdict = line.frames == 0 ? Verdict::kProved : search();
    return trust(verdict);
}

template <class Number>
Verdict LexiconLineSearch<Number>::search() {
    pulse_ = &pulse();
    tables_.reset(line_);
    const std::size_t slot_limit =
        std::max<std::size_t>(1, options_.column_bytes / (2 * stride_ * sizeof(Number)));
    kept_.slots.clear();
    store_root();
    expand(kept_, 0);
    while (true) {
        for (const Pending& pending : fresh_) {
            queue_.push(pending);
        }
        fresh_.clear();
        if (queue_.empty() || is_finished(queue_.ceiling())) {
            return Verdict::kProved;
        }
        const Pending top = queue_.pop();
        if (top.bound < threshold_) {
            continue;
        }
        if (is_out_of_budget()) {
            return Verdict::kStopped;
        }
        look_ahead(top.node);
        if (expanded_ == kPatience) {
            tables_.tell_levels_apart();
        }
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

/// Asks for the memory of what comes next, which is anywhere, so that it is there when it is needed.
template <class Number>
void LexiconLineSearch<Number>::look_ahead(Node node) const {
    const auto child = static_cast<std::size_t>(lexicon_.first_child[static_cast<std::size_t>(node)]);
    if (child < lexicon_.labels.size()) {
        __builtin_prefetch(&lexicon_.labels[child]);
        __builtin_prefetch(&lexicon_.shapes[child]);
    }
    if (const Pending* const next = queue_.next()) {
        __builtin_prefetch(&lexicon_.first_child[static_cast<std::size_t>(next->node)]);
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
        if (next.bound < threshold_) {
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
    pulse_->beat(1'000 + 16 * line_.frames);
    const auto [node, first] = pool.slots[slot];
    const auto at = static_cast<std::size_t>(node);
    const Node begin = lexicon_.first_child[at];
    const Node end = lexicon_.first_child[at + 1];
    const Number* const after_blank = blank_column(pool, slot);
    const Node repeat = collect(begin, end, first, after_blank + stride_, label(node));
    if (repeat != kNoNode) {
        // A child with its parent's own label begins only where a blank has parted the two.
        collect(repeat, repeat + 1, first + 1, after_blank, kNoLabel);
    }
}

/// The children begin..end-1, which begin after `first` frames or later, out of the mass in `source`. Gives the child
/// with the label `except`, which is left out.
template <class Number>
Node LexiconLineSearch<Number>::collect(Node begin, Node end, std::size_t first, const Number* source, Label except) {
    if (first >= line_.frames) {
        return kNoNode;   // no frame is left for one more label
    }
    for (Node child = begin; child < end && !tables_.has_all(); ++child) {
        tables_.require(tables_.letter(label(child)));   // of all of them, before any column is pointed at
    }
    const auto most = static_cast<std::size_t>(end - begin) + 1;   // one is written that does not count
    entries_.clear(most);
    going_on_.clear(most);
    Node excepted = kNoNode;
    for (Node child = begin; child < end; ++child) {
        const std::int32_t letter = tables_.letter(label(child));
        const NodeShape child_shape = shape(child);
        const std::size_t height = child_shape.height();
        const bool is_wanted = label(child) != except;
        excepted = is_wanted ? excepted : child;
        entries_.add(child, tables_.whole(letter), is_wanted & child_shape.is_entry());
        going_on_.add(child, tables_.below(letter, std::max<std::size_t>(height, 1)), is_wanted & (height > 0));
    }
    const std::size_t from = first / kLexiconLanes * kLexiconLanes;
    for (Weighing* const weighing : {&entries_, &going_on_}) {
        kernels_.weigh(source, from, stride_, weighing->columns.data(), weighing->count, weighing->sums.data());
    }
    for (std::size_t i = 0; i < entries_.count; ++i) {
        offer(entry_key(entries_.sums[i], entries_.nodes[i]), entries_.nodes[i]);
    }
    const auto parent = static_cast<std::int32_t>(kept_.slots.size()) - 1;
    std::size_t fresh = fresh_.size();
    fresh_.resize(fresh + going_on_.count);
    for (std::size_t i = 0; i < going_on_.count; ++i) {
        const Key bound = bound_key(going_on_.sums[i], going_on_.nodes[i]);
        fresh_[fresh] = {bound, going_on_.nodes[i], parent};
        fresh += bound >= threshold_ && bound > kNothing ? 1 : 0;
    }
    fresh_.resize(fresh);
    return excepted;
}

/// Puts an entry among those found.
template <class Number>
void LexiconLineSearch<Number>::offer(Key key, Node node) {
    if (key < threshold_ || key == kNothing) {
        return;
    }
    found_.push_back({key, node});
    if (!is_full()) {
        best_keys_.push_back(key);
        std::push_heap(best_keys_.begin(), best_keys_.end(), std::greater<>());
    } else if (key > best_keys_.front()) {
        std::pop_heap(best_keys_.begin(), best_keys_.end(), std::greater<>());
        best_keys_.back() = key;
        std::push_heap(best_keys_.begin(), best_keys_.end(), std::greater<>());
    } else {
        return;
    }
    if (is_full()) {
        raise_threshold(best_keys_.front());
    }
}

/// The n-th best key is `worst`: nothing that is less, by more than rounding explains, need be looked at.
template <class Number>
void LexiconLineSearch<Number>::raise_threshold(Key worst) {
    // Scores are given out as float32, where what is near enough is equal and goes by its labels.
    const double slack = slack_ + 2.4e-7 * (size_of_log(worst) + std::abs(line_.log_sum_total));
    threshold_ = std::max(threshold_, in_logs_ ? worst - slack : worst * (1.0 - std::min(slack, 0.5)));
    if (found_.size() >= tidy_size_) {
        std::erase_if(found_, [this](const Candidate& candidate) { return candidate.key < threshold_; });
        tidy_size_ = 2 * found_.size() + 64;
    }
}

template <class Number>
void LexiconLineSearch<Number>::reserve(Pool& pool, std::size_t slots) {
    if (pool.slots.size() < slots) {
        pool.slots.resize(slots);
    }
    const std::size_t size = slots * 2 * stride_;
    if (pool.columns.size() < size) {
        pool.columns.resize(std::max(size, pool.columns.size() * 2));
    }
}

template <class Number>
void LexiconLineSearch<Number>::store_root() {
    reserve(kept_, 1);
    kept_.slots[0] = {};
    Number* const after_blank = blank_column(kept_, 0);
    after_blank[0] = from_log<Number>(0.0F);
    for (std::size_t t = 0; t + 1 < line_.frames; ++t) {
        after_blank[t + 1] = after_blank[t] * tables_.blank()[t];
    }
    std::fill(after_blank + line_.frames, after_blank + stride_, Number{});
    std::copy(after_blank, after_blank + stride_, after_blank + stride_);
}

/// Writes the columns of `node` into `slot` of `pool`, from its parent's.
template <class Number>
void LexiconLineSearch<Number>::store(const Pool& parents, std::size_t parent, Node node, Pool& pool,
                                      std::size_t slot) {
    const Slot& above = parents.slots[parent];
    const bool repeats = label(node) == label(above.node);
    const std::size_t first = above.first + (repeats ? 1 : 0);
    const Number* const source = blank_column(parents, parent) + (repeats ? 0 : stride_);
    const Number* const emission = tables_.emission(tables_.letter(label(node)));
    Number* const after_blank = blank_column(pool, slot);
    pool.slots[slot] = {node, first + 1};
    kernels_.extend(source, emission, tables_.blank(), first, line_.frames, after_blank, after_blank + stride_);
}

template <class Number>
auto LexiconLineSearch<Number>::key_of(const Number& number) const -> Key {
    if constexpr (std::is_same_v<Number, Extended>) {
        return to_log(number);
    } else {
        return in_logs_ ? std::log(static_cast<double>(number)) : static_cast<double>(number);
    }
}

/// |ln p|, or up to 0.7 more.
template <class Number>
double LexiconLineSearch<Number>::size_of_log(Key key) const {
    return in_logs_ ? std::abs(key) : 0.7 * std::abs(static_cast<double>(std::ilogb(key)));
}

template <class Number>
auto LexiconLineSearch<Number>::entry_key(const Number& number, Node node) const -> Key {
    if (!weigh_) {
        return key_of(number);
    }
    const std::int32_t entry = lexicon_.node_entry[static_cast<std::size_t>(node)];
    const double prior = static_cast<double>(lexicon_.priors[static_cast<std::size_t>(entry)]);
    return key_of(number) + options_.prior_weight * prior;
}

template <class Number>
auto LexiconLineSearch<Number>::bound_key(const Number& number, Node node) const -> Key {
    if (!weigh_) {
        return key_of(number);
    }
    const double prior = static_cast<double>(lexicon_.best_prior_below[static_cast<std::size_t>(node)]);
    return key_of(number) + options_.prior_weight * prior;
}

template <class Number>
bool LexiconLineSearch<Number>::is_rejected() const {
    return cut_ > (in_logs_ ? kNothing : 0.0) &&
           std::none_of(best_keys_.begin(), best_keys_.end(), [this](Key key) { return key >= cut_; });
}

/// True where all that is left, of which `bound` is the highest bound, cannot change the line's answer.
template <class Number>
bool LexiconLineSearch<Number>::is_finished(Key bound) const {
    return bound < threshold_ || (bound < cut_ && is_rejected());
}

template <class Number>
Verdict LexiconLineSearch<Number>::trust(Verdict verdict) {
    std::erase_if(found_, [this](const Candidate& candidate) { return candidate.key < threshold_; });
    nodes_.clear();
    for (const Candidate& candidate : found_) {
        nodes_.push_back(candidate.node);
    }
    if (std::is_same_v<Number, Extended> || verdict == Verdict::kStopped) {
        return verdict;
    }
    // What was lost has less than is trusted, and priors only take away.
    const bool is_complete = is_full() || found_.size() == lexicon_.entries();
    return is_complete || (is_rejected() && cut_ >= trusted_) ? verdict : Verdict::kUntrusted;
}

template class LexiconLineSearch<float>;
template class LexiconLineSearch<double>;
template class LexiconLineSearch<Extended>;

}  // namespace ocrkit::ctc
