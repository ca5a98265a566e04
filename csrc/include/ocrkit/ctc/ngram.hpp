/// N-gram language models with back-off, in flat arrays.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ocrkit::ctc {

/// A model file that is not what it should be; the line is counted from 1.
struct NgramError : std::invalid_argument {
    NgramError(std::int64_t in_line, const std::string& message) : std::invalid_argument(message), line(in_line) {}
    std::int64_t line;
};

/// p(unit | units before), as an ARPA file has it. Unit k is the file's k-th unigram.
class NgramModel {
   public:
    /// Units that came before, as far as the model tells them apart; 0 where it knows of none.
    using Context = std::int32_t;
    using Unit = std::int32_t;
    static constexpr Unit kUnknown = -1;

    struct Step {
        double log_prob;   // nats
        Context next;
    };

    /// Reads ARPA. O(bytes log bytes). Throws NgramError.
    explicit NgramModel(std::string_view arpa);

    /// ln p(unit | context), by back-off where the model lacks the n-gram, and the context that follows. A unit that the
    /// model lacks is <unk>, or where there is none, of 10^-100, as KenLM has it. O(order log n-grams).
    Step score(Context context, Unit unit) const;

    /// ln p(the end | context); 0 in a model without </s>.
    double end(Context context) const;

    /// The context at the start of a line.
    Context start() const { return start_; }

    /// ln p(unit), whatever came before.
    double alone(Unit unit) const { return score(0, unit).log_prob; }

    int order() const { return order_; }
    std::span<const std::string> units() const { return units_; }
    std::size_t size() const { return log_probs_.size() - 1; }

   private:
    friend class ArpaReader;

    Context find(Context context, Unit unit) const;

    // A node an n-gram; node 0 is the empty one. Children, the n-grams with one unit more, are in order of their units.
    int order_ = 0;
    std::vector<std::string> units_;
    std::vector<Unit> last_{-1};            // (N,)
    std::vector<float> log_probs_{0.0F};    // (N,) nats
    std::vector<float> backoffs_{0.0F};     // (N,) nats
    std::vector<Context> first_child_{1};   // (N+1,)
    std::vector<Context> suffixes_{0};      // (N,) the longest n-gram of the model that begins later and ends here
    std::vector<Context> next_{0};          // (N,) the shortest context that tells as much
    Context start_ = 0;
    Unit unknown_ = kUnknown;
    Unit end_ = kUnknown;
};

}  // namespace ocrkit::ctc
