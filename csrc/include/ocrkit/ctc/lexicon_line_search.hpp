/// The search of one line for lexicon entries, over whatever numbers its probabilities are kept in.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/lexicon_kernel.hpp"
#include "ocrkit/ctc/lexicon_search.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// An entry, by the node where it ends, and its score as the output will have it.
struct FoundEntry {
    float score = kLogZero;
    Node node = 0;
};

enum class Verdict : std::uint8_t {
    kProved,     // no other entry belongs among those found
    kStopped,    // the budget came to its end first
    kUntrusted,  // probabilities underflowed where they may have mattered: ask a search over wider numbers
};

/// The probabilities of a line's labels, one column of T a label, made when a label is first asked for.
template <class Number>
class EmissionColumns {
   public:
    void reset(const LineView& line) {
        line_ = line;
        slots_.assign(line.labels, kNoSlot);
        used_ = 0;
    }

    /// The probabilities of `label`, one a frame; lasts until `reset`.
    const Number* operator[](Label label) {
        std::int32_t& slot = slots_[static_cast<std::size_t>(label)];
        if (slot == kNoSlot) {
            slot = used_++;
            fill(static_cast<std::size_t>(slot), label);
        }
        return columns_[static_cast<std::size_t>(slot)].data();
    }

   private:
    static constexpr std::int32_t kNoSlot = -1;

    void fill(std::size_t slot, Label label) {
        if (slot == columns_.size()) {
            columns_.emplace_back();
        }
        std::vector<Number>& column = columns_[slot];
        column.resize(line_.frames);
        for (std::size_t t = 0; t < line_.frames; ++t) {
            column[t] = from_log<Number>(line_.at(t, label));
        }
    }

    LineView line_;
    std::vector<std::int32_t> slots_;
    std::vector<std::vector<Number>> columns_;   // moving the outer vector leaves the columns where they are
    std::int32_t used_ = 0;
};

/// Best-first search of one line after another, with the memory it takes. `Number` is double or Extended.
template <class Number>
class LexiconLineSearch {
   public:
    LexiconLineSearch(const LexiconView& lexicon, const LexiconSearchOptions& options)
        : lexicon_(lexicon), options_(options), weigh_(options.prior_weight > 0.0) {}

    /// Finds the entries; `found()` has them, best first. Entries below `cut` need not be found when none reaches it.
    Verdict run(const LineView& line, float cut);

    const std::vector<FoundEntry>& found() const { return found_; }

   private:
    static constexpr std::size_t kLanes = 4;

    /// A node that has children and is not expanded yet. Its parent's columns are kept in slot `parent`.
    struct Pending {
        float bound;    // no entry below scores more
        Node node;
        std::int32_t parent;

        bool operator<(const Pending& other) const { return bound < other.bound; }
    };

    /// A place for the columns of an expanded node.
    struct Slot {
        Node node = 0;
        std::size_t first = 0;   // no mass before so many frames
    };

    /// A pool of columns; slot s holds T+1 numbers of mass that ends with a blank, then T+1 of all mass.
    struct Pool {
        std::vector<Slot> slots;
        std::vector<Number> columns;
    };

    Verdict search();
    Verdict descend(const Pending& top);
    void expand(const Pool& pool, std::size_t slot);
    void expand_repeat(const Pool& pool, std::size_t slot, Node child);
    template <std::size_t Lanes>
    void weigh_children(const Number* source, std::size_t first, const std::array<Node, kLanes>& nodes,
                        std::size_t count);
    void weigh_child(Node child, const Number& prefix, const Number& whole);
    void offer(float score, Node node);

    void store_root();
    void store(const Pool& parents, std::size_t parent, Node node, Pool& pool, std::size_t slot);
    Number* blank_column(Pool& pool, std::size_t slot) { return pool.columns.data() + slot * 2 * (line_.frames + 1); }
    Number* total_column(Pool& pool, std::size_t slot) { return blank_column(pool, slot) + line_.frames + 1; }
    const Number* blank_column(const Pool& pool, std::size_t slot) const {
        return pool.columns.data() + slot * 2 * (line_.frames + 1);
    }
    const Number* total_column(const Pool& pool, std::size_t slot) const {
        return blank_column(pool, slot) + line_.frames + 1;
    }
    void reserve(Pool& pool, std::size_t slots);

    Label label(Node node) const { return lexicon_.labels[static_cast<std::size_t>(node)]; }
    bool is_full() const { return static_cast<std::int64_t>(found_.size()) == options_.n_best; }
    bool is_rejected() const { return cut_ > kLogZero && (found_.empty() || found_.front().score < cut_); }
    bool can_be_left(float bound) const;
    bool is_finished(float bound) const;
    bool is_out_of_budget() const { return options_.budget > 0 && expanded_ >= options_.budget; }
    Verdict trust(Verdict verdict) const;

    LexiconView lexicon_;
    LexiconSearchOptions options_;
    bool weigh_;
    LineView line_;
    EmissionColumns<Number> emissions_;
    const Number* blank_ = nullptr;
    float cut_ = kLogZero;
    double slack_ = 0.0;
    bool underflowed_ = false;
    std::int64_t expanded_ = 0;
    Pool kept_;                     // nodes expanded best first
    Pool ladder_;                   // the nodes on the way down to a node searched depth first, a slot a level
    std::vector<Pending> queue_;    // a heap
    std::vector<Pending> fresh_;    // what the last expansion brought
    std::vector<FoundEntry> found_;
};

extern template class LexiconLineSearch<double>;
extern template class LexiconLineSearch<Extended>;

}  // namespace ocrkit::ctc
