#include "scenarios/student_t.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>

namespace tidepool::scenarios {

TEST_CASE("the quantile of Student's t distribution is the one that Boost.Math reckons", "[student_t]") {
  for (int degrees = 1; degrees <= 10000; degrees += degrees < 200 ? 1 : 97) {
    CAPTURE(degrees);
    const double wanted = boost::math::quantile(boost::math::students_t(degrees), 0.975);
    CHECK(student_t_975(degrees) == Approx(wanted).margin(0.00001));
  }
}

}  // namespace tidepool::scenarios
