#include "text/arpa_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace ocrkit::ctc {

namespace {

constexpr double kLn10 = 2.302585092994046;
constexpr double kHighestBackoff = 100.0;   // a factor that no sum of probabilities asks for

/// Fields are parted by these alone: whatever else counts as white space may be a unit.
bool is_space(char byte) { return byte == ' ' || byte == '\t'; }

std::string_view stripped(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kShown = 60;
    std::string shown = "'";
    for (const char byte : text.substr(0, kShown)) {
        shown += static_cast<unsigned char>(byte) < 0x80U && static_cast<unsigned char>(byte) >= 0x20U ? byte : '?';
    }
    return shown + (text.size() > kShown ? "…'" : "'");
}

std::string header(int order) { return std::string("\\").append(std::to_string(order)).append("-grams:"); }

}  // namespace

void ArpaReader::read() {
    if (constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; rest_.starts_with(kByteOrderMark)) {
        rest_.remove_prefix(kByteOrderMark.size());
    }
    do {
        if (!next_line()) {
            fail("no line \\data\\; expected an n-gram model in ARPA format, as lmplz and ngram-count write it");
        }
    } while (line_ != "\\data\\");
    read_counts();
    std::size_t highest = 0;
    for (int order = 1; order <= model_.order_; ++order) {
        highest = model_.last_.size();
        read_level(order);
    }
    if (line_ != "\\end\\") {
        fail("expected \\end\\, found " + quoted(line_));
    }
    choose_contexts(highest);
    const auto number_of = [&](std::string_view unit) {
        const auto found = unit_numbers_.find(unit);
        return found == unit_numbers_.end() ? NgramModel::kUnknown : found->second;
    };
    model_.unknown_ = std::max(number_of("<unk>"), number_of("<UNK>"));
    model_.end_ = number_of("</s>");
    const Unit start = number_of("<s>");
    model_.start_ = start == NgramModel::kUnknown ? 0 : model_.next_[static_cast<std::size_t>(start) + 1];
}

/// Takes the next line, stripped, without a carriage return at its end; false where there is none.
bool ArpaReader::next_line() {
    if (rest_.empty()) {
        line_ = {};
        return false;
    }
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    line_ = stripped(line_);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_number_;
    return true;
}

void ArpaReader::skip_empty() {
    while (next_line()) {
        if (!line_.empty()) {
            return;
        }
    }
    fail("the file ends before \\end\\; it was cut short");
}

/// Takes the next field of the line, empty where there is none.
std::string_view ArpaReader::field() {
    const auto end = std::find_if(line_.begin(), line_.end(), is_space);
    const std::string_view taken = line_.substr(0, static_cast<std::size_t>(end - line_.begin()));
    line_ = stripped(line_.substr(taken.size()));
    return taken;
}

void ArpaReader::read_counts() {
    constexpr std::string_view kKeyword = "ngram";
    for (skip_empty(); line_.starts_with(kKeyword); skip_empty()) {
        const std::string_view pair = stripped(line_.substr(kKeyword.size()));
        const std::size_t equals = pair.find('=');
        int order = 0;
        std::int64_t count = -1;
        if (equals != std::string_view::npos) {
            const std::string_view left = stripped(pair.substr(0, equals));
            const std::string_view right = stripped(pair.substr(equals + 1));
            std::from_chars(left.data(), left.data() + left.size(), order);
            std::from_chars(right.data(), right.data() + right.size(), count);
        }
        if (order != static_cast<int>(counts_.size()) + 1 || count < 0) {
            fail(quoted(line_) + "; expected a line such as 'ngram " + std::to_string(counts_.size() + 1) + "=200'");
        }
        counts_.push_back(count);
    }
    if (counts_.empty() || counts_.front() == 0) {
        fail("the model has no unigrams; expected 'ngram 1=' and their number");
    }
    model_.order_ = static_cast<int>(counts_.size());
}

/// Reads the n-grams of one order; the line at hand is their header, and afterwards that of the next.
void ArpaReader::read_level(int order) {
    if (line_ != header(order)) {
        fail("expected " + header(order) + ", found " + quoted(line_));
    }
    const std::int64_t header_line = line_number_;
    std::vector<Ngram> ngrams;
    for (skip_empty(); line_.front() != '\\' || line_.find_first_of(" \t") != std::string_view::npos; skip_empty()) {
        ngrams.push_back(read_ngram(order));
    }
    const std::int64_t expected = counts_[static_cast<std::size_t>(order - 1)];
    if (static_cast<std::int64_t>(ngrams.size()) != expected) {
        throw NgramError(header_line, "there are " + std::to_string(ngrams.size()) + " " + std::to_string(order) +
                                          "-grams; the head of the file says " + std::to_string(expected));
    }
    add_level(ngrams);
}

ArpaReader::Ngram ArpaReader::read_ngram(int order) {
    Ngram ngram{.context = 0, .unit = 0, .log_prob = 0.0F, .backoff = 0.0F, .line = line_number_};
    ngram.log_prob = number(field(), "log-probability");
    if (ngram.log_prob > 0.0F) {
        fail("the log-probability is above 0");
    }
    for (int i = 1; i <= order; ++i) {
        const std::string_view text = field();
        if (text.empty()) {
            fail("expected " + std::to_string(order) + " units after the log-probability, found " +
                 std::to_string(i - 1));
        }
        if (order == 1) {
            ngram.unit = static_cast<Unit>(model_.units_.size());
            if (!unit_numbers_.emplace(text, ngram.unit).second) {
                fail("unigram " + quoted(text) + " is there twice");
            }
            model_.units_.emplace_back(text);
        } else {
            ngram.unit = unit_of(text);
            if (i < order) {
                ngram.context = model_.find(ngram.context, ngram.unit);
                if (ngram.context == 0) {
                    fail("the model has this " + std::to_string(order) + "-gram, but not its first " +
                         std::to_string(i) + " units as an n-gram of their own; write the model again with the tool "
                         "that made it");
                }
            }
        }
    }
    if (!line_.empty()) {
        ngram.backoff = number(field(), "back-off weight");
        if (static_cast<double>(ngram.backoff) > kHighestBackoff * kLn10) {
            fail("the back-off weight is above 100; it is the logarithm to base 10 of a factor that makes probabilities "
                 "add up to 1: write the model again with the tool that made it");
        }
    }
    if (!line_.empty()) {
        fail("there is more on the line than " + std::to_string(order) + " units and a back-off weight");
    }
    return ngram;
}

float ArpaReader::number(std::string_view text, const char* what) const {
    double value = 0.0;
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool is_lowest = error == std::errc{} && value == -std::numeric_limits<double>::infinity();
    if (end != digits.data() + digits.size() || error != std::errc{} || !(std::isfinite(value) || is_lowest)) {
        fail(std::string("the ") + what + " is " + quoted(text) + "; expected a number, the logarithm to base 10");
    }
    return static_cast<float>(std::max(value, -1e30) * kLn10);
}

NgramModel::Unit ArpaReader::unit_of(std::string_view text) const {
    const auto found = unit_numbers_.find(text);
    if (found == unit_numbers_.end()) {
        fail(quoted(text) + " is no unigram of the model");
    }
    return found->second;
}

/// Appends the n-grams of one order as nodes, ordered by context and unit.
void ArpaReader::add_level(std::vector<Ngram>& ngrams) {
    const auto key = [](const Ngram& ngram) { return std::pair(ngram.context, ngram.unit); };
    std::sort(ngrams.begin(), ngrams.end(), [&](const Ngram& a, const Ngram& b) { return key(a) < key(b); });
    const std::size_t begin = model_.last_.size();
    if (ngrams.size() > static_cast<std::size_t>(std::numeric_limits<Context>::max()) - begin - 1) {
        fail("the model has more than 2147483647 n-grams");
    }
    for (std::size_t i = 0; i < ngrams.size(); ++i) {
        const Ngram& ngram = ngrams[i];
        if (i > 0 && key(ngrams[i - 1]) == key(ngram)) {
            throw NgramError(std::max(ngram.line, ngrams[i - 1].line), "this n-gram is there twice");
        }
        // Nodes without children, up to this one's context, end where it begins.
        model_.first_child_.resize(static_cast<std::size_t>(ngram.context) + 1, static_cast<Context>(begin + i));
        model_.last_.push_back(ngram.unit);
        model_.log_probs_.push_back(ngram.log_prob);
        model_.backoffs_.push_back(ngram.backoff);
        model_.suffixes_.push_back(ngram.context);   // until it is linked
    }
    model_.first_child_.resize(begin + 1, static_cast<Context>(model_.last_.size()));
    link_level(begin);
}

/// Finds the suffixes of the nodes from `begin` on, whose contexts are all linked.
void ArpaReader::link_level(std::size_t begin) {
    for (std::size_t node = begin; node < model_.last_.size(); ++node) {
        Context context = model_.suffixes_[node];
        Context suffix = 0;
        while (context != 0 && suffix == 0) {
            context = model_.suffixes_[static_cast<std::size_t>(context)];
            suffix = model_.find(context, model_.last_[node]);
        }
        model_.suffixes_[node] = suffix;
    }
}

/// Says which context follows each n-gram: itself, unless a shorter one tells as much. The highest order begins at
/// `highest`.
void ArpaReader::choose_contexts(std::size_t highest) {
    const std::size_t nodes = model_.last_.size();
    model_.first_child_.resize(nodes + 1, static_cast<Context>(nodes));
    for (std::size_t node = 1; node < nodes; ++node) {
        const bool is_leaf = model_.first_child_[node] == model_.first_child_[node + 1];
        const bool tells_nothing = node >= highest || (is_leaf && model_.backoffs_[node] == 0.0F);
        const auto suffix = static_cast<std::size_t>(model_.suffixes_[node]);
        model_.next_.push_back(tells_nothing ? model_.next_[suffix] : static_cast<Context>(node));
    }
}

}  // namespace ocrkit::ctc
