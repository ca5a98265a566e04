#include "ocrkit/ctc/lexicon.hpp"

#include <algorithm>
#include <string>

namespace ocrkit::ctc {

Node LexiconView::parent(Node node) const {
    // Childless nodes share a bound with their right neighbour, and upper_bound passes them.
    const auto after = std::upper_bound(first_child.begin(), first_child.end() - 1, node);
    return static_cast<Node>(after - first_child.begin()) - 1;
}

void LexiconView::append_path(Node node, std::vector<Label>& out) const {
    const auto start = static_cast<std::ptrdiff_t>(out.size());
    for (; node != 0; node = parent(node)) {
        out.push_back(labels[static_cast<std::size_t>(node)]);
    }
    std::reverse(out.begin() + start, out.end());
}

bool LexiconView::precedes(Node a, Node b) const {
    std::vector<Label> left;
    std::vector<Label> right;
    append_path(a, left);
    append_path(b, right);
    return left < right;
}

void LexiconView::check_labels(Label blank, std::size_t label_count) const {
    const bool has_blank = std::binary_search(alphabet.begin(), alphabet.end(), blank);
    if (!has_blank && static_cast<std::size_t>(alphabet.back()) < label_count) {
        return;
    }
    std::vector<Label> path;
    for (std::size_t entry = 0; entry < entries(); ++entry) {
        path.clear();
        append_path(entry_node[entry], path);
        for (const Label label : path) {
            if (label == blank) {
                throw LexiconError("entry " + std::to_string(entry) + " holds label " + std::to_string(label) +
                                   ", which is the blank; no labelling has a blank");
            }
            if (static_cast<std::size_t>(label) >= label_count) {
                throw LexiconError("entry " + std::to_string(entry) + " holds label " + std::to_string(label) +
                                   ", but log_probs has labels 0.." + std::to_string(label_count - 1) +
                                   "; the lexicon belongs to another alphabet");
            }
        }
    }
    throw LexiconError("the lexicon's alphabet holds a label that log_probs lacks, or the blank, and no entry does; its "
                       "file was altered: save it again");
}

std::size_t Lexicon::bytes() const {
    return view_.labels.size_bytes() + view_.first_child.size_bytes() + view_.node_entry.size_bytes() +
           view_.shapes.size_bytes() + view_.entry_node.size_bytes() + view_.priors.size_bytes() +
           view_.best_prior_below.size_bytes() + view_.alphabet.size_bytes();
}

}  // namespace ocrkit::ctc
