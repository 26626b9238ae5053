#include "sim/model/records.hpp"

namespace tidepool::sim {

const char* text_of(ResourceKind kind) { return kind == ResourceKind::Eip ? "eip" : "data_disk"; }

}  // namespace tidepool::sim
