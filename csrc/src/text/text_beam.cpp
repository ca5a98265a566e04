#include "text/text_beam.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace ocrkit::ctc {

namespace {

/// Of two hypotheses, one that is by this much less likely is as good as lost; relative to the cut of the tokens.
constexpr double kHypothesisCut = 2.0;

constexpr std::size_t kBlock = 16;

}  // namespace

template <class Mass>
TextBeam<Mass>::TextBeam(const TextGrammar& grammar, const TextBeamOptions& options)
    : prefixes_(grammar),
      options_(options),
      log_cut_(static_cast<float>(std::log(options.token_cut))),
      share_(mass_from_log<Mass>(kHypothesisCut * std::log(options.token_cut))),
      is_exact_(options.token_cut == 0.0) {}

template <class Mass>
void TextBeam<Mass>::reset(std::size_t labels, Label blank) {
    blank_ = blank;
    prefixes_.reset();
    entries_.assign(1, {.prefix = TextPrefixes::kRoot,
                        .parent = TextPrefixes::kNone,
                        .last = TextPrefixes::kNoLabel,
                        .followers = prefixes_.followers(TextPrefixes::kRoot),
                        .blank_last = mass_from_log<Mass>(0.0),
                        .label_last = Mass{},
                        .total = mass_from_log<Mass>(0.0)});
    probabilities_.resize(labels);
    stamps_.resize(labels, 0);
    reserved_ = -1;
    log_scale_ = 0.0;
    losses_.clear();
    pruned_ = false;
    faint_ = false;
}

template <class Mass>
void TextBeam<Mass>::advance(std::span<const float> frame, Label best) {
    if (entries_.empty()) {
        return;
    }
    ++stamp_;
    lost_ = Mass{};
    candidates_.clear();
    pick_tokens(frame, best);
    keep_prefixes(frame);
    extend_prefixes();
    prune();
    losses_.push_back({lost_, log_scale_});
    replace_entries();
}

template <class Mass>
void TextBeam<Mass>::pick_tokens(std::span<const float> frame, Label best) {
    tokens_.clear();
    const float threshold = frame[static_cast<std::size_t>(best)] + log_cut_;
    const auto is_token = [&](std::size_t label) {
        return frame[label] >= threshold && frame[label] > kLogZero && static_cast<Label>(label) != blank_;
    };
    for (std::size_t block = 0; block < frame.size(); block += kBlock) {
        const std::size_t end = std::min(block + kBlock, frame.size());
        bool any = false;
        for (std::size_t label = block; label < end; ++label) {
            any |= frame[label] >= threshold;   // few blocks have any, and SIMD finds them
        }
        for (std::size_t label = block; any && label < end; ++label) {
            if (is_token(label)) {
                tokens_.push_back({static_cast<Label>(label), probability(frame, static_cast<Label>(label))});
            }
        }
    }
    for (std::size_t label = 0; !pruned_ && label < frame.size(); ++label) {
        pruned_ = frame[label] > kLogZero && static_cast<Label>(label) != blank_ && !is_token(label);
    }
}

/// The mass of the paths that add no label, and of those that add one and so reach a prefix that is in the beam.
template <class Mass>
void TextBeam<Mass>::keep_prefixes(std::span<const float> frame) {
    staying_.clear();
    const Mass blank = probability(frame, blank_);
    Mass best{};
    Mass worst{};
    std::size_t room = options_.width;
    for (std::size_t slot = 0; slot < entries_.size(); ++slot) {
        const Entry& entry = entries_[slot];
        Entry stays = entry;
        stays.blank_last = product(entry.total, blank);
        stays.label_last = Mass{};
        if (entry.last != TextPrefixes::kNoLabel) {
            Mass mass = entry.label_last;
            if (const Entry* const from = in_beam(entry.parent)) {
                // Repeats merge before blanks drop, so a label follows its like only over a blank.
                const Mass& source = from->last == entry.last ? from->blank_last : from->total;
                mass = mass + source * prefixes_.template gain<Mass>(entry.prefix);
            }
            stays.label_last = product(mass, probability(frame, entry.last));
        }
        stays.total = stays.blank_last + stays.label_last;
        best = std::max(best, stays.total);
        if (static_cast<std::int32_t>(slot) != reserved_) {
            worst = room == options_.width ? stays.total : std::min(worst, stays.total);
            --room;
        }
        staying_.push_back(stays);
        if (!drops(stays.total)) {
            candidates_.push_back({stays.total, entry.prefix, static_cast<std::int32_t>(slot)});
        }
    }
    floor_ = best * share_;
    // A beam of as many prefixes as there is room for needs none that weighs less than all of them.
    if (room == 0 && floor_ < worst) {
        floor_ = worst;
    }
}

/// The prefixes with one label more that are not in the beam.
template <class Mass>
void TextBeam<Mass>::extend_prefixes() {
    const Mass floor = std::isfinite(options_.largest_gain)
                           ? floor_ * mass_from_log<Mass>(-std::log(options_.largest_gain))
                           : Mass{};
    for (std::size_t slot = 0; slot < entries_.size(); ++slot) {
        const Entry& entry = entries_[slot];
        // What is kept for being complete goes on however light it is, or it could never become a longer text.
        const Mass& least = static_cast<std::int32_t>(slot) == reserved_ ? Mass{} : floor;
        bool has_last = entry.last == TextPrefixes::kNoLabel;
        for (const Token& token : tokens_) {
            has_last = has_last || token.label == entry.last;
            extend(entry, token.label, token.probability, least);
        }
        if (!has_last) {  // it survives the cut for this hypothesis, as a second one too
            extend(entry, entry.last, probabilities_[static_cast<std::size_t>(entry.last)], least);
        }
    }
}

template <class Mass>
void TextBeam<Mass>::extend(const Entry& entry, Label label, const Mass& probability, const Mass& floor) {
    if ((entry.followers >> (static_cast<std::uint32_t>(label) % 64U) & 1U) == 0) {
        return;
    }
    const Mass mass = (label == entry.last ? entry.blank_last : entry.total) * probability;
    if (mass < floor) {
        pruned_ = true;
        lost_ = std::max(lost_, mass);
        return;
    }
    const TextPrefix child = prefixes_.child(entry.prefix, label);
    if (child == TextPrefixes::kNone || in_beam(child) != nullptr) {
        return;
    }
    const Mass total = mass * prefixes_.template gain<Mass>(child);
    if (!drops(total)) {
        candidates_.push_back({total, child, -1});
    }
}

template <class Mass>
void TextBeam<Mass>::prune() {
    const auto better = [this](const Candidate& a, const Candidate& b) {
        if (!(a.total == b.total)) {
            return b.total < a.total;
        }
        return a.prefix != b.prefix && prefixes_.precedes(a.prefix, b.prefix);
    };
    const auto begin = candidates_.begin();
    best_ = Mass{};
    for (const Candidate& candidate : candidates_) {
        best_ = std::max(best_, candidate.total);
    }
    const Mass floor = best_ * share_;
    auto end = std::partition(begin, candidates_.end(), [&](const Candidate& one) { return !(one.total < floor); });
    if (const auto last = begin + static_cast<std::ptrdiff_t>(options_.width); end - begin > last - begin) {
        std::nth_element(begin, last, end, better);
        end = last;
    }
    reserved_ = -1;
    if (end == candidates_.end()) {
        return;
    }
    pruned_ = true;
    const auto is_complete = [this](const Candidate& one) { return prefixes_.is_complete(one.prefix); };
    if (std::none_of(begin, end, is_complete)) {
        // Were all in the middle of a word, there might be no way to end the line: one that can end is kept besides.
        auto kept = candidates_.end();
        for (auto one = end; one != candidates_.end(); ++one) {
            if (is_complete(*one) && (kept == candidates_.end() || better(*one, *kept))) {
                kept = one;
            }
        }
        if (kept != candidates_.end()) {
            std::swap(*end, *kept);
            reserved_ = static_cast<std::int32_t>(end - begin);
            ++end;
        }
    }
    for (auto one = end; one != candidates_.end(); ++one) {
        lost_ = std::max(lost_, one->total);
    }
    candidates_.erase(end, candidates_.end());
}

/// Makes the candidates the entries, their masses divided by the largest, so that they never fade as a whole.
template <class Mass>
void TextBeam<Mass>::replace_entries() {
    next_entries_.clear();
    const double log_best = candidates_.empty() ? 0.0 : log_of(best_);
    const Mass scale = mass_from_log<Mass>(-log_best);
    log_scale_ += log_best;
    for (const Candidate& candidate : candidates_) {
        const auto slot = static_cast<std::int32_t>(next_entries_.size());
        if (candidate.slot >= 0) {
            next_entries_.push_back(staying_[static_cast<std::size_t>(candidate.slot)]);
            Entry& entry = next_entries_.back();
            entry.blank_last = entry.blank_last * scale;
            entry.label_last = entry.label_last * scale;
            entry.total = entry.total * scale;
        } else {
            next_entries_.push_back({.prefix = candidate.prefix,
                                     .parent = prefixes_.parent(candidate.prefix),
                                     .last = prefixes_.last(candidate.prefix),
                                     .followers = prefixes_.followers(candidate.prefix),
                                     .blank_last = Mass{},
                                     .label_last = candidate.total * scale,
                                     .total = candidate.total * scale});
        }
        prefixes_.set_slot(candidate.prefix, slot);
    }
    entries_.swap(next_entries_);
}

template <class Mass>
void TextBeam<Mass>::complete(std::vector<CompleteText>& out) const {
    out.clear();
    for (const Entry& entry : entries_) {
        if (prefixes_.is_complete(entry.prefix)) {
            const double left = prefixes_.final_term(entry.prefix) - prefixes_.best_term(entry.prefix);
            out.push_back({entry.prefix, log_of(entry.total) + log_scale_ + left});
        }
    }
}

template <class Mass>
auto TextBeam<Mass>::in_beam(TextPrefix prefix) const -> const Entry* {
    if (prefix == TextPrefixes::kNone) {
        return nullptr;
    }
    const auto slot = static_cast<std::size_t>(prefixes_.slot(prefix));
    return slot < entries_.size() && entries_[slot].prefix == prefix ? &entries_[slot] : nullptr;
}

/// The probability of a label in this frame, computed once a frame.
template <class Mass>
Mass TextBeam<Mass>::probability(std::span<const float> frame, Label label) {
    const auto at = static_cast<std::size_t>(label);
    if (stamps_[at] != stamp_) {
        stamps_[at] = stamp_;
        probabilities_[at] = mass_from_log<Mass>(static_cast<double>(frame[at]));
        faint_ = faint_ || (frame[at] > kLogZero && is_faint(probabilities_[at]));
    }
    return probabilities_[at];
}

/// a x b, noting where it fades though nothing may be left out.
template <class Mass>
Mass TextBeam<Mass>::product(const Mass& a, const Mass& b) {
    const Mass result = a * b;
    faint_ = faint_ || (is_exact_ && is_faint(result) && Mass{} < a && Mass{} < b);
    return result;
}

/// Whether a mass is too small to go on with.
template <class Mass>
bool TextBeam<Mass>::drops(const Mass& mass) {
    if (!is_faint(mass)) {
        return false;
    }
    faint_ = faint_ || std::is_same_v<Mass, double>;   // it may be zero because it faded, in this frame or before
    return true;
}

template class TextBeam<double>;
template class TextBeam<LogMass>;

}  // namespace ocrkit::ctc
