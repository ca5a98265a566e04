/// The beam of one line in linear probabilities: the one that searches use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "beam/prefix_arena.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A prefix beam search over probabilities in double, each frame relative to its largest and all masses brought back
/// to about one after it. It finds what `Beam` finds, in less time, but for what it owns up to:
/// - with a cut, a hypothesis of less mass than a tenth of the cut times the best one's is dropped too, unless it is
///   among the `keep` best: no wider a beam than the mass requires. It counts as pruned.
/// - masses may underflow, which `is_trusted` tells. `Beam` has the answer then.
class LinearBeam {
   public:
    LinearBeam(std::int64_t width, double token_cut, std::int64_t keep);

    /// Starts a line of frames of `labels` labels: the empty prefix alone, with probability one.
    void reset(std::size_t labels, Label blank);

    /// Goes on by a frame, whose largest value is `high`. O(V + width x tokens above the cut).
    void advance(std::span<const float> frame, float high);

    std::size_t size() const { return now_.node.size(); }

    /// The labels of an entry.
    void spell(std::size_t entry, std::vector<Label>& labels) const { arena_.spell(now_.node[entry], labels); }

    /// The entries of the highest mass, `count` of them, best first; equal ones (as float32 has them, once `added` nats
    /// are added to their logarithms) by their labels.
    void rank(std::size_t count, double added, std::vector<std::size_t>& ranking) const;

    /// ln of the mass that an entry has gathered, each frame's probabilities taken relative to its largest.
    double log_prob(std::size_t entry) const;

    /// Whether any labelling that is possible was left out, by the width, the cut or the want of mass.
    bool pruned() const { return pruned_; }

    /// Whether all that pruning left is there, with the mass that it should have.
    bool is_trusted() const { return pruned_ ? size() >= keep_ : !underflowed_; }

   private:
    /// The prefixes, in no order. All of a prefix's mass is one entry's, so that blank and label never compete.
    struct Entries {
        std::vector<Prefix> node;
        std::vector<Label> last;              // the last label, or the blank where there is none
        std::vector<std::int32_t> parent;     // the entry with one label less, or -1
        std::vector<double> blank_last;       // the mass of the paths that end with a blank,
        std::vector<double> label_last;       // of those that end with the last label,
        std::vector<double> total;            // and of both

        void resize(std::size_t count);
        void set(std::size_t at, Prefix prefix, Label label, std::int32_t parent_entry, double with_blank,
                 double with_label);
    };

    void pick_tokens(std::span<const float> frame, float high);
    void read_probabilities(std::span<const float> frame, float high);
    void weigh_candidates();
    void watch_for_underflow();
    void select();
    void choose(double least);
    void choose_best(std::size_t most, double least);
    bool only_stay() const;
    void update_entries();
    void replace_entries();
    void adopt(Prefix prefix, std::int32_t entry);
    bool precedes(std::int32_t a, std::int32_t b) const;

    std::size_t width_;
    std::size_t keep_;
    float log_cut_;
    double mass_cut_;
    Label blank_ = 0;
    PrefixArena arena_;
    Entries now_;
    Entries next_;
    double exponent_ = 0.0;              // what masses were divided by, as a power of two
    bool pruned_ = false;
    bool underflowed_ = false;

    // Of the frame at hand:
    std::vector<Label> picked_;          // (V,) room for all labels
    std::vector<Label> tokens_;          // labels above the cut, without the blank
    std::vector<float> values_;          // log-probabilities: the blank's, the tokens', each entry's last label's
    std::vector<double> probabilities_;  // the same as probabilities, relative to the frame's largest
    std::vector<std::int32_t> token_of_; // by label: its place among the tokens, or -1
    std::vector<double> label_stays_;    // by entry: what its label-last mass becomes
    // The masses of all candidates, for n entries and k tokens: those that stay (n), then with each token (k x n),
    // then with their own last label once more, where it is below the cut (n); 0 where there is none.
    std::vector<double> candidates_;
    std::size_t count_ = 0;              // how many there are; what lies behind is left from earlier frames
    double best_ = 0.0;                  // the largest of them
    double scale_ = 1.0;                 // what brings it back to about one, a power of two
    std::vector<std::int32_t> chosen_;   // candidates by place, ascending
    std::vector<std::pair<Prefix, std::int32_t>> returned_;   // prefixes that were in the beam before, and their places
    std::vector<std::int32_t> moved_to_; // by entry: its place in the next frame, or -1
};

}  // namespace ocrkit::ctc
