// post_json: one JSON question to a server of someone else, and its answer.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace tidepool::api {

struct PostOutcome {
  std::string body;  ///< of an answer with status 200
  std::string
      problem;  ///< why there is none, complete: "http://127.0.0.1:9/: Connection refused"; empty when there is
};

/// `url` is what api/wire/http_url.hpp reads. Waits for the whole answer, of at most 1 MiB, no longer than `patience`. From
/// any thread.
PostOutcome post_json(std::string_view url, std::string_view body,
                      std::chrono::microseconds patience = std::chrono::seconds{10});

}  // namespace tidepool::api
