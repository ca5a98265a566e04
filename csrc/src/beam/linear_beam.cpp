#include "beam/linear_beam.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "simd/kernels.hpp"

namespace ocrkit::ctc {

namespace {

constexpr double kLn2 = 0.6931471805599453;

/// A product of two positive numbers at least this large is no denormal, and nothing was lost in it.
constexpr double kLeastProduct = 1e-290;

}  // namespace

void LinearBeam::Entries::resize(std::size_t count) {
    node.resize(count);
    last.resize(count);
    parent.resize(count);
    blank_last.resize(count);
    label_last.resize(count);
    total.resize(count);
}

void LinearBeam::Entries::set(std::size_t at, Prefix prefix, Label label, std::int32_t parent_entry, double with_blank,
                              double with_label) {
    node[at] = prefix;
    last[at] = label;
    parent[at] = parent_entry;
    blank_last[at] = with_blank;
    label_last[at] = with_label;
    total[at] = with_blank + with_label;
}

LinearBeam::LinearBeam(std::int64_t width, double token_cut, std::int64_t keep)
    : width_(static_cast<std::size_t>(width)),
      keep_(static_cast<std::size_t>(std::min(width, keep))),
      log_cut_(static_cast<float>(std::log(token_cut))),
      mass_cut_(0.1 * token_cut) {}

void LinearBeam::reset(std::size_t labels, Label blank) {
    blank_ = blank;
    arena_.reset();
    now_.resize(1);
    now_.set(0, PrefixArena::kRoot, blank, -1, 1.0, 0.0);
    exponent_ = 0.0;
    pruned_ = false;
    underflowed_ = false;
    picked_.resize(labels);
    token_of_.assign(labels, -1);
}

void LinearBeam::advance(std::span<const float> frame, float high) {
    pick_tokens(frame, high);
    read_probabilities(frame, high);
    weigh_candidates();
    if (!pruned_) {
        watch_for_underflow();
    }
    select();
    if (only_stay()) {
        update_entries();
    } else {
        replace_entries();
    }
}

void LinearBeam::pick_tokens(std::span<const float> frame, float high) {
    const float threshold = high + log_cut_;
    const std::size_t count = kernels().pick(frame.data(), frame.size(), threshold, picked_.data());
    tokens_.assign(picked_.begin(), picked_.begin() + static_cast<std::ptrdiff_t>(count));
    if (const auto blank = std::find(tokens_.begin(), tokens_.end(), blank_); blank != tokens_.end()) {
        tokens_.erase(blank);
    }
    if (tokens_.size() > width_ + 1) {
        // Of a prefix's extensions no more than width_ can stay; one more, since its own last label has less mass.
        const auto end = tokens_.begin() + static_cast<std::ptrdiff_t>(width_ + 1);
        std::nth_element(tokens_.begin(), end, tokens_.end(), [&](Label a, Label b) {
            const float left = frame[static_cast<std::size_t>(a)];
            const float right = frame[static_cast<std::size_t>(b)];
            return left != right ? left > right : a < b;
        });
        tokens_.erase(end, tokens_.end());
        pruned_ = true;
    }
    if (!pruned_) {
        const auto before = static_cast<std::size_t>(blank_);
        pruned_ = kernels().any_below(frame.data(), before, threshold) ||
                  kernels().any_below(frame.data() + before + 1, frame.size() - before - 1, threshold);
    }
}

void LinearBeam::read_probabilities(std::span<const float> frame, float high) {
    values_.resize(1 + tokens_.size() + size());
    probabilities_.resize(values_.size());
    float* value = values_.data();
    *value++ = frame[static_cast<std::size_t>(blank_)];
    for (const Label token : tokens_) {
        *value++ = frame[static_cast<std::size_t>(token)];
    }
    for (const Label last : now_.last) {
        *value++ = frame[static_cast<std::size_t>(last)];
    }
    kernels().exp(values_.data(), values_.size(), high, probabilities_.data());
}

void LinearBeam::weigh_candidates() {
    const std::size_t n = size();
    const std::size_t k = tokens_.size();
    const double blank = probabilities_[0];
    const double* const token = probabilities_.data() + 1;
    const double* const last = token + k;
    label_stays_.resize(n);
    count_ = n * (k + 2);
    candidates_.resize(std::max(candidates_.size(), count_));
    double* const stays = candidates_.data();
    double* const extended = stays + n;
    double* const repeats = extended + k * n;
    for (std::size_t i = 0; i < n; ++i) {
        label_stays_[i] = now_.label_last[i] * last[i];
        repeats[i] = now_.blank_last[i] * last[i];
    }
    for (std::size_t q = 0; q < k; ++q) {
        token_of_[static_cast<std::size_t>(tokens_[q])] = static_cast<std::int32_t>(q);
        double* const row = extended + q * n;
        for (std::size_t i = 0; i < n; ++i) {
            row[i] = now_.total[i] * token[q];
        }
    }
    if (now_.node[0] == PrefixArena::kRoot) {   // the empty prefix has no label to repeat
        repeats[0] = 0.0;
    }
    for (std::size_t i = 0; i < n; ++i) {
        // Repeats merge before blanks drop, so a label follows its like only over a blank.
        const std::int32_t own = token_of_[static_cast<std::size_t>(now_.last[i])];
        if (own >= 0) {
            extended[static_cast<std::size_t>(own) * n + i] = repeats[i];
            repeats[i] = 0.0;
        }
    }
    // A prefix that is in the beam takes the mass that its parent would give to a newcomer of the same labels.
    for (std::size_t i = 0; i < n; ++i) {
        if (now_.parent[i] < 0) {
            continue;
        }
        const auto parent = static_cast<std::size_t>(now_.parent[i]);
        const std::int32_t own = token_of_[static_cast<std::size_t>(now_.last[i])];
        const bool repeated = now_.last[parent] == now_.last[i] && now_.node[parent] != PrefixArena::kRoot;
        const double from = repeated ? now_.blank_last[parent] : now_.total[parent];
        label_stays_[i] += from * last[i];
        if (own >= 0) {
            extended[static_cast<std::size_t>(own) * n + parent] = 0.0;
        } else if (repeated) {
            repeats[parent] = 0.0;
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        stays[i] = now_.total[i] * blank + label_stays_[i];
    }
    for (const Label each : tokens_) {
        token_of_[static_cast<std::size_t>(each)] = -1;
    }
}

/// Nothing can have been lost where the least mass times the least probability is no denormal.
void LinearBeam::watch_for_underflow() {
    double least_mass = 1.0;
    for (std::size_t i = 0; i < size(); ++i) {
        for (const double mass : {now_.blank_last[i], now_.label_last[i]}) {
            least_mass = mass > 0.0 ? std::min(least_mass, mass) : least_mass;
        }
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const bool is_lost = values_[i] > kLogZero && least_mass * probabilities_[i] < kLeastProduct;
        underflowed_ = underflowed_ || is_lost;
    }
}

/// Fills chosen_ with the candidates of the frame to come.
void LinearBeam::select() {
    constexpr double kLeast = std::numeric_limits<double>::denorm_min();
    best_ = kernels().highest(candidates_.data(), count_);
    const int shift = std::max(std::ilogb(best_), -1000);
    scale_ = std::ldexp(1.0, -shift);
    exponent_ += shift;
    double least = std::max(best_ * mass_cut_, kLeast);
    std::size_t count = kernels().count_at_least(candidates_.data(), count_, least);
    std::size_t most = width_;
    if (count < keep_) {
        least = kLeast;
        count = kernels().count_at_least(candidates_.data(), count_, least);
        most = keep_;
    } else if (!pruned_) {
        pruned_ = kernels().count_at_least(candidates_.data(), count_, kLeast) != count;
    }
    if (count > most) {
        pruned_ = true;
        choose_best(most, least);
    } else {
        choose(least);
    }
}

/// Takes every candidate of at least so much mass.
void LinearBeam::choose(double least) {
    chosen_.resize(count_ + 8);
    chosen_.resize(kernels().pick_doubles(candidates_.data(), count_, least, chosen_.data()));
}

/// Takes the best `most` candidates, where more than that have at least the mass `least`.
void LinearBeam::choose_best(std::size_t most, double least) {
    // Positive doubles are in the order of their bits: halve the bits between a mass that too many have and one that
    // none has, until as many have it as are wanted.
    auto low = std::bit_cast<std::uint64_t>(least);
    auto high = std::bit_cast<std::uint64_t>(best_) + 1;
    while (high - low > 1) {
        const std::uint64_t middle = low + (high - low) / 2;
        const std::size_t count =
            kernels().count_at_least(candidates_.data(), count_, std::bit_cast<double>(middle));
        if (count == most) {
            choose(std::bit_cast<double>(middle));
            return;
        }
        (count > most ? low : high) = middle;
    }
    // Equals are left: those with the lowest labels stay.
    choose(std::bit_cast<double>(high));
    std::vector<std::int32_t> equal;
    const double tie = std::bit_cast<double>(low);
    for (std::size_t candidate = 0; candidate < count_; ++candidate) {
        if (candidates_[candidate] == tie) {
            equal.push_back(static_cast<std::int32_t>(candidate));
        }
    }
    const auto room = static_cast<std::ptrdiff_t>(most - chosen_.size());
    std::nth_element(equal.begin(), equal.begin() + room, equal.end(),
                     [this](std::int32_t a, std::int32_t b) { return a != b && precedes(a, b); });
    chosen_.insert(chosen_.end(), equal.begin(), equal.begin() + room);
    std::sort(chosen_.begin(), chosen_.end());
}

/// Whether the labels of a candidate come before another's.
bool LinearBeam::precedes(std::int32_t a, std::int32_t b) const {
    const auto path = [this](std::int32_t candidate) {
        const auto n = static_cast<std::int32_t>(size());
        const auto entry = static_cast<std::size_t>(candidate % n);
        const auto row = static_cast<std::size_t>(candidate / n);
        const Label added = row == 0                  ? PrefixArena::kNoLabel
                            : row <= tokens_.size() ? tokens_[row - 1]
                                                    : now_.last[entry];
        return std::pair(now_.node[entry], added);
    };
    const auto [left, after_left] = path(a);
    const auto [right, after_right] = path(b);
    return arena_.precedes(left, after_left, right, after_right);
}

/// Whether the prefixes of the frame to come are those that there are.
bool LinearBeam::only_stay() const {
    return chosen_.size() == size() && static_cast<std::size_t>(chosen_.back()) < size();
}

void LinearBeam::update_entries() {
    const double blank = probabilities_[0] * scale_;
    for (std::size_t i = 0; i < size(); ++i) {
        now_.blank_last[i] = now_.total[i] * blank;
        now_.label_last[i] = label_stays_[i] * scale_;
        now_.total[i] = now_.blank_last[i] + now_.label_last[i];
    }
}

void LinearBeam::replace_entries() {
    const auto n = static_cast<std::int32_t>(size());
    next_.resize(chosen_.size());
    moved_to_.assign(static_cast<std::size_t>(n), -1);
    const double blank = probabilities_[0] * scale_;
    std::size_t at = 0;
    for (; at < chosen_.size() && chosen_[at] < n; ++at) {
        const auto entry = static_cast<std::size_t>(chosen_[at]);
        moved_to_[entry] = static_cast<std::int32_t>(at);
        next_.set(at, now_.node[entry], now_.last[entry], now_.parent[entry], now_.total[entry] * blank,
                  label_stays_[entry] * scale_);
    }
    for (std::size_t i = 0; i < at; ++i) {
        const std::int32_t parent = next_.parent[i];
        next_.parent[i] = parent < 0 ? -1 : moved_to_[static_cast<std::size_t>(parent)];
    }
    std::int32_t row = 0;
    for (; at < chosen_.size(); ++at) {
        while (chosen_[at] >= (row + 1) * n) {
            ++row;
        }
        const auto entry = static_cast<std::size_t>(chosen_[at] - row * n);
        const auto token = static_cast<std::size_t>(row) - 1;
        const Label label = token < tokens_.size() ? tokens_[token] : now_.last[entry];
        const std::size_t nodes = arena_.size();
        const Prefix prefix = arena_.child(now_.node[entry], label);
        next_.set(at, prefix, label, moved_to_[entry], 0.0,
                  candidates_[static_cast<std::size_t>(chosen_[at])] * scale_);
        if (arena_.size() == nodes) {
            returned_.emplace_back(prefix, static_cast<std::int32_t>(at));
        }
    }
    std::swap(now_, next_);
    for (const auto& [prefix, entry] : returned_) {
        adopt(prefix, entry);
    }
    returned_.clear();
}

/// A prefix that comes back may have children in the beam.
void LinearBeam::adopt(Prefix prefix, std::int32_t entry) {
    for (std::size_t i = 0; i < size(); ++i) {
        if (now_.parent[i] < 0 && now_.node[i] != PrefixArena::kRoot && arena_.parent(now_.node[i]) == prefix) {
            now_.parent[i] = entry;
        }
    }
}

double LinearBeam::log_prob(std::size_t entry) const { return std::log(now_.total[entry]) + exponent_ * kLn2; }

void LinearBeam::rank(std::size_t wanted, double added, std::vector<std::size_t>& ranking) const {
    struct Ranked {
        float score;
        std::size_t entry;
    };
    std::vector<Ranked> ranked;
    ranked.reserve(size());
    // The best by mass, and those that float32 might not tell from them.
    std::vector<double> masses(now_.total);
    const std::size_t count = std::min(wanted, masses.size());
    std::nth_element(masses.begin(), masses.begin() + static_cast<std::ptrdiff_t>(count) - 1, masses.end(),
                     std::greater<>());
    const double least = std::fabs(added + exponent_ * kLn2) < 1e5 ? masses[count - 1] * 0.5 : 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
        if (now_.total[i] >= least) {
            ranked.push_back({static_cast<float>(log_prob(i) + added), i});
        }
    }
    std::sort(ranked.begin(), ranked.end(), [this](const Ranked& a, const Ranked& b) {
        constexpr Label kNo = PrefixArena::kNoLabel;
        return a.score != b.score
                   ? a.score > b.score
                   : a.entry != b.entry && arena_.precedes(now_.node[a.entry], kNo, now_.node[b.entry], kNo);
    });
    ranking.clear();
    for (std::size_t i = 0; i < count; ++i) {
        ranking.push_back(ranked[i].entry);
    }
}

}  // namespace ocrkit::ctc
