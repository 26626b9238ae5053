// The models with known answers that `tidepool validate-model` plays, and how they are asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model_check.hpp"
#include "sim/model/error.hpp"

namespace tidepool::scenarios {

struct ModelParameter {
  std::string_view name, meaning;
  std::optional<double> otherwise = std::nullopt;  ///< what counts when it is left out; empty: it is needed
  double least = 0, most = 1e12;                   ///< least is excluded when it is 0
  bool whole = false;
};

using ModelValues = std::map<std::string, double, std::less<>>;

struct ModelKind {
  std::string_view name;  ///< "mmc"
  std::string_view what;
  std::vector<ModelParameter> parameters;
  /// A combination that has no answer, such as a load of 1; empty when sound.
  std::string (*fault)(const ModelValues&);
  Experiment (*experiment)(const ModelValues&);
};

const std::vector<ModelKind>& model_kinds();

/// "lambda=8,mu=1,c=10" for a kind; or what is wrong, naming the parameter, its value and what is expected. Spans of
/// time may have units, "720h".
sim::Result<Experiment> read_model(const ModelKind& kind, std::string_view text);

/// What is validated when nothing else is asked for.
struct DefaultModel {
  std::string_view kind, text;
  bool slow = false;  ///< takes a minute or more
};
const std::vector<DefaultModel>& default_models();

// ---- The makers; what they need is checked before. ----

Experiment mmc_experiment(const ModelValues& values);
Experiment mmck_experiment(const ModelValues& values);
Experiment mg1_experiment(const ModelValues& values);
Experiment uniform_experiment(const ModelValues& values);
Experiment mdc_experiment(const ModelValues& values);
Experiment erlang_a_experiment(const ModelValues& values);
Experiment setup_experiment(const ModelValues& values);
Experiment repair_experiment(const ModelValues& values);
Experiment sizing_experiment(const ModelValues& values);
Experiment mtminf_experiment(const ModelValues& values);
Experiment fluid_step_experiment(const ModelValues& values);
// With a whole Cloud (cloud_models.cpp).
Experiment availability_experiment(const ModelValues& values);
Experiment ramp_experiment(const ModelValues& values);
Experiment growth_experiment(const ModelValues& values);

}  // namespace tidepool::scenarios
