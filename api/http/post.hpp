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

/// `url` is "http://host[:port][/path]". Waits for the whole answer, of at most 1 MiB, no longer than `patience`.
PostOutcome post_json(std::string_view url, std::string_view body,
                      std::chrono::milliseconds patience = std::chrono::seconds{10});

/// Whether `post_json` can make sense of it.
bool is_http_url(std::string_view url);

}  // namespace tidepool::api
