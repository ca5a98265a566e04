#include "ocrkit/ctc/ngram.hpp"

#include <algorithm>
#include <cmath>

#include "text/arpa_reader.hpp"

namespace ocrkit::ctc {

namespace {

constexpr double kMissing = -100.0 * 2.302585092994046;   // ln of 10^-100

}  // namespace

NgramModel::NgramModel(std::string_view arpa) { ArpaReader(arpa, *this).read(); }

NgramModel::Step NgramModel::score(Context context, Unit unit) const {
    if (unit == kUnknown) {
        unit = unknown_;
    }
    if (unit == kUnknown) {
        return {kMissing, 0};
    }
    double log_prob = 0.0;
    for (;; context = suffixes_[static_cast<std::size_t>(context)]) {
        if (const Context found = find(context, unit); found != 0) {
            log_prob += static_cast<double>(log_probs_[static_cast<std::size_t>(found)]);
            return {log_prob, next_[static_cast<std::size_t>(found)]};
        }
        log_prob += static_cast<double>(backoffs_[static_cast<std::size_t>(context)]);
    }
}

double NgramModel::end(Context context) const { return end_ == kUnknown ? 0.0 : score(context, end_).log_prob; }

/// The n-gram of `context` and `unit`, or 0. Every unit is there alone.
NgramModel::Context NgramModel::find(Context context, Unit unit) const {
    if (context == 0) {
        return unit + 1;
    }
    const auto at = static_cast<std::size_t>(context);
    const Unit* const begin = last_.data() + first_child_[at];
    const Unit* const end = last_.data() + first_child_[at + 1];
    const Unit* const found = std::lower_bound(begin, end, unit);
    return found != end && *found == unit ? static_cast<Context>(found - last_.data()) : 0;
}

}  // namespace ocrkit::ctc
