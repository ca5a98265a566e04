#include "text/hard_text_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace ocrkit::ctc {

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// Below e to this, doubles may lose what counts.
constexpr double kLeastInDoubles = -600.0;

/// Nodes times frames up to which a bound tells all of the trie apart: some milliseconds.
constexpr std::size_t kMostPlaces = std::size_t{1} << 21;

/// The same for a first effort, and how many nodes those are at least and at most.
constexpr std::size_t kFewPlaces = std::size_t{1} << 16;
constexpr std::size_t kFewestNodes = 64;
constexpr std::size_t kFewNodes = 512;

/// The likeness with which no prefix is dropped for being like another.
constexpr double kUnlike = std::numeric_limits<double>::infinity();

}  // namespace

HardTextSearch::HardTextSearch(const TextGrammar& grammar, const TextSearchOptions& options)
    : grammar_(grammar),
      options_(options),
      is_weighed_(options.model.ngrams != nullptr || options.prior_weight > 0.0),
      narrow_(grammar, options) {}

bool HardTextSearch::run(const LineView& line, std::size_t n_best, bool thorough, RankedTexts& texts) {
    if (texts.best_acoustic_score() - line.log_sum_total > kLeastInDoubles) {
        return run(narrow_, line, n_best, thorough, texts);
    }
    if (wide_ == nullptr) {
        wide_ = std::make_unique<Search<LogMass>>(grammar_, options_);
    }
    return run(*wide_, line, n_best, thorough, texts);
}

std::vector<HardTextSearch::Effort> HardTextSearch::efforts(std::size_t frames) const {
    constexpr double kAlike = 0.5;
    const std::size_t few = std::clamp(kFewPlaces / (frames + 1), kFewestNodes, kFewNodes);
    const std::size_t nodes = grammar_.lexicon().labels.size();
    if (nodes <= 2 * few) {
        return {{nodes, 32, kAlike}, {nodes, 128, kUnlike}};
    }
    if (nodes * frames <= kMostPlaces) {
        return {{few, 32, kAlike}, {nodes, 64, kAlike}, {nodes, 128, kUnlike}};
    }
    // No bound that could be made in time is tight: width has to do.
    return {{few, 32, kAlike}, {few, 512, kAlike}};
}

template <class Mass>
bool HardTextSearch::run(Search<Mass>& search, const LineView& line, std::size_t n_best, bool thorough,
                         RankedTexts& texts) {
    // So little of a text may be left out in each frame that the sum over the frames proves something.
    const double share = 5.0 + std::log(static_cast<double>(line.frames + 1));
    search.bound.read(line);
    std::size_t told = 0;
    for (const Effort& effort : efforts(line.frames)) {
        if (effort.nodes != told) {
            search.bound.tell_apart(effort.nodes);
            told = effort.nodes;
        }
        const double least = is_weighed_ ? kNothing : texts.score(n_best) - line.log_sum_total - share;
        search.beam.search(line, search.bound, {.width = effort.width, .least = least, .likeness = n_best == 1 ? effort.likeness : kUnlike});
        search.beam.complete(found_);
        const double before = texts.score(n_best);
        texts.add(line, found_, search.beam.prefixes(), n_best, search.beam.log_dropped());
        const double worst = texts.score(n_best) - line.log_sum_total;
        const bool is_whole = std::is_same_v<Mass, LogMass> || worst > kLeastInDoubles;   // nothing faded unseen
        if (!is_weighed_ && is_whole && search.beam.log_dropped() <= worst) {
            return true;
        }
        if (!thorough && texts.score(n_best) <= before) {
            return false;
        }
        thorough = true;
    }
    if (texts.empty()) {
        find_any(search, line, texts);
    }
    return false;
}

/// Finds a text if there is one: keeps a way to wherever a text can stand, and so to the end.
template <class Mass>
void HardTextSearch::find_any(Search<Mass>& search, const LineView& line, RankedTexts& texts) {
    constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
    search.beam.search(line, search.bound, {.width = kNoLimit, .likeness = 0.0, .keeps_ways = true});
    search.beam.complete(found_);
    texts.add(line, found_, search.beam.prefixes(), 1);
}

}  // namespace ocrkit::ctc
