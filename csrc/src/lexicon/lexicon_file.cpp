#include "ocrkit/ctc/lexicon_file.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <system_error>

namespace ocrkit::ctc {
namespace {

constexpr std::size_t kBorder = 64;
constexpr std::array<char, 8> kMagic{'o', 'c', 'r', 'k', 'l', 'e', 'x', '\n'};
constexpr std::uint32_t kFormat = 1;
constexpr std::uint32_t kByteOrder = 0x01020304;

/// What a file begins with. Every byte is somebody's, so that checksums are of what was meant.
struct Header {
    std::array<char, 8> magic = kMagic;
    std::uint32_t format = kFormat;
    std::uint32_t byte_order = kByteOrder;
    std::uint64_t file_bytes = 0;
    std::uint64_t nodes = 0;
    std::uint64_t entries = 0;
    std::uint64_t letters = 0;
    SymbolsHash symbols{};
    std::uint32_t has_priors = 0;
    std::uint32_t reserved = 0;
    std::uint32_t body_crc = 0;
    std::uint32_t header_crc = 0;   // of all that stands before it
};
static_assert(sizeof(Header) == 96 && std::has_unique_object_representations_v<Header>);

std::span<const std::byte> bytes_of(const Header& header) {
    return std::as_bytes(std::span(&header, 1)).first(sizeof(Header) - sizeof(header.header_crc));
}

std::size_t on_border(std::size_t offset) { return (offset + kBorder - 1) / kBorder * kBorder; }

/// Calls `visit` with each array of a view, in the order of the file, and the number of its elements.
template <class View, class Visit>
void for_each_array(View& view, const Header& header, Visit visit) {
    const auto nodes = static_cast<std::size_t>(header.nodes);
    const auto entries = static_cast<std::size_t>(header.entries);
    const bool has_priors = header.has_priors != 0;
    visit(view.labels, nodes);
    visit(view.first_child, nodes + 1);
    visit(view.node_entry, nodes);
    visit(view.shapes, nodes);
    visit(view.entry_node, entries);
    visit(view.priors, has_priors ? entries : 0);
    visit(view.best_prior_below, has_priors ? nodes : 0);
    visit(view.alphabet, static_cast<std::size_t>(header.letters));
}

[[noreturn]] void refuse(const std::string& why) { throw LexiconError(why); }

std::string number(std::uint64_t value) { return std::to_string(value); }

Header checked_header(std::span<const std::byte> file) {
    Header header;
    if (file.size() < sizeof(header)) {
        refuse("it has " + number(file.size()) + " bytes, fewer than a saved lexicon's header; it was cut short, or is "
               "no saved lexicon");
    }
    std::memcpy(static_cast<void*>(&header), file.data(), sizeof(header));
    if (header.magic != kMagic) {
        refuse("it is no saved lexicon; Lexicon.save writes one");
    }
    if (header.byte_order != kByteOrder) {
        refuse("it was saved on a machine of another byte order; save it again on this one");
    }
    if (header.format != kFormat) {
        refuse("it has format " + number(header.format) + ", and this version reads format " + number(kFormat) +
               "; save it again");
    }
    if (header.header_crc != crc32(bytes_of(header))) {
        refuse("its header was altered: the checksum does not fit; save it again");
    }
    if (header.file_bytes != file.size()) {
        refuse("it has " + number(file.size()) + " bytes, and its header says " + number(header.file_bytes) +
               "; it was " + (file.size() < header.file_bytes ? "cut short" : "added to") + ": copy or save it again");
    }
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<Node>::max());
    const bool is_possible = header.nodes >= 2 && header.nodes <= kMost && header.entries >= 1 &&
                             header.entries < header.nodes && header.letters >= 1 && header.letters < header.nodes;
    if (!is_possible) {
        refuse("its header gives impossible sizes; save it again");
    }
    return header;
}

/// Throws unless the arrays hang together so far that a search ends, and stays within them.
void check_structure(const LexiconView& view) {
    const auto nodes = static_cast<Node>(view.labels.size());
    bool ascends = view.first_child.front() == 1 && view.first_child.back() == nodes;
    bool leads_on = true;
    for (Node node = 0; node < nodes; ++node) {
        const Node begin = view.first_child[static_cast<std::size_t>(node)];
        const Node end = view.first_child[static_cast<std::size_t>(node) + 1];
        ascends &= begin <= end;
        leads_on &= (begin > node) | (begin == end);
    }
    if (!ascends || !leads_on) {
        refuse("its trie is broken: child offsets do not ascend; it was altered: save it again");
    }
    bool is_alphabet = view.alphabet.front() >= 0;
    for (std::size_t i = 1; i < view.alphabet.size(); ++i) {
        is_alphabet &= view.alphabet[i - 1] < view.alphabet[i];
    }
    const Label highest = view.alphabet.back();
    bool has_labels = is_alphabet;
    for (const Label label : view.labels.subspan(1)) {
        has_labels &= (label >= 0) & (label <= highest);
    }
    const auto entries = static_cast<std::int32_t>(view.entries());
    bool has_entries = true;
    for (std::size_t node = 0; node < view.node_entry.size(); ++node) {
        const std::int32_t entry = view.node_entry[node];
        has_entries &= (entry >= kNoEntry) & (entry < entries) & (view.shapes[node].is_entry() == (entry >= 0));
    }
    for (const Node node : view.entry_node) {
        has_entries &= (node > 0) & (node < nodes);
    }
    if (!has_labels || !has_entries) {
        refuse(std::string("its trie is broken: ") + (has_labels ? "entries" : "labels") +
               " are out of range; it was altered: save it again");
    }
}

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before) {
    // Eight bytes a step, a table each. Source: Kounavis and Berry 2005, "slicing-by-8".
    static const auto tables = [] {
        std::array<std::array<std::uint32_t, 256>, 8> made{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t crc = i;
            for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
            made[0][i] = crc;
        }
        for (std::uint32_t i = 0; i < 256; ++i) {
            for (std::size_t k = 1; k < 8; ++k) made[k][i] = (made[k - 1][i] >> 8U) ^ made[0][made[k - 1][i] & 0xFFU];
        }
        return made;
    }();
    std::uint32_t crc = ~before;
    const auto step = [&](std::byte byte) {
        crc = (crc >> 8U) ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xFFU];
    };
    std::size_t at = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (; at + 8 <= bytes.size(); at += 8) {
            std::uint32_t low;
            std::uint32_t high;
            std::memcpy(&low, bytes.data() + at, 4);
            std::memcpy(&high, bytes.data() + at + 4, 4);
            low ^= crc;
            crc = tables[7][low & 0xFFU] ^ tables[6][(low >> 8U) & 0xFFU] ^ tables[5][(low >> 16U) & 0xFFU] ^
                  tables[4][low >> 24U] ^ tables[3][high & 0xFFU] ^ tables[2][(high >> 8U) & 0xFFU] ^
                  tables[1][(high >> 16U) & 0xFFU] ^ tables[0][high >> 24U];
        }
    }
    for (; at < bytes.size(); ++at) step(bytes[at]);
    return ~crc;
}

std::vector<std::byte> saved(const LexiconView& lexicon, const SymbolsHash& symbols) {
    Header header;
    header.nodes = lexicon.labels.size();
    header.entries = lexicon.entries();
    header.letters = lexicon.alphabet.size();
    header.has_priors = lexicon.priors.empty() ? 0 : 1;
    header.symbols = symbols;
    std::size_t size = sizeof(Header);
    for_each_array(lexicon, header, [&](const auto& array, std::size_t) { size = on_border(size) + array.size_bytes(); });
    std::vector<std::byte> file(size);
    std::size_t at = sizeof(Header);
    for_each_array(lexicon, header, [&](const auto& array, std::size_t) {
        at = on_border(at);
        if (!array.empty()) {
            std::memcpy(file.data() + at, array.data(), array.size_bytes());
        }
        at += array.size_bytes();
    });
    header.file_bytes = size;
    header.body_crc = crc32(std::span(file).subspan(sizeof(Header)));
    header.header_crc = crc32(bytes_of(header));
    std::memcpy(file.data(), &header, sizeof(header));
    return file;
}

SavedLexicon lexicon_in(std::shared_ptr<const void> owner, std::span<const std::byte> file, bool verify) {
    const Header header = checked_header(file);
    LexiconView view;
    std::size_t at = sizeof(Header);
    for_each_array(view, header, [&]<class T>(std::span<const T>& array, std::size_t count) {
        at = on_border(at);
        // Counts are below 2^31, so no sum here wraps around.
        if (at + count * sizeof(T) <= file.size()) {
            array = {reinterpret_cast<const T*>(file.data() + at), count};
        }
        at += count * sizeof(T);
    });
    if (at != file.size()) {
        refuse("its header gives sizes that come to " + number(at) + " bytes, and it has " + number(file.size()) +
               "; save it again");
    }
    if (verify && header.body_crc != crc32(file.subspan(sizeof(Header)))) {
        refuse("it was altered: the checksum does not fit; save it again");
    }
    check_structure(view);
    return {Lexicon(std::move(owner), view), header.symbols};
}

}  // namespace ocrkit::ctc
