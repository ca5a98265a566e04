/// ARPA, the text format of n-gram models.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ocrkit/ctc/ngram.hpp"

namespace ocrkit::ctc {

/// Fills a model from the text of an ARPA file.
class ArpaReader {
   public:
    ArpaReader(std::string_view text, NgramModel& model) : rest_(text), model_(model) {}

    void read();

   private:
    using Context = NgramModel::Context;
    using Unit = NgramModel::Unit;

    struct Ngram {
        Context context;
        Unit unit;
        float log_prob;
        float backoff;
        std::int64_t line;
    };

    bool next_line();
    void skip_empty();
    std::string_view field();
    [[noreturn]] void fail(const std::string& message) const { throw NgramError(line_number_, message); }
    void read_counts();
    void read_level(int order);
    Ngram read_ngram(int order);
    float number(std::string_view text, const char* what) const;
    Unit unit_of(std::string_view text) const;
    void add_level(std::vector<Ngram>& ngrams);
    void link_level(std::size_t begin);
    void choose_contexts(std::size_t highest);

    std::string_view rest_;
    std::string_view line_;
    std::int64_t line_number_ = 0;
    NgramModel& model_;
    std::vector<std::int64_t> counts_;   // of each order
    std::unordered_map<std::string_view, Unit> unit_numbers_;
};

}  // namespace ocrkit::ctc
