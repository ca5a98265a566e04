/// Lexicons in files that are searched where they lie, by as many processes as like, without being read in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ocrkit/ctc/lexicon.hpp"

namespace ocrkit::ctc {

/// What tells one alphabet from another; all zero where it is not known.
using SymbolsHash = std::array<std::uint8_t, 32>;

/// A saved lexicon.
struct SavedLexicon {
    Lexicon lexicon;
    SymbolsHash symbols;
};

/// The bytes of a lexicon's file: a header of sizes with a checksum of its own, then the arrays of LexiconView, each on
/// a border of 64 bytes. They are this machine's numbers, so a file is for machines of its byte order. O(N).
std::vector<std::byte> saved(const LexiconView& lexicon, const SymbolsHash& symbols);

/// The lexicon in `file`, in place: `owner` keeps the bytes, which begin on a border of 64.
///
/// Always checked: the header and its checksum, the sizes, and in one pass over the arrays that child offsets ascend
/// and lead on, and that labels and entries are in range; so no search of any file leaves the arrays or goes in
/// circles. `verify` also holds all bytes to their checksum. O(N).
/// Throws LexiconError, saying what is wrong.
SavedLexicon lexicon_in(std::shared_ptr<const void> owner, std::span<const std::byte> file, bool verify);

/// Writes a lexicon's file beside `path` and moves it there, so that whoever has the old file open keeps it.
/// Throws std::system_error.
void save(const LexiconView& lexicon, const SymbolsHash& symbols, const std::string& path);

/// Maps a lexicon's file into memory, read-only, and gives the lexicon in it; the memory lasts as long as the lexicon.
/// Throws LexiconError as `lexicon_in` does, std::system_error where the file cannot be opened.
SavedLexicon open_lexicon(const std::string& path, bool verify);

/// The CRC-32 of IEEE 802.3, as zlib has it. O(bytes).
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace ocrkit::ctc
