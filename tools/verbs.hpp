// The verbs of the program. Each `add_` declares one to the command line parser; help texts are written by hand.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "tools/failure.hpp"

namespace tidepool::tools {

struct Verb {
  CLI::App* parser = nullptr;
  std::string_view help;
  std::function<Exit()> run;  ///< after parsing; throws Failure
};

Verb add_compare(CLI::App& program);
Verb add_diff(CLI::App& program);
Verb add_explain(CLI::App& program);
Verb add_import(CLI::App& program);
Verb add_report(CLI::App& program);
Verb add_run(CLI::App& program);
Verb add_serve(CLI::App& program);
Verb add_validate(CLI::App& program);
Verb add_validate_model(CLI::App& program);
Verb add_version(CLI::App& program);
Verb add_whatif(CLI::App& program);

/// "tidepool 0.1.0 (commit ...)" and what it was built with.
std::string version_text();

}  // namespace tidepool::tools
