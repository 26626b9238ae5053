// The image service: IMS's cloudimages and Glance's images.
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "api/routes/service_call.hpp"
#include "api/routes/service_images.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

const char* status_text(sim::ImageStatus status) {
  switch (status) {
    case sim::ImageStatus::Active: return "active";
    case sim::ImageStatus::Queued: return "queued";
    case sim::ImageStatus::Unavailable: return "killed";
  }
  return "";
}

object image_view(const ServiceCall& call, std::size_t index) {
  const sim::Image& image = call.region().images[index];
  const std::string made = seconds_text(call.cloud().start());
  return {{"id", image.id},
          {"name", image_name(index)},
          {"status", status_text(image.status)},
          {"created_at", made},
          {"updated_at", made},
          {"min_disk", image.min_disk_gb},
          {"min_ram", image.min_memory_mb},
          {"size", 0},
          {"protected", false},
          {"visibility", "public"},
          {"tags", array{}},
          {"owner", call.tenant.id},
          {"container_format", "bare"},
          {"disk_format", "qcow2"},
          {"checksum", nullptr},
          {"self", "/v2/images/" + image.id},
          {"file", fmt::format("/v2/images/{}/file", image.id)},
          {"schema", "/v2/schemas/image"},
          {"__os_type", "Linux"},
          {"__imagetype", "gold"},
          {"__platform", "Debian"},
          {"__os_version", fmt::format("Debian GNU/Linux 11 {}bit", image.os_bits)},
          {"__os_bit", std::to_string(image.os_bits)},
          {"architecture", image.architecture == sim::Architecture::X86 ? "x86" : "arm"},
          {"__image_source_type", "uds"},
          {"__isregistered", "true"}};
}

Response list_images(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().images.size(); ++i) rows.push_back(image_view(call, i));
  return answer(200, {{"images", asked_for(call, std::move(rows))}, {"schema", "/v2/schemas/images"}});
}

// Glance puts nothing around it.
Response show_image(const ServiceCall& call) {
  const auto id = call.region().find_image(call.text("image_id"));
  if (id == sim::none<sim::ImageId>()) return no_such(call, "image", call.text("image_id"));
  return answer(200, image_view(call, sim::index_of(id)));
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"GET", "/image/v2/cloudimages", "list images", list_images},
    {"GET", "/image/v2/images", "list images", list_images},
    {"GET", "/image/v2/images/{image_id}", "read an image", show_image},
});

}  // namespace

std::string image_name(std::size_t index) {
  return index == 0 ? "Standard_Debian_11_latest" : fmt::format("image-{}", index + 1);
}

Service image_service() { return {ServiceName::Image, kRoutes}; }

}  // namespace tidepool::api
