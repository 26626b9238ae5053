// Gzip, as exports and logs come packed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/model/error.hpp"

namespace tidepool::scenarios {

bool is_gzip(std::string_view bytes);

/// All members of a gzip file, one after the other. Refused: broken or cut data, and more than `most_bytes` unpacked.
sim::Result<std::string> gunzip(std::string_view bytes, std::size_t most_bytes);

}  // namespace tidepool::scenarios
