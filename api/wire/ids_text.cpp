#include "api/wire/ids_text.hpp"

#include <cassert>
#include <optional>

namespace tidepool::api {
namespace {

// A Feistel network: the halves take turns in being scrambled by the other one, so it can be run backwards whatever the
// scrambling function is, and it maps all pairs of halves onto all pairs of halves.
using Keys = std::array<std::uint64_t, 6>;
struct Halves {
  std::uint64_t left = 0, right = 0;
};

constexpr std::uint64_t mask(int bits) { return (std::uint64_t{1} << bits) - 1; }

// The last step of SplitMix64: each bit of the input sways each bit of the output.
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

Halves encipher(Halves h, int half_bits, const Keys& keys) {
  for (const std::uint64_t key : keys) h = {h.right, h.left ^ (mix(h.right + key) & mask(half_bits))};
  return h;
}

Halves decipher(Halves h, int half_bits, const Keys& keys) {
  for (auto key = keys.rbegin(); key != keys.rend(); ++key)
    h = {h.right ^ (mix(h.left + *key) & mask(half_bits)), h.left};
  return h;
}

// ---- UUIDs: 122 free bits as two halves of 61 ----

constexpr int kUuidHalf = 61;
enum class Kind : std::uint64_t {
  Group = 1,
  Configuration,
  Policy,
  Activity,
  Execution,
  Instance,
  AlarmRule,
  HookWait,
  Bandwidth
};

// What the half without kind and index holds. A foreign text deciphers to something else, but for one in 2^61.
std::uint64_t constant_of(std::uint64_t seed, Kind kind) {
  return mix(mix(seed) + static_cast<std::uint64_t>(kind)) & mask(kUuidHalf);
}

std::uint64_t packed(Kind kind, std::size_t index) { return static_cast<std::uint64_t>(kind) << 32 | index; }

constexpr bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

std::string uuid_text(Halves h) {
  // Version 4 in the upper word and the variant in the lower one; 60 and 62 bits are left.
  const std::uint64_t upper60 = h.left >> 1;
  const std::uint64_t upper = (upper60 >> 12 << 16) | 0x4000 | (upper60 & 0xFFF);
  const std::uint64_t lower = std::uint64_t{1} << 63 | (h.left & 1) << 61 | h.right;
  std::string text(36, '-');
  int shift = 128;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_dash_place(at)) continue;
    shift -= 4;
    text[at] = "0123456789abcdef"[(shift >= 64 ? upper >> (shift - 64) : lower >> shift) & 0xF];
  }
  return text;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Halves> read_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::uint64_t upper = 0, lower = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int digit = is_dash_place(at) ? (text[at] == '-' ? 0 : -1) : digit_of(text[at]);
    if (digit < 0) return std::nullopt;
    if (is_dash_place(at)) continue;
    upper = upper << 4 | lower >> 60;
    lower = lower << 4 | static_cast<std::uint64_t>(digit);
  }
  if ((upper >> 12 & 0xF) != 4 || lower >> 62 != 2) return std::nullopt;
  const std::uint64_t upper60 = upper >> 16 << 12 | (upper & 0xFFF);
  return Halves{upper60 << 1 | (lower >> 61 & 1), lower & mask(kUuidHalf)};
}

std::string uuid_of(Kind kind, std::size_t index, std::uint64_t seed, const Keys& keys) {
  assert(index < 0xFFFFFFFF);
  return uuid_text(encipher({constant_of(seed, kind), packed(kind, index)}, kUuidHalf, keys));
}

template <class Id>
Id id_behind(std::string_view text, Kind kind, std::uint64_t seed, const Keys& keys) {
  const auto read = read_uuid(text);
  if (!read) return sim::none<Id>();
  const Halves plain = decipher(*read, kUuidHalf, keys);
  if (plain.left != constant_of(seed, kind) || plain.right >> 32 != static_cast<std::uint64_t>(kind))
    return sim::none<Id>();
  return sim::id_at<Id>(plain.right & mask(32));
}

// ---- Short texts: digits of another base, least one last ----

constexpr std::string_view kAlphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Puts the last digits of `value` over the end of `text`, from `begin` on.
void put_digits(std::string& text, std::size_t begin, std::uint64_t value, std::uint64_t base) {
  for (std::size_t at = text.size(); at > begin; value /= base) text[--at] = kAlphanumerics[value % base];
}

// An alarm rule's 9 characters hold 52 bits: the index, and 20 more by which a foreign text is recognised.
constexpr int kAlarmHalf = 26;
constexpr int kNameHalf = 20;

std::uint64_t alarm_tag(std::uint64_t seed) { return constant_of(seed, Kind::AlarmRule) & mask(20); }

}  // namespace

IdText::IdText(std::uint64_t seed) : seed_(seed), round_keys_{} {
  std::uint64_t state = seed;
  for (std::uint64_t& each : round_keys_) each = mix(state += 0x9E3779B97F4A7C15);
}

std::string IdText::text(sim::AsGroupId id) const {
  return uuid_of(Kind::Group, sim::index_of(id), seed_, round_keys_);
}
std::string IdText::text(sim::AsConfigurationId id) const {
  return uuid_of(Kind::Configuration, sim::index_of(id), seed_, round_keys_);
}
std::string IdText::text(sim::AsPolicyId id) const {
  return uuid_of(Kind::Policy, sim::index_of(id), seed_, round_keys_);
}
std::string IdText::text(sim::ScalingActivityId id) const {
  return uuid_of(Kind::Activity, sim::index_of(id), seed_, round_keys_);
}
std::string IdText::text(sim::PolicyExecutionId id) const {
  return uuid_of(Kind::Execution, sim::index_of(id), seed_, round_keys_);
}
std::string IdText::text(sim::InstanceId id) const {
  return uuid_of(Kind::Instance, sim::index_of(id), seed_, round_keys_);
}

std::string IdText::text(sim::HookWaitId id) const {
  return uuid_of(Kind::HookWait, sim::index_of(id), seed_, round_keys_);
}

std::string IdText::text(sim::BandwidthId id) const {
  return uuid_of(Kind::Bandwidth, sim::index_of(id), seed_, round_keys_);
}

std::string IdText::text(sim::AlarmRuleId id) const {
  const std::uint64_t plain = alarm_tag(seed_) << 32 | sim::index_of(id);
  const Halves h = encipher({plain >> kAlarmHalf, plain & mask(kAlarmHalf)}, kAlarmHalf, round_keys_);
  const std::uint64_t cipher = h.left << kAlarmHalf | h.right;
  std::string text(24, 'l');
  put_digits(text, 15, cipher, 62);
  std::string_view{"a"}.copy(text.data(), 1);
  // Moments between 2017 and 2027.
  std::string digits(13, '0');
  put_digits(digits, 0, 1'500'000'000'000 + mix(cipher) % 300'000'000'000, 10);
  digits.copy(text.data() + 2, digits.size());
  return text;
}

std::string IdText::name_suffix(sim::InstanceId id) const {
  const std::uint64_t plain = sim::index_of(id);
  const Halves h = encipher({plain >> kNameHalf, plain & mask(kNameHalf)}, kNameHalf, round_keys_);
  std::string suffix(8, '0');
  put_digits(suffix, 0, h.left << kNameHalf | h.right, 36);
  return suffix;
}

sim::AsGroupId IdText::group(std::string_view text) const {
  return id_behind<sim::AsGroupId>(text, Kind::Group, seed_, round_keys_);
}
sim::AsConfigurationId IdText::configuration(std::string_view text) const {
  return id_behind<sim::AsConfigurationId>(text, Kind::Configuration, seed_, round_keys_);
}
sim::AsPolicyId IdText::policy(std::string_view text) const {
  return id_behind<sim::AsPolicyId>(text, Kind::Policy, seed_, round_keys_);
}
sim::ScalingActivityId IdText::activity(std::string_view text) const {
  return id_behind<sim::ScalingActivityId>(text, Kind::Activity, seed_, round_keys_);
}
sim::PolicyExecutionId IdText::execution(std::string_view text) const {
  return id_behind<sim::PolicyExecutionId>(text, Kind::Execution, seed_, round_keys_);
}
sim::InstanceId IdText::instance(std::string_view text) const {
  return id_behind<sim::InstanceId>(text, Kind::Instance, seed_, round_keys_);
}
sim::HookWaitId IdText::hook_wait(std::string_view text) const {
  return id_behind<sim::HookWaitId>(text, Kind::HookWait, seed_, round_keys_);
}

sim::BandwidthId IdText::bandwidth(std::string_view text) const {
  return id_behind<sim::BandwidthId>(text, Kind::Bandwidth, seed_, round_keys_);
}

sim::AlarmRuleId IdText::alarm_rule(std::string_view given) const {
  const auto unknown = sim::none<sim::AlarmRuleId>();
  if (!has_alarm_rule_shape(given)) return unknown;
  std::uint64_t cipher = 0;
  for (const char each : given.substr(15)) cipher = cipher * 62 + kAlphanumerics.find(each);
  if (cipher >> (2 * kAlarmHalf) != 0) return unknown;
  const Halves h = decipher({cipher >> kAlarmHalf, cipher & mask(kAlarmHalf)}, kAlarmHalf, round_keys_);
  const std::uint64_t plain = h.left << kAlarmHalf | h.right;
  const auto id = sim::id_at<sim::AlarmRuleId>(plain & mask(32));
  return plain >> 32 == alarm_tag(seed_) && text(id) == given ? id : unknown;
}

// ---- Instances ----

std::string server_text(const sim::Cloud& cloud, sim::ServerId id) {
  const sim::Server& server = cloud.region().server(id);
  return server.made_as == sim::none<sim::InstanceId>() ? server.id : instance_text(cloud, server.made_as);
}

std::string server_name(const sim::Cloud& cloud, sim::ServerId id) {
  const sim::Server& server = cloud.region().server(id);
  const bool has_own = server.made_as == sim::none<sim::InstanceId>() || !server.name.empty();
  return has_own ? server.name : instance_name(cloud, server.made_as);
}

sim::ServerId find_server(const sim::Cloud& cloud, std::string_view text) {
  const sim::InstanceId made = IdText{cloud.seed()}.instance(text);
  const auto all = cloud.all_instances();
  return sim::index_of(made) < all.size() ? all[sim::index_of(made)].kept_as
                                          : cloud.region().find_server(text);
}

std::string instance_text(const sim::Cloud& cloud, sim::InstanceId id) {
  const sim::Instance& instance = cloud.all_instances()[sim::index_of(id)];
  return instance.is_manual() ? server_text(cloud, instance.server) : IdText{cloud.seed()}.text(id);
}

std::string instance_name(const sim::Cloud& cloud, sim::InstanceId id) {
  const sim::Instance& instance = cloud.all_instances()[sim::index_of(id)];
  if (instance.is_manual()) return server_name(cloud, instance.server);
  const std::string& prefix = cloud.all_configurations()[sim::index_of(instance.configuration)].name;
  return prefix + '-' + IdText{cloud.seed()}.name_suffix(id);
}

sim::InstanceId find_instance(const sim::Cloud& cloud, std::string_view text) {
  const sim::InstanceId made = IdText{cloud.seed()}.instance(text);
  const auto all = cloud.all_instances();
  const sim::InstanceId member = cloud.member_of(find_server(cloud, text));
  const bool is_made = sim::index_of(made) < all.size() && !all[sim::index_of(made)].is_manual();
  return is_made && member == sim::none<sim::InstanceId>() ? made : member;
}

// ---- Shapes ----

bool has_uuid_shape(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool fits =
        is_dash_place(at) ? text[at] == '-' : kAlphanumerics.find(text[at]) != std::string_view::npos;
    if (!fits) return false;
  }
  return true;
}

bool has_alarm_rule_shape(std::string_view text) {
  if (text.size() != 24 || !text.starts_with("al")) return false;
  const auto digits = text.substr(2, 13), end = text.substr(15);
  return digits.find_first_not_of("0123456789") == std::string_view::npos &&
         end.find_first_not_of(kAlphanumerics) == std::string_view::npos;
}

}  // namespace tidepool::api
