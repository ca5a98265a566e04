/// Threads for one call: started, joined and gone before it returns, so that none outlives a fork.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// Works on the item of this number.
using Worker = std::function<void(std::int64_t item)>;

/// How many threads `threads` (0: one a core) comes to for `items`; at least 1. Throws OptionError below 0.
int thread_count(int threads, std::int64_t items);

/// Hands `items` to `threads` threads, the caller's among them. Each thread calls `make_worker` once, for scratch memory
/// of its own. If workers throw, the exception of the lowest item is rethrown, whatever the number of threads.
void parallel_for(std::int64_t items, int threads, const std::function<Worker()>& make_worker);

/// Decodes one line and adds it, closed by `end_line`, to `out`.
using LineDecoder = std::function<void(std::int64_t line, Decoded& out)>;

/// Where chunks of `items` end: shares of what is left, so that threads end together, and at least `least` in each but
/// the last.
std::vector<std::int64_t> chunk_ends(std::int64_t items, std::int64_t least, int threads);

/// Every line's hypotheses in line order, whatever the number of threads; each thread calls `make_decoder` once. For
/// fewer than `least` lines no thread is started.
Decoded decode_lines(std::int64_t lines, int threads, const std::function<LineDecoder()>& make_decoder,
                     std::int64_t least = 1);

}  // namespace ocrkit::ctc
