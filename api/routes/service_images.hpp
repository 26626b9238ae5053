// Images by name. The model knows only their ids.
#pragma once

#include <string>

namespace tidepool::api {

/// The image that clients' own tests ask for is the first one: Standard_Debian_11_latest, image-2, ...
std::string image_name(std::size_t index);

}  // namespace tidepool::api
