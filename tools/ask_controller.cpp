#include "tools/ask_controller.hpp"

#include <fmt/format.h>

#include <variant>

#include "api/http/post.hpp"
#include "scenarios/controller_json.hpp"
#include "scenarios/trace_rows.hpp"
#include "tools/failure.hpp"

namespace tidepool::tools {

std::optional<sim::Wish> ask_controller(const scenarios::ControllerDeclaration& declared,
                                        const std::string& observation) {
  const api::PostOutcome outcome = api::post_json(declared.url, observation, declared.timeout);
  if (!outcome.problem.empty())
    throw Failure{Exit::InputOutput,
                  fmt::format("{}: no answer from the controller at {}", declared.where, outcome.problem)};
  const auto wish = scenarios::read_wish(outcome.body);
  if (const auto* wrong = std::get_if<std::string>(&wish))
    throw Failure{
        Exit::InputOutput,
        fmt::format("{}: the controller at {} answered {}: {}; expected {}", declared.where, declared.url,
                    scenarios::quoted_piece(outcome.body), *wrong, scenarios::kExpectedWish)};
  return std::get<std::optional<sim::Wish>>(wish);
}

}  // namespace tidepool::tools
