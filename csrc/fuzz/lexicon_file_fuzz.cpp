/// The reader of saved lexicons: whatever a file holds, it is refused, or searched to an end within its arrays.
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "fuzz.hpp"
#include "ocrkit/ctc/lexicon_file.hpp"
#include "ocrkit/ctc/lexicon_search.hpp"

using namespace ocrkit;
using fuzz::require;

namespace {

/// A lexicon of a few short entries, some with priors.
ctc::Lexicon lexicon_of(fuzz::Bytes& bytes) {
    std::vector<ctc::Label> labels;
    std::vector<std::int64_t> offsets{0};
    std::vector<double> counts;
    for (std::size_t entry = bytes.in(1, 6); entry > 0; --entry) {
        for (std::size_t length = bytes.in(1, 3); length > 0; --length) {
            labels.push_back(static_cast<ctc::Label>(bytes.in(1, 3)));
        }
        offsets.push_back(static_cast<std::int64_t>(labels.size()));
        counts.push_back(static_cast<double>(bytes.in(1, 9)));
    }
    return bytes.in(0, 1) == 1 ? ctc::Lexicon(labels, offsets, counts) : ctc::Lexicon(labels, offsets);
}

void search(const ctc::Lexicon& lexicon) {
    const ctc::LexiconView& view = lexicon.view();
    for (std::size_t entry = 0; entry < view.entries(); ++entry) {
        std::vector<ctc::Label> path;
        view.append_path(view.entry_node[entry], path);
        require(path.size() < view.labels.size(), "paths end");
    }
    oracle::Batch batch{.lines = 1, .frames = 5, .labels = 5, .values = {}, .lengths = {}, .blank = 0};
    batch.values.assign(25, -1.6F);
    const double prior_weight = view.priors.empty() ? 0.0 : 1.0;
    try {
        const ctc::Decoded decoded =
            ctc::lexicon_search(batch.view(), view, {.n_best = 3, .prior_weight = prior_weight, .threads = 1});
        require(decoded.lines() == 1, "the line is searched");
    } catch (const ctc::LexiconError&) {
        // Labels that the line lacks, or its blank.
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Bytes bytes(data, size);
    std::vector<std::byte> file = ctc::saved(lexicon_of(bytes).view(), {});
    const bool is_signed = bytes.in(0, 3) != 0;
    bool is_altered = false;
    for (std::size_t change = bytes.in(0, 4); change > 0; --change) {
        // Mostly small numbers, which are in range more often; and by words, as the arrays are made.
        const std::size_t at = (bytes.next() + std::size_t{256} * bytes.in(0, 3)) % file.size();
        const auto value = static_cast<std::byte>(bytes.in(0, 1) == 1 ? bytes.next() : bytes.in(0, 7));
        is_altered = is_altered || file[at] != value;
        file[at] = value;
    }
    if (bytes.in(0, 7) == 7) {
        file.resize(bytes.next() % (file.size() + 1));
        is_altered = true;
    }
    if (is_signed && file.size() >= 96) {
        const std::uint32_t crc = ctc::crc32(std::span(file).first(92));
        std::memcpy(file.data() + 92, &crc, 4);
    }
    const std::shared_ptr<void> owner(::operator new(file.size() + 1, std::align_val_t{64}), [](void* pointer) {
        ::operator delete(pointer, std::align_val_t{64});
    });
    std::memcpy(owner.get(), file.data(), file.size());
    const std::span<const std::byte> view(static_cast<const std::byte*>(owner.get()), file.size());
    try {
        search(ctc::lexicon_in(owner, view, false).lexicon);
    } catch (const ctc::LexiconError&) {
        require(is_altered, "a file is read as it was saved");
    }
    return 0;
}
