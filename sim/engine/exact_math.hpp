// Logarithm and exponential that are the same bits everywhere.
//
// std::log and std::exp may differ between versions of the C library. These use only + - * / on doubles, which IEEE 754
// defines to the last bit; this wants -ffp-contract=off.
#pragma once

namespace tidepool::sim {

/// Natural logarithm of a positive, finite `x`, to within 2 units in the last place.
double exact_log(double x);

/// e^x to within 2 units in the last place: 0 below -745, finite always (above 709 it stays at e^709).
double exact_exp(double x);

/// The gamma function of 1 + `x`, x from 0 to 100, to about ten digits: x! for a whole x.
double exact_gamma_of_1_plus(double x);

}  // namespace tidepool::sim
