#include "ocrkit/ctc/lexicon.hpp"

#include <map>
#include <random>
#include <vector>

#include "check.hpp"

using namespace ocrkit::ctc;

namespace {

using Labels = std::vector<Label>;

struct Sequences {
    Labels labels;
    std::vector<std::int64_t> offsets{0};

    explicit Sequences(const std::vector<Labels>& entries) {
        for (const Labels& entry : entries) {
            labels.insert(labels.end(), entry.begin(), entry.end());
            offsets.push_back(static_cast<std::int64_t>(labels.size()));
        }
    }
};

Lexicon built(const std::vector<Labels>& entries) {
    const Sequences sequences(entries);
    return Lexicon(sequences.labels, sequences.offsets);
}

Lexicon built(const std::vector<Labels>& entries, const std::vector<double>& counts) {
    const Sequences sequences(entries);
    return Lexicon(sequences.labels, sequences.offsets, counts);
}

Labels path(const LexiconView& view, std::size_t entry) {
    Labels labels;
    view.append_path(view.entry_node[entry], labels);
    return labels;
}

template <class T>
std::vector<T> listed(std::span<const T> values) {
    return {values.begin(), values.end()};
}

}  // namespace

TEST(nodes_are_numbered_breadth_first_with_their_children_sorted) {
    const Lexicon lexicon = built({{2, 1}, {1, 3}, {1}, {1, 2, 1}});
    const LexiconView view = lexicon.view();
    // 0 root; 1: 1, 2: 2; 3: 12, 4: 13, 5: 21; 6: 121
    CHECK((listed(view.labels) == Labels{-1, 1, 2, 2, 3, 1, 1}));
    CHECK((listed(view.first_child) == std::vector<Node>{1, 3, 5, 6, 7, 7, 7, 7}));
    CHECK((listed(view.node_entry) == std::vector<std::int32_t>{-1, 2, -1, -1, 1, 0, 3}));
    CHECK((listed(view.entry_node) == std::vector<Node>{5, 4, 1, 6}));
    CHECK((listed(view.alphabet) == Labels{1, 2, 3}));
}

TEST(entries_are_numbered_by_first_appearance_and_merged) {
    const Lexicon lexicon = built({{3}, {1, 1}, {3}, {2}, {1, 1}});
    const LexiconView view = lexicon.view();
    CHECK(view.entries() == 3);
    CHECK((path(view, 0) == Labels{3}));
    CHECK((path(view, 1) == Labels{1, 1}));
    CHECK((path(view, 2) == Labels{2}));
}

TEST(any_lexicon_gives_back_its_entries) {
    std::mt19937 random(1);
    for (int repeat = 0; repeat < 50; ++repeat) {
        std::vector<Labels> entries(1 + random() % 200);
        for (Labels& entry : entries) {
            entry.resize(1 + random() % 6);
            for (Label& label : entry) {
                label = static_cast<Label>(random() % 4);
            }
        }
        const Lexicon lexicon = built(entries);
        std::map<Labels, bool> seen;
        std::size_t number = 0;
        for (const Labels& entry : entries) {
            if (seen.emplace(entry, true).second) {
                CHECK(path(lexicon.view(), number) == entry);
                ++number;
            }
        }
        CHECK(lexicon.view().entries() == number);
    }
}

TEST(every_node_hangs_from_its_parent) {
    const Lexicon lexicon = built({{1}, {2, 2, 2, 2}, {3, 1}, {3, 4}, {5}});
    const LexiconView view = lexicon.view();
    for (Node node = 0; node < static_cast<Node>(view.labels.size()); ++node) {
        const auto at = static_cast<std::size_t>(node);
        for (Node child = view.first_child[at]; child < view.first_child[at + 1]; ++child) {
            CHECK(view.parent(child) == node);
        }
    }
}

TEST(entries_are_compared_by_their_labels) {
    const Lexicon lexicon = built({{1, 2}, {1}, {1, 1, 9}});
    const LexiconView view = lexicon.view();
    CHECK(view.precedes(view.entry_node[1], view.entry_node[0]));
    CHECK(view.precedes(view.entry_node[2], view.entry_node[0]));
    CHECK(!view.precedes(view.entry_node[0], view.entry_node[0]));
}

TEST(counts_become_priors_and_the_best_one_below_is_known) {
    const Lexicon lexicon = built({{1}, {1, 2}, {1, 3}, {1}}, {1.0, 2.0, 4.0, 1.0});
    const LexiconView view = lexicon.view();
    CHECK_NEAR(view.priors[0], std::log(2.0 / 8.0), 1e-6);
    CHECK_NEAR(view.priors[2], std::log(4.0 / 8.0), 1e-6);
    CHECK_NEAR(view.best_prior_below[0], std::log(4.0 / 8.0), 1e-6);
    CHECK_NEAR(view.best_prior_below[1], std::log(4.0 / 8.0), 1e-6);
    CHECK(view.best_prior_below[2] == kLogZero);
}

TEST(impossible_lexicons_are_refused) {
    CHECK_THROWS(LexiconError, built({}), "the lexicon is empty");
    CHECK_THROWS(LexiconError, built({{1}, {}}), "entry 1 is empty");
    CHECK_THROWS(LexiconError, built({{1, -2}}), "entry 0 holds label -2");
    CHECK_THROWS(LexiconError, built({{1}}, {}), "there are 0 counts for 1 entries");
    CHECK_THROWS(LexiconError, built({{1}}, {std::nan("")}), "the count of entry 0 is nan");
    CHECK_THROWS(LexiconError, built({{1}, {2}}, {1.0, -1.0}), "the count of entry 1 is -1");
    CHECK_THROWS(LexiconError, built({{1}, {2}}, {1e308, 1e308}), "add up to more than");
    CHECK_THROWS(LexiconError, built({{1}}, {0.0}), "every count is 0");
}

TEST(labels_are_held_against_the_emissions) {
    const Lexicon lexicon = built({{1}, {3, 2}});
    lexicon.view().check_labels(0, 4);
    CHECK_THROWS(LexiconError, lexicon.view().check_labels(2, 4), "entry 1 holds label 2, which is the blank");
    CHECK_THROWS(LexiconError, lexicon.view().check_labels(0, 3),
                 "entry 1 holds label 3, but log_probs has labels 0..2");
}
