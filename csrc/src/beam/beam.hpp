/// The beam of one line, the slow and obvious one: the prefixes that survive, and one frame's step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "beam/prefix_arena.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A prefix beam search in the log domain, where nothing underflows. `LinearBeam` is faster, and is held to this one.
class Beam {
   public:
    Beam(std::int64_t width, double token_cut);

    /// Starts a line: the empty prefix alone, with probability one.
    void reset(const LineView& line);

    /// Goes on by frame `t`.
    void advance(std::size_t t);

    std::size_t size() const { return entries_.size(); }

    /// The labels of an entry.
    void spell(std::size_t entry, std::vector<Label>& labels) const { arena_.spell(entries_[entry].prefix, labels); }

    /// ln of the mass that an entry has gathered: its probability, the frames' sums included, where nothing was pruned.
    double log_prob(std::size_t entry) const { return entries_[entry].total; }

    /// The entries of the highest mass, `count` of them, best first; equal ones (as float32 has them, once `added` nats
    /// are added) by their labels: two labellings that tie must not be told apart by the rounding of their sums.
    void rank(std::size_t count, double added, std::vector<std::size_t>& ranking) const;

    /// Whether any labelling that is possible was left out, by the width or the cut.
    bool pruned() const { return pruned_; }

   private:
    /// A prefix with its mass, in nats; blank and label mass in one, so that the two never compete for the beam.
    struct Entry {
        Prefix prefix;
        double blank_last;
        double label_last;
        double total;
    };

    /// An entry of the frame to come: one that stays (`label` is kNoLabel), or one with a label more.
    struct Candidate {
        double total;
        std::int32_t slot;
        Label label;
    };

    void pick_tokens(std::span<const float> frame);
    void keep_prefixes(std::span<const float> frame);
    void extend_prefixes(std::span<const float> frame);
    void extend(std::int32_t slot, Label label, float log_prob);
    void prune();
    void replace_entries();
    const Entry* in_beam(Prefix prefix) const;

    std::size_t width_;
    float log_cut_;
    LineView line_;
    PrefixArena arena_;
    std::vector<Entry> entries_;
    std::vector<Entry> staying_;         // entry by entry, with the mass of the frame to come
    std::vector<Entry> next_entries_;
    std::vector<Candidate> candidates_;
    std::vector<Label> tokens_;          // labels of the frame above the cut, without the blank
    std::vector<std::int32_t> children_;        // by entry: the first entry that is a child of it, or -1
    std::vector<std::int32_t> next_children_;   // by entry: the next child of the same parent, or -1
    std::vector<std::uint64_t> taken_;   // by label: the last stamp under which it was found taken
    std::uint64_t stamp_ = 0;
    bool pruned_ = false;
};

}  // namespace ocrkit::ctc
