/// A beam over the texts of a line that knows what the frames to come can give to each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "line/prepare.hpp"
#include "text/text_beam.hpp"
#include "text/text_bound.hpp"
#include "text/text_prefixes.hpp"
#include "text/text_search_mass.hpp"

namespace ocrkit::ctc {

struct BoundedBeamOptions {
    std::size_t width = 32;   // prefixes kept after each frame
    double least = -std::numeric_limits<double>::infinity();   // ln of the weight below which none is kept
    double likeness = 0.5;    // nats; of prefixes that can only go on alike, none is kept that weighs so much less than the
                              // one that weighs most, nor a third; infinite: all are kept
    bool keeps_ways = false;  // whether prefixes are told apart too by whether they can end in a blank and in a label
};

/// As TextBeam, but a hypothesis weighs what a text that begins so can have in the end, at most: its own mass times the
/// bound on what follows. No label is cut. Sums up what it leaves out, which proves what it finds where that is little.
template <class Mass>
class BoundedTextBeam {
   public:
    BoundedTextBeam(const TextGrammar& grammar, const TextSearchOptions& options);

    /// Searches a line. O(T x width x children of a node).
    void search(const LineView& line, const TextBound<Mass>& bound, const BoundedBeamOptions& options);

    /// The texts that were found, in no order.
    void complete(std::vector<CompleteText>& out) const;

    /// ln of what a text can have, at most, by alignments that were left out.
    double log_dropped() const { return log_dropped_; }

    const TextPrefixes& prefixes() const { return prefixes_; }

   private:
    struct Entry {
        TextPrefix prefix;
        TextPrefix parent;
        Label last;
        Mass blank_last;
        Mass label_last;
        Mass total;
    };

    /// An entry of the frame to come; where it extends one of this frame, its prefix may not be among those met yet.
    struct Candidate {
        Mass weight;
        std::size_t state;   // what it can go on with is told by this number
        Entry entry;
    };

    /// The two that weigh most of those in one state, in a table that is looked up by it.
    struct BestTwo {
        std::size_t state = 0;
        Mass first{};
        Mass second{};
    };

    void keep_prefixes(std::size_t t);
    void extend_prefixes(std::size_t t);
    void extend(const Entry& entry, Node node, Label label, std::size_t t);
    void offer(Candidate candidate);
    void leave_alike();
    void tell_states();
    BestTwo& best_of(std::size_t state);
    void prune();
    void sum_dropped(std::size_t t);
    void replace_entries();
    void drop(const Mass& weight, TextPrefix prefix);
    Rest<Mass> rest(std::size_t t, TextPrefix prefix) const;
    std::size_t state(std::span<const Reading> readings, Label last) const;
    std::size_t state(Node node, Label last) const;
    const Entry* in_beam(TextPrefix prefix) const;
    bool precedes(const Entry& a, const Entry& b) const;

    TextPrefixes prefixes_;
    const LexiconView& lexicon_;
    std::span<const Label> separators_;
    bool is_weighed_;              // by terms that a prefix must be met for
    bool has_contexts_;            // prefixes at one place may go on differently
    const TextBound<Mass>* bound_ = nullptr;
    BoundedBeamOptions options_;
    Label blank_ = 0;
    std::size_t first_ = 0;        // candidate that extends the entry in hand
    bool has_readings_ = false;    // whether that entry has several
    std::vector<Entry> entries_;
    std::vector<Candidate> candidates_;
    std::vector<BestTwo> best_of_states_;   // open addressing; as many as a power of two
    Mass least_{};                 // weight in this frame's scale
    Mass dropped_{};               // of this frame: the sum, the most, and how long the prefixes are
    Mass most_dropped_{};
    std::int32_t shortest_ = 0;
    std::int32_t longest_ = 0;
    double log_scale_ = 0.0;       // ln of what was divided out of all masses
    double log_dropped_ = 0.0;
};

extern template class BoundedTextBeam<double>;
extern template class BoundedTextBeam<LogMass>;

}  // namespace ocrkit::ctc
