#pragma once

#include <cstdint>

namespace tidepool::scenarios {

/// How many standard errors a two-sided 95 % interval reaches to each side: the 0.975 quantile of Student's t
/// distribution. `degrees` of freedom: 1 or more. Good to 0.00001; arithmetic alone, so the same on every machine.
double student_t_975(std::int64_t degrees);

}  // namespace tidepool::scenarios
