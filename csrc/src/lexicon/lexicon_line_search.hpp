/// The search of one line for lexicon entries, over whatever numbers its probabilities are kept in.
#pragma once

#include <cstdint>
#include <vector>

#include "lexicon/bound_queue.hpp"
#include "lexicon/lexicon_tables.hpp"
#include "line/pulse.hpp"
#include "ocrkit/ctc/lexicon.hpp"
#include "ocrkit/ctc/lexicon_search.hpp"
#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

enum class Verdict : std::uint8_t {
    kProved,     // no entry but those found belongs among the best
    kStopped,    // the budget came to its end first
    kUntrusted,  // probabilities underflowed where they may have mattered: ask a search over wider numbers
};

/// Best-first search of one line after another, with the memory it takes. `Number` is float, double or Extended.
template <class Number>
class LexiconLineSearch {
   public:
    LexiconLineSearch(const LexiconView& lexicon, const LexiconSearchOptions& options,
                      const LexiconKernels<Number>& kernels = lexicon_kernels<Number>());

    /// Finds the `n_best` entries; entries whose score is below `cut` need not be found when none reaches it.
    Verdict run(const LineView& line, float cut);

    /// The nodes of the entries found, in no order: all that can be among the best but for rounding, which may be more
    /// than `n_best`. Score them to know.
    const std::vector<Node>& found() const { return nodes_; }

    /// Nodes expanded for the last line.
    std::int64_t expanded() const { return expanded_; }

   private:
    // What entries and bounds are compared by: a probability where a double holds it and there are no priors, else a
    // logarithm.
    using Key = double;

    /// An entry, by the node where it ends.
    struct Candidate {
        Key key;
        Node node;
    };

    /// A node that has children and is not expanded yet. Its parent's columns are kept in slot `parent`.
    struct Pending {
        Key bound;      // no entry below has a higher key
        Node node;
        std::int32_t parent;

        bool operator<(const Pending& other) const { return bound < other.bound; }
    };

    /// A place for the columns of an expanded node.
    struct Slot {
        Node node = 0;
        std::size_t first = 0;   // no mass before so many frames
    };

    /// A pool of columns; slot s holds T numbers of mass that ends with a blank, then T of all mass, each number the
    /// mass after t frames; both padded with zeros.
    struct Pool {
        std::vector<Slot> slots;
        AlignedVector<Number> columns;
    };

    /// Nodes, the columns to weigh a source by for them, and what comes of it.
    struct Weighing {
        std::size_t count = 0;
        std::vector<Node> nodes;
        std::vector<const Number*> columns;
        AlignedVector<Number> sums;

        void clear(std::size_t most) {
            count = 0;
            if (nodes.size() < most) {
                nodes.resize(most);
                columns.resize(most);
                sums.resize(most);
            }
        }

        /// Adds a node where it counts, without a branch: which nodes do is hard to foresee.
        void add(Node node, const Number* column, bool counts) {
            nodes[count] = node;
            columns[count] = column;
            count += counts ? 1 : 0;
        }
    };

    Verdict search();
    void look_ahead(Node node) const;
    Verdict descend(const Pending& top);
    void expand(const Pool& pool, std::size_t slot);
    Node collect(Node begin, Node end, std::size_t first, const Number* source, Label except);
    void offer(Key key, Node node);
    void raise_threshold(Key worst);

    void store_root();
    void store(const Pool& parents, std::size_t parent, Node node, Pool& pool, std::size_t slot);
    void reserve(Pool& pool, std::size_t slots);
    Number* blank_column(Pool& pool, std::size_t slot) { return pool.columns.data() + slot * 2 * stride_; }
    const Number* blank_column(const Pool& pool, std::size_t slot) const {
        return pool.columns.data() + slot * 2 * stride_;
    }

    Key key_of(const Number& number) const;
    double size_of_log(Key key) const;
    Key entry_key(const Number& number, Node node) const;
    Key bound_key(const Number& number, Node node) const;
    Label label(Node node) const { return lexicon_.labels[static_cast<std::size_t>(node)]; }
    NodeShape shape(Node node) const { return lexicon_.shapes[static_cast<std::size_t>(node)]; }
    bool is_full() const { return static_cast<std::int64_t>(best_keys_.size()) == options_.n_best; }
    bool is_rejected() const;
    bool is_finished(Key bound) const;
    bool is_out_of_budget() const { return options_.budget > 0 && expanded_ >= options_.budget; }
    Verdict trust(Verdict verdict);

    LexiconView lexicon_;
    LexiconSearchOptions options_;
    bool weigh_;
    bool in_logs_;
    LexiconKernels<Number> kernels_;
    LineView line_;
    Pulse* pulse_ = nullptr;     // of the thread that searches
    std::size_t stride_ = 0;
    LineTables<Number> tables_;
    double slack_ = 0.0;         // how far rounding may put a key off, as a share of the probability
    Key trusted_ = 0.0;          // the least key that underflow has left whole
    Key cut_ = 0.0;
    Key threshold_ = 0.0;        // what is below is left
    std::int64_t expanded_ = 0;
    Pool kept_;                     // nodes expanded best first
    Pool ladder_;                   // the nodes on the way down to a node searched depth first, a slot a level
    BoundQueue<Pending> queue_;
    std::vector<Pending> fresh_;    // what the last expansion brought
    std::vector<Candidate> found_;
    std::size_t tidy_size_ = 0;     // of found_, when entries below the threshold are cleared out
    std::vector<Key> best_keys_;    // the n best, a heap with the worst in front
    std::vector<Node> nodes_;
    Weighing entries_;              // of one expansion, the children that are entries
    Weighing going_on_;             // and those that have children
};

extern template class LexiconLineSearch<float>;
extern template class LexiconLineSearch<double>;
extern template class LexiconLineSearch<Extended>;

}  // namespace ocrkit::ctc
