/// Just enough of a test framework, with main(): include it in one file a program.
#pragma once

#include <cmath>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace ocrkit::check {

struct Test {
    const char* name;
    void (*run)();
};

inline std::vector<Test> tests;
inline int failures = 0;

inline bool add(const char* name, void (*run)()) {
    tests.push_back({name, run});
    return true;
}

inline void expect(bool holds, const std::string& what, const char* file, int line) {
    if (!holds) {
        ++failures;
        std::cerr << file << ':' << line << ": not so: " << what << '\n';
    }
}

inline void expect_near(double got, double wanted, double tolerance, const char* what, const char* file, int line) {
    // Equal infinities are near, and NaN is near nothing.
    expect(got == wanted || std::abs(got - wanted) <= tolerance,
           std::string(what) + ": got " + std::to_string(got) + ", wanted " + std::to_string(wanted), file, line);
}

template <class Error, class Call>
void expect_throw(Call&& call, const std::string& part, const char* file, int line) {
    try {
        call();
        expect(false, "throws", file, line);
    } catch (const Error& error) {
        expect(std::string(error.what()).find(part) != std::string::npos,
               std::string("'") + error.what() + "' says '" + part + "'", file, line);
    }
}

}  // namespace ocrkit::check

/// TEST(what_it_does) { CHECK(...); }
#define TEST(name)                                                       \
    static void name();                                                  \
    static const bool name##_is_added = ocrkit::check::add(#name, name); \
    static void name()
#define CHECK(condition) ocrkit::check::expect((condition), #condition, __FILE__, __LINE__)
#define CHECK_NEAR(got, wanted, tolerance) \
    ocrkit::check::expect_near((got), (wanted), (tolerance), #got, __FILE__, __LINE__)
/// Checks that an expression throws this error, and that its message holds `part`.
#define CHECK_THROWS(Error, expression, part) \
    ocrkit::check::expect_throw<Error>([&] { static_cast<void>(expression); }, part, __FILE__, __LINE__)

int main() {
    for (const ocrkit::check::Test& test : ocrkit::check::tests) {
        const int before = ocrkit::check::failures;
        try {
            test.run();
        } catch (const std::exception& error) {
            ocrkit::check::expect(false, std::string("threw ") + error.what(), test.name, 0);
        }
        std::cout << (ocrkit::check::failures == before ? "ok      " : "FAILED  ") << test.name << '\n';
    }
    return ocrkit::check::failures == 0 ? 0 : 1;
}
