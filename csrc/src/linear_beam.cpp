#include "linear_beam.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "kernels.hpp"

namespace ocrkit::ctc {

namespace {

constexpr double kLn2 = 0.6931471805599453;

/// A product of two positive numbers at least this large is no denormal, and nothing was lost in it.
constexpr double kLeastProduct = 1e-290;

}  // namespace

void LinearBeam::Entries::clear() {
    node.clear();
    last.clear();
    parent.clear();
    blank_last.clear();
    label_last.clear();
    total.clear();
}

void LinearBeam::Entries::add(Prefix prefix, Label label, std::int32_t parent_entry, double with_blank,
                              double with_label) {
    node.push_back(prefix);
    last.push_back(label);
    parent.push_back(parent_entry);
    blank_last.push_back(with_blank);
    label_last.push_back(with_label);
    total.push_back(with_blank + with_label);
}

LinearBeam::LinearBeam(std::int64_t width, double token_cut, std::int64_t keep)
    : width_(static_cast<std::size_t>(width)),
      keep_(static_cast<std::size_t>(std::min(width, keep))),
      log_cut_(static_cast<float>(std::log(token_cut))),
      mass_cut_(token_cut * token_cut) {}

void LinearBeam::reset(std::size_t labels, Label blank) {
    blank_ = blank;
    arena_.reset();
    now_.clear();
    now_.add(PrefixArena::kRoot, blank, -1, 1.0, 0.0);
    exponent_ = 0.0;
    pruned_ = false;
    underflowed_ = false;
    tokens_.resize(labels);
    token_of_.assign(labels, -1);
}

void LinearBeam::advance(std::span<const float> frame, float high) {
    tokens_.resize(frame.size());
    pick_tokens(frame, high);
    read_probabilities(frame, high);
    weigh_candidates();
    if (!pruned_) {
        watch_for_underflow(frame);
    }
    select();
    replace_entries();
}

void LinearBeam::pick_tokens(std::span<const float> frame, float high) {
    const float threshold = high + log_cut_;
    tokens_.resize(kernels().pick(frame.data(), frame.size(), threshold, tokens_.data()));
    if (const auto blank = std::find(tokens_.begin(), tokens_.end(), blank_); blank != tokens_.end()) {
        tokens_.erase(blank);
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
    candidates_.resize(n * (k + 2));
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
void LinearBeam::watch_for_underflow(std::span<const float>) {
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
    const double best = *std::max_element(candidates_.begin(), candidates_.end());
    chosen_.resize(candidates_.size());
    const auto pick = [&](double least) {
        chosen_.resize(candidates_.size());
        chosen_.resize(kernels().pick_doubles(candidates_.data(), candidates_.size(), least, chosen_.data()));
    };
    constexpr double kLeast = std::numeric_limits<double>::denorm_min();
    double least = std::max(best * mass_cut_, kLeast);
    if (size() >= width_) {   // those that stay are as many as are wanted already
        const auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(size());
        least = std::max(least, *std::min_element(candidates_.begin(), end));
    }
    pick(least);
    std::size_t most = width_;
    if (chosen_.size() < keep_) {
        pick(kLeast);
        most = keep_;
    } else if (!pruned_) {
        const auto possible = [](double mass) { return mass > 0.0; };
        pruned_ = std::count_if(candidates_.begin(), candidates_.end(), possible) !=
                  static_cast<std::ptrdiff_t>(chosen_.size());
    }
    if (chosen_.size() > most) {
        pruned_ = true;
        narrow(most);
    }
}

/// Leaves the best `most` of the chosen.
void LinearBeam::narrow(std::size_t most) {
    const auto better = [this](std::int32_t a, std::int32_t b) {
        const double left = candidates_[static_cast<std::size_t>(a)];
        const double right = candidates_[static_cast<std::size_t>(b)];
        return left != right ? left > right : a != b && precedes(a, b);
    };
    std::nth_element(chosen_.begin(), chosen_.begin() + static_cast<std::ptrdiff_t>(most), chosen_.end(), better);
    chosen_.resize(most);
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

void LinearBeam::replace_entries() {
    const auto n = static_cast<std::int32_t>(size());
    double best = 0.0;
    for (const std::int32_t candidate : chosen_) {
        best = std::max(best, candidates_[static_cast<std::size_t>(candidate)]);
    }
    const int shift = std::max(std::ilogb(best), -1000);
    const double scale = std::ldexp(1.0, -shift);
    exponent_ += shift;
    next_.clear();
    moved_to_.assign(static_cast<std::size_t>(n), -1);
    const double blank = probabilities_[0] * scale;
    std::size_t at = 0;
    std::sort(chosen_.begin(), chosen_.end());
    for (; at < chosen_.size() && chosen_[at] < n; ++at) {
        const auto entry = static_cast<std::size_t>(chosen_[at]);
        moved_to_[entry] = static_cast<std::int32_t>(next_.node.size());
        next_.add(now_.node[entry], now_.last[entry], now_.parent[entry], now_.total[entry] * blank,
                  label_stays_[entry] * scale);
    }
    for (std::int32_t& parent : next_.parent) {
        parent = parent < 0 ? -1 : moved_to_[static_cast<std::size_t>(parent)];
    }
    for (; at < chosen_.size(); ++at) {
        const auto entry = static_cast<std::size_t>(chosen_[at] % n);
        const auto row = static_cast<std::size_t>(chosen_[at] / n);
        const Label label = row <= tokens_.size() ? tokens_[row - 1] : now_.last[entry];
        const std::size_t nodes = arena_.size();
        const Prefix prefix = arena_.child(now_.node[entry], label);
        const auto place = static_cast<std::int32_t>(next_.node.size());
        next_.add(prefix, label, moved_to_[entry], 0.0, candidates_[static_cast<std::size_t>(chosen_[at])] * scale);
        if (arena_.size() == nodes) {
            adopt(prefix, place);
        }
    }
    std::swap(now_, next_);
}

/// A prefix that comes back may have children in the beam.
void LinearBeam::adopt(Prefix prefix, std::int32_t entry) {
    for (std::size_t i = 0; i < next_.node.size(); ++i) {
        if (next_.parent[i] < 0 && next_.node[i] != PrefixArena::kRoot && arena_.parent(next_.node[i]) == prefix) {
            next_.parent[i] = entry;
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
