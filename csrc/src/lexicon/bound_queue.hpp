/// What a search has still to look at, the most promising first, or nearly.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace ocrkit::ctc {

/// Items by a `bound` of theirs. Positive bounds that a float holds lie in buckets, 16 to a doubling, of which the
/// highest is emptied first, in no order: a push or a pop takes constant time and no branch that is hard to foresee.
/// All other bounds, such as logarithms, lie in a heap below the buckets.
template <class Item>
class BoundQueue {
   public:
    BoundQueue() : heads_(kBuckets, kNone) {}

    /// `in_buckets` is false where bounds are not positive numbers: all go to the heap.
    void reset(bool in_buckets) {
        in_buckets_ = in_buckets;
        std::fill(heads_.begin(), heads_.begin() + static_cast<std::ptrdiff_t>(highest_) + 1, kNone);
        highest_ = 0;
        in_use_ = 0;
        links_.clear();
        free_ = kNone;
        heap_.clear();
    }

    bool empty() const { return in_use_ == 0 && heap_.empty(); }

    /// No bound in the queue is higher. Not for an empty queue.
    double ceiling() {
        if (in_use_ == 0) {
            return heap_.front().bound;
        }
        settle();
        return static_cast<double>(std::bit_cast<float>((highest_ + 1) << kDropped));
    }

    void push(const Item& item) {
        const std::uint32_t bucket = in_buckets_ ? std::bit_cast<std::uint32_t>(static_cast<float>(item.bound)) >> kDropped : 0;
        if (bucket == 0 || bucket >= kBuckets) {
            heap_.push_back(item);
            std::push_heap(heap_.begin(), heap_.end(), is_below);
            return;
        }
        std::int32_t link = free_;
        if (link == kNone) {
            link = static_cast<std::int32_t>(links_.size());
            links_.emplace_back();
        } else {
            free_ = links_[static_cast<std::size_t>(link)].next;
        }
        links_[static_cast<std::size_t>(link)] = {item, heads_[bucket]};
        heads_[bucket] = link;
        highest_ = std::max(highest_, bucket);
        ++in_use_;
    }

    /// One of those in the highest bucket, the last that came; without any, the highest of the heap.
    Item pop() {
        if (in_use_ == 0) {
            std::pop_heap(heap_.begin(), heap_.end(), is_below);
            const Item item = heap_.back();
            heap_.pop_back();
            return item;
        }
        settle();
        const std::int32_t link = heads_[highest_];
        auto& [item, next] = links_[static_cast<std::size_t>(link)];
        heads_[highest_] = next;
        next = free_;
        free_ = link;
        --in_use_;
        return item;
    }

    /// What `pop` gives next unless something is pushed before, if that is known; else null.
    const Item* next() const {
        const std::int32_t link = heads_[highest_];
        return link == kNone ? nullptr : &links_[static_cast<std::size_t>(link)].item;
    }

   private:
    static constexpr std::int32_t kNone = -1;
    static constexpr unsigned kDropped = 19;                             // of a float's bits; 4 of its fraction stay
    static constexpr std::uint32_t kBuckets = std::uint32_t{130} << 4;   // up to 2^2, beyond any probability

    struct Link {
        Item item;
        std::int32_t next;
    };

    static bool is_below(const Item& a, const Item& b) { return a.bound < b.bound; }

    /// Makes `highest_` the highest bucket that holds something; there is one.
    void settle() {
        while (heads_[highest_] == kNone) --highest_;
    }

    bool in_buckets_ = true;
    std::uint32_t highest_ = 0;
    std::size_t in_use_ = 0;             // items in buckets
    std::vector<std::int32_t> heads_;    // by bucket, its first link
    std::vector<Link> links_;
    std::int32_t free_ = kNone;
    std::vector<Item> heap_;
};

}  // namespace ocrkit::ctc
