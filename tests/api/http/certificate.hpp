#pragma once

#include <filesystem>

namespace tidepool::api {

/// Writes a fresh key and a certificate that it signed itself, for "localhost", both as PEM.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace tidepool::api
