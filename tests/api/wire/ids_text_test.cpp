#include "api/wire/ids_text.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cctype>
#include <set>
#include <string>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace sim;

std::string upper(std::string text) {
  for (char& each : text) each = static_cast<char>(std::toupper(static_cast<unsigned char>(each)));
  return text;
}

std::uint32_t any_index() {
  return *rc::gen::suchThat(rc::gen::arbitrary<std::uint32_t>(),
                            [](std::uint32_t i) { return i != 0xffffffff; });
}

TEST_CASE("an id is a lower-case UUID of version 4", "[wire]") {
  const IdText ids{1};
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::string text = ids.text(AsGroupId{i});
    CAPTURE(text);
    REQUIRE(text.size() == 36);
    CHECK(has_uuid_shape(text));
    CHECK(text.find_first_not_of("0123456789abcdef-") == std::string::npos);
    CHECK(text[14] == '4');
    CHECK(std::string{"89ab"}.find(text[19]) != std::string::npos);
  }
}

TEST_CASE("ids stay as they are from one version to the next", "[wire]") {
  // Recorded runs and scripts hold these texts.
  const IdText ids{1};
  CHECK(ids.text(AsGroupId{0}) == "2782d15e-ae33-4fdc-b024-6d1d496b2c6d");
  CHECK(ids.text(AsConfigurationId{0}) == "f61fe7f6-69b0-43a6-a53f-b667dabb0bd6");
  CHECK(ids.text(AlarmRuleId{0}) == "al15912860428149zmJFw1PD");
  CHECK(ids.name_suffix(InstanceId{0}) == "A0RD1WNH");
}

TEST_CASE("every id can be read back, in either case, whatever the seed", "[wire]") {
  const bool holds = rc::check([](std::uint64_t seed) {
    const IdText ids{seed};
    const std::uint32_t i = any_index();
    RC_ASSERT(ids.group(ids.text(AsGroupId{i})) == AsGroupId{i});
    RC_ASSERT(ids.configuration(upper(ids.text(AsConfigurationId{i}))) == AsConfigurationId{i});
    RC_ASSERT(ids.policy(ids.text(AsPolicyId{i})) == AsPolicyId{i});
    RC_ASSERT(ids.activity(ids.text(ScalingActivityId{i})) == ScalingActivityId{i});
    RC_ASSERT(ids.execution(ids.text(PolicyExecutionId{i})) == PolicyExecutionId{i});
    RC_ASSERT(ids.hook_wait(ids.text(HookWaitId{i})) == HookWaitId{i});
    RC_ASSERT(ids.instance(ids.text(InstanceId{i})) == InstanceId{i});
    RC_ASSERT(ids.bandwidth(ids.text(BandwidthId{i})) == BandwidthId{i});
    RC_ASSERT(ids.alarm_rule(ids.text(AlarmRuleId{i})) == AlarmRuleId{i});
  });
  CHECK(holds);
}

TEST_CASE("an id of another kind, another run or another maker is unknown", "[wire]") {
  const bool holds = rc::check([](std::uint64_t seed) {
    const IdText ids{seed}, others{seed + 1};
    const std::uint32_t i = any_index();
    RC_ASSERT(ids.group(ids.text(AsPolicyId{i})) == none<AsGroupId>());
    RC_ASSERT(ids.policy(ids.text(AsGroupId{i})) == none<AsPolicyId>());
    RC_ASSERT(ids.group(others.text(AsGroupId{i})) == none<AsGroupId>());
    RC_ASSERT(ids.alarm_rule(others.text(AlarmRuleId{i})) == none<AlarmRuleId>());
  });
  CHECK(holds);
  CHECK(IdText{1}.group("7f3c1d2e-9a8b-4c5d-8e6f-0a1b2c3d4e5f") == none<AsGroupId>());
}

TEST_CASE("a text with one character changed is no id", "[wire]") {
  const bool holds = rc::check([](std::uint64_t seed) {
    const IdText ids{seed};
    const std::uint32_t i = any_index();
    std::string group = ids.text(AsGroupId{i}), rule = ids.text(AlarmRuleId{i});
    char& in_group = group[*rc::gen::inRange<std::size_t>(0, group.size())];
    in_group = in_group == '1' ? '2' : '1';
    char& in_rule = rule[*rc::gen::inRange<std::size_t>(0, rule.size())];
    in_rule = in_rule == '1' ? '2' : '1';
    RC_ASSERT(ids.group(group) == none<AsGroupId>());
    RC_ASSERT(ids.alarm_rule(rule) == none<AlarmRuleId>());
  });
  CHECK(holds);
}

TEST_CASE("text of another shape is no id", "[wire]") {
  const IdText ids{1};
  const std::string good = ids.text(AsGroupId{0});
  for (const std::string& each :
       {std::string{}, good.substr(1), good + "0", std::string(36, '-'), std::string(36, '0'),
        "{" + good.substr(0, 34) + "}", std::string(36, '\0'), std::string(100'000, 'a')})
    CHECK(ids.group(each) == none<AsGroupId>());
  for (const std::string& each :
       {std::string{}, std::string{"al"}, std::string(24, 'a'), "AL" + std::string(22, '0')})
    CHECK(ids.alarm_rule(each) == none<AlarmRuleId>());
}

TEST_CASE("no two things of a run share a text", "[wire]") {
  const IdText ids{7};
  std::set<std::string> seen;
  constexpr std::uint32_t kMany = 3000;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    seen.insert(ids.text(AsGroupId{i}));
    seen.insert(ids.text(AsConfigurationId{i}));
    seen.insert(ids.text(AsPolicyId{i}));
    seen.insert(ids.text(ScalingActivityId{i}));
    seen.insert(ids.text(PolicyExecutionId{i}));
    seen.insert(ids.text(HookWaitId{i}));
    seen.insert(ids.text(InstanceId{i}));
    seen.insert(ids.text(AlarmRuleId{i}));
    seen.insert(ids.name_suffix(InstanceId{i}));
  }
  CHECK(seen.size() == 9 * kMany);
}

TEST_CASE("an alarm rule is al, 13 digits and 9 letters or digits, case-sensitive", "[wire]") {
  const IdText ids{1};
  for (std::uint32_t i = 0; i < 1000; ++i) CHECK(has_alarm_rule_shape(ids.text(AlarmRuleId{i})));
  CHECK(has_alarm_rule_shape("al1513822380493GvlJKZwA8"));
  CHECK_FALSE(has_alarm_rule_shape("al151382238049XGvlJKZwA8"));
  CHECK_FALSE(has_alarm_rule_shape("al1513822380493GvlJKZwA"));
  CHECK_FALSE(has_alarm_rule_shape("al1513822380493GvlJKZw-8"));
  CHECK_FALSE(has_alarm_rule_shape("xl1513822380493GvlJKZwA8"));
  CHECK(ids.alarm_rule(upper(ids.text(AlarmRuleId{0}))) == none<AlarmRuleId>());
}

TEST_CASE("the suffix of an ECS's name has 8 characters of [0-9A-Z] (AS API reference)", "[wire]") {
  const IdText ids{1};
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::string suffix = ids.name_suffix(InstanceId{i});
    CHECK(suffix.size() == 8);
    CHECK(suffix.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
  }
  CHECK(ids.name_suffix(InstanceId{0xfffffffe}).size() == 8);
}

TEST_CASE("a UUID may hold letters beyond f, as the service's samples do", "[wire]") {
  CHECK(has_uuid_shape("0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001"));
  CHECK(has_uuid_shape("0f8d7z3c-6d1a-4a1b-8a39-55c3c9d5e00z"));
  CHECK_FALSE(has_uuid_shape("0f8d7a3c6d1a4a1b8a3955c3c9d5e001"));
  CHECK_FALSE(has_uuid_shape("0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e0_1"));
}

TEST_CASE("an ECS of the service is named after its configuration, one added by hand keeps id and name",
          "[wire]") {
  Cloud cloud = support::a_cloud();
  support::GroupSpec spec;
  spec.desire = 1;
  const AsGroupId group = support::grown_group(cloud, spec);
  const InstanceId made = support::newest_member(cloud, group);
  CHECK(instance_text(cloud, made) == IdText{cloud.seed()}.text(made));
  CHECK(instance_name(cloud, made) == "conf-" + IdText{cloud.seed()}.name_suffix(made));
  CHECK(find_instance(cloud, instance_text(cloud, made)) == made);

  const ServerId server = support::server_in(support::kZoneA);
  CHECK(find_instance(cloud, "server-0-0") == none<InstanceId>());
  support::add_servers(cloud, group, {server});
  const InstanceId added = support::newest_member(cloud, group);
  REQUIRE(added != made);
  CHECK(instance_text(cloud, added) == "server-0-0");
  CHECK(instance_name(cloud, added) == "server-0-0");
  CHECK(find_instance(cloud, "server-0-0") == added);
  CHECK(find_instance(cloud, IdText{cloud.seed()}.text(added)) == none<InstanceId>());
  CHECK(find_instance(cloud, "no-such-server") == none<InstanceId>());
  CHECK(find_instance(cloud, IdText{cloud.seed()}.text(InstanceId{99})) == none<InstanceId>());
}

}  // namespace
}  // namespace tidepool::api
