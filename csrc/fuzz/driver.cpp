/// A main() for compilers without libFuzzer: replays the files that are named, or `--random COUNT [SEED]` inputs.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run_random(long count, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> bytes;
    for (long i = 0; i < count; ++i) {
        bytes.resize(random() % 96);
        // Half of the inputs keep to bytes that stand for ordinary values, so that not all are refused as nonsense.
        const std::uint32_t range = i % 2 == 0 ? 256 : 253;
        for (std::uint8_t& byte : bytes) {
            byte = static_cast<std::uint8_t>(random() % range);
        }
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    std::cout << count << " random inputs\n";
}

bool replay(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::cerr << "cannot read " << path << '\n';
        return false;
    }
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() >= 2 && arguments[0] == "--random") {
        const unsigned long seed = arguments.size() > 2 ? std::stoul(arguments[2]) : 0;
        run_random(std::stol(arguments[1]), static_cast<std::uint32_t>(seed));
        return 0;
    }
    bool all = !arguments.empty();
    for (const std::string& path : arguments) {
        all = replay(path) && all;
    }
    return all ? 0 : 1;
}
