#include "ocrkit/ctc/lexicon_file.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <random>
#include <string_view>

#include "check.hpp"

using namespace ocrkit::ctc;

namespace {

using Labels = std::vector<Label>;

constexpr SymbolsHash kSymbols{1, 2, 3};

Lexicon small() {
    const Labels labels{2, 1, 1, 3, 1};
    const std::vector<std::int64_t> offsets{0, 2, 4, 5};
    return Lexicon(labels, offsets, std::vector<double>{1.0, 2.0, 3.0});
}

/// Bytes on a border of 64, as a mapped file's are.
class Aligned {
   public:
    explicit Aligned(const std::vector<std::byte>& bytes)
        : owner_(::operator new(bytes.size() + 1, std::align_val_t{64}),
                 [](void* pointer) { ::operator delete(pointer, std::align_val_t{64}); }),
          size_(bytes.size()) {
        std::copy(bytes.begin(), bytes.end(), static_cast<std::byte*>(owner_.get()));
    }

    SavedLexicon open(bool verify) const {
        return lexicon_in(owner_, {static_cast<const std::byte*>(owner_.get()), size_}, verify);
    }

   private:
    std::shared_ptr<void> owner_;
    std::size_t size_;
};

SavedLexicon opened(const std::vector<std::byte>& bytes, bool verify = false) { return Aligned(bytes).open(verify); }

template <class T>
bool same(std::span<const T> a, std::span<const T> b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

/// Writes a header's checksum anew, as one who alters a file with care would.
void sign(std::vector<std::byte>& file) {
    const std::uint32_t crc = crc32(std::span(file).first(92));
    std::memcpy(file.data() + 92, &crc, 4);
}

}  // namespace

TEST(crc32_is_that_of_ieee_802_3) {
    // The check value of the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC.
    CHECK(crc32(std::as_bytes(std::span(std::string_view("123456789")))) == 0xCBF43926U);
    CHECK(crc32({}) == 0U);
}

TEST(a_saved_lexicon_is_the_same_when_it_is_opened) {
    const Lexicon lexicon = small();
    for (const bool verify : {false, true}) {
        const SavedLexicon found = opened(saved(lexicon.view(), kSymbols), verify);
        const LexiconView& view = found.lexicon.view();
        CHECK(found.symbols == kSymbols);
        CHECK(same(view.labels, lexicon.view().labels));
        CHECK(same(view.first_child, lexicon.view().first_child));
        CHECK(same(view.node_entry, lexicon.view().node_entry));
        CHECK(same(view.shapes, lexicon.view().shapes));
        CHECK(same(view.entry_node, lexicon.view().entry_node));
        CHECK(same(view.priors, lexicon.view().priors));
        CHECK(same(view.best_prior_below, lexicon.view().best_prior_below));
        CHECK(same(view.alphabet, lexicon.view().alphabet));
    }
}

TEST(a_lexicon_goes_to_a_file_and_back) {
    const std::string path = "lexicon_file_test.lexicon";
    save(small().view(), kSymbols, path);
    const SavedLexicon found = open_lexicon(path, true);
    std::remove(path.c_str());
    CHECK(found.lexicon.view().entries() == 3);   // the mapping outlives the name
    CHECK_THROWS(std::system_error, open_lexicon(path, false), path);
    CHECK_THROWS(std::system_error, open_lexicon(".", false), "directory");
    CHECK_THROWS(std::system_error, save(small().view(), kSymbols, "no/such/folder/x"), "no/such/folder/x");
}

TEST(whatever_is_cut_off_is_missed) {
    const std::vector<std::byte> file = saved(small().view(), kSymbols);
    for (std::size_t size = 0; size < file.size(); ++size) {
        CHECK_THROWS(LexiconError, opened({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)}), "cut short");
    }
    std::vector<std::byte> longer = file;
    longer.push_back({});
    CHECK_THROWS(LexiconError, opened(longer), "added to");
}

TEST(any_byte_that_changes_is_noticed_when_all_are_verified) {
    const std::vector<std::byte> file = saved(small().view(), kSymbols);
    for (std::size_t at = 0; at < file.size(); ++at) {
        std::vector<std::byte> altered = file;
        altered[at] ^= std::byte{4};
        CHECK_THROWS(LexiconError, opened(altered, true), at < 8 ? "no saved lexicon" : "");
        if (at < 96) {
            CHECK_THROWS(LexiconError, opened(altered), "");   // the header is always verified
        }
    }
}

TEST(files_of_other_kinds_say_so) {
    std::vector<std::byte> file = saved(small().view(), kSymbols);
    std::vector<std::byte> other(200);
    CHECK_THROWS(LexiconError, opened(other), "it is no saved lexicon");
    file[8] = std::byte{9};
    sign(file);
    CHECK_THROWS(LexiconError, opened(file), "it has format 9, and this version reads format 1");
    std::swap(file[12], file[15]);
    CHECK_THROWS(LexiconError, opened(file), "another byte order");
}

TEST(tries_that_would_lead_astray_are_refused_however_well_signed) {
    const std::vector<std::byte> file = saved(small().view(), kSymbols);
    const auto put = [&](std::size_t at, std::int32_t value) {
        std::vector<std::byte> altered = file;
        std::memcpy(altered.data() + at, &value, 4);
        return altered;
    };
    // Root, 1, 2, 13, 21: five nodes. Labels stand at 128, first children at 192, entries of nodes at 256, shapes at
    // 320, nodes of entries at 384.
    CHECK_THROWS(LexiconError, opened(put(192, 0)), "child offsets do not ascend");
    CHECK_THROWS(LexiconError, opened(put(196, 1)), "child offsets do not ascend");    // its own child
    CHECK_THROWS(LexiconError, opened(put(200, 6)), "child offsets do not ascend");
    CHECK_THROWS(LexiconError, opened(put(212, 4)), "child offsets do not ascend");
    CHECK_THROWS(LexiconError, opened(put(132, 4)), "labels are out of range");
    CHECK_THROWS(LexiconError, opened(put(132, -1)), "labels are out of range");
    CHECK_THROWS(LexiconError, opened(put(260, 3)), "entries are out of range");
    CHECK_THROWS(LexiconError, opened(put(264, 2)), "entries are out of range");       // a node that is no entry
    CHECK_THROWS(LexiconError, opened(put(384, 5)), "entries are out of range");
    CHECK_THROWS(LexiconError, opened(put(384, 0)), "entries are out of range");
}

TEST(impossible_sizes_are_refused_however_well_signed) {
    const std::vector<std::byte> file = saved(small().view(), kSymbols);
    for (const std::size_t at : {24U, 32U, 40U}) {   // nodes, entries, letters
        for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1} << 31, ~std::uint64_t{0}, std::uint64_t{4}}) {
            std::vector<std::byte> altered = file;
            std::memcpy(altered.data() + at, &size, 8);
            sign(altered);
            CHECK_THROWS(LexiconError, opened(altered), "save it again");
        }
    }
}
