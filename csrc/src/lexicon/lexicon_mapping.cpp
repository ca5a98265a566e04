#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "ocrkit/ctc/lexicon_file.hpp"

namespace ocrkit::ctc {
namespace {

[[noreturn]] void fail(const std::string& path) { throw std::system_error(errno, std::generic_category(), path); }

/// A file that is open, until it goes.
class File {
   public:
    File(const std::string& path, int flags) : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
        if (descriptor_ < 0) fail(path);
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int descriptor() const { return descriptor_; }

    void write(std::span<const std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written >= 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(written));
            } else if (errno != EINTR) {
                fail(path_);
            }
        }
        if (::fsync(descriptor_) != 0) fail(path_);
    }

   private:
    std::string path_;
    int descriptor_;
};

/// A file's bytes, mapped read-only and shared with whoever else maps it.
class Mapping {
   public:
    explicit Mapping(const std::string& path) {
        const File file(path, O_RDONLY);
        struct stat status {};
        if (::fstat(file.descriptor(), &status) != 0) fail(path);
        if (!S_ISREG(status.st_mode)) {
            errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
            fail(path);
        }
        size_ = static_cast<std::size_t>(status.st_size);
        if (size_ == 0) {
            return;   // nothing to map, and nothing that a lexicon could be
        }
#if defined(MAP_POPULATE)
        constexpr int kFlags = MAP_SHARED | MAP_POPULATE;   // all of it will be looked at, so all pages at once
#else
        constexpr int kFlags = MAP_SHARED;
#endif
        address_ = ::mmap(nullptr, size_, PROT_READ, kFlags, file.descriptor(), 0);
        if (address_ == MAP_FAILED) {
            address_ = nullptr;
            fail(path);
        }
    }
    ~Mapping() {
        if (address_ != nullptr) ::munmap(address_, size_);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(address_), size_}; }

   private:
    void* address_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace

void save(const LexiconView& lexicon, const SymbolsHash& symbols, const std::string& path) {
    const std::vector<std::byte> bytes = saved(lexicon, symbols);
    const std::string beside = path + "." + std::to_string(::getpid()) + ".part";
    try {
        File(beside, O_WRONLY | O_CREAT | O_TRUNC).write(bytes);
        if (std::rename(beside.c_str(), path.c_str()) != 0) fail(path);
    } catch (...) {
        std::remove(beside.c_str());
        throw;
    }
}

SavedLexicon open_lexicon(const std::string& path, bool verify) {
    auto mapping = std::make_shared<const Mapping>(path);
    const std::span<const std::byte> bytes = mapping->bytes();
    return lexicon_in(std::move(mapping), bytes, verify);
}

}  // namespace ocrkit::ctc
