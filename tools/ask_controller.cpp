#include "tools/ask_controller.hpp"

#include <fmt/format.h>

#include <variant>

#include "api/http/post.hpp"
#include "scenarios/controller_json.hpp"
#include "tools/failure.hpp"

namespace tidepool::tools {

sim::Wish ask_controller(const std::string& url, const std::string& observation) {
  const api::PostOutcome outcome = api::post_json(url, observation);
  if (!outcome.problem.empty())
    throw Failure{Exit::InputOutput, "no answer from the controller at " + outcome.problem};
  const auto wish = scenarios::read_wish(outcome.body);
  if (const auto* wrong = std::get_if<std::string>(&wish))
    throw Failure{Exit::InputOutput,
                  fmt::format("the controller at {} can't be understood: {}", url, *wrong)};
  return std::get<sim::Wish>(wish);
}

}  // namespace tidepool::tools
