// How much of a request the server takes in.
#pragma once

#include <cstddef>

namespace tidepool::api {

struct RequestLimits {
  std::size_t header_bytes = std::size_t{16}
                             << 10;  ///< request line and header, line ends included; beyond it 431
  std::size_t body_bytes = std::size_t{8} << 20;  ///< without the framing of chunks; beyond it 413
};

}  // namespace tidepool::api
