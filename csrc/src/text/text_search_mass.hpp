/// The two kinds of number that a text search sums probabilities in.
#pragma once

#include <cmath>
#include <limits>

#include "ocrkit/ctc/types.hpp"

namespace ocrkit::ctc {

/// A probability by its logarithm: slow, and of any size.
struct LogMass {
    double log = -std::numeric_limits<double>::infinity();

    friend LogMass operator*(LogMass a, LogMass b) { return {a.log + b.log}; }
    friend LogMass operator+(LogMass a, LogMass b) { return {log_add(a.log, b.log)}; }
    friend bool operator<(LogMass a, LogMass b) { return a.log < b.log; }
    friend bool operator==(LogMass a, LogMass b) { return a.log == b.log; }
};

template <class Mass>
Mass mass_from_log(double log);

template <>
inline double mass_from_log<double>(double log) {
    return std::exp(log);
}

template <>
inline LogMass mass_from_log<LogMass>(double log) {
    return {log};
}

inline double log_of(double mass) { return std::log(mass); }
inline double log_of(LogMass mass) { return mass.log; }

/// Whether a mass is so small that a double has lost some of it, or may lose some in the next frame.
inline bool is_faint(double mass) { return mass < 1e-200; }
inline bool is_faint(LogMass mass) { return mass.log == -std::numeric_limits<double>::infinity(); }

}  // namespace ocrkit::ctc
