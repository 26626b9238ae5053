// What notification topics are told of a group, and the tags it carries: what clients attach to a group without any
// effect on how it scales.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/model/topic.hpp"

namespace tidepool::sim {
namespace {

constexpr std::size_t kMostTopics = 5;
constexpr std::size_t kMostTags = 10;

Scene scene_of(const ScalingActivity& action) {
  const bool done = action.status == ActivityStatus::Success;
  if (action.takes_out()) return done ? Scene::ScalingDown : Scene::ScalingDownFail;
  return done ? Scene::ScalingUp : Scene::ScalingUpFail;
}

std::optional<Error> check_keys(const std::vector<Tag>& tags) {
  if (tags.empty()) return Error{ErrorCode::TagsMissing, "tags: empty, expected 1 to 10"};
  for (auto each = tags.begin(); each != tags.end(); ++each) {
    if (auto error = validate(*each)) return error;
    if (std::any_of(tags.begin(), each, [&](const Tag& earlier) { return earlier.key == each->key; }))
      return Error{ErrorCode::TagKeyDuplicate, fmt::format("tags: key {} is named twice", each->key)};
  }
  return {};
}

std::vector<Tag>::iterator tag_of(std::vector<Tag>& tags, const std::string& key) {
  return std::ranges::find(tags, key, &Tag::key);
}

}  // namespace

// ---- Topics ----

Result<void> Cloud::submit(const SubscribeTopic& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  const TopicSubscription& set = request.set;
  if (!is_topic_urn(set.urn))
    return Error{ErrorCode::TopicUnknown, "topic_urn: expected urn:smn:{region}:{project}:{topic}"};
  if (set.scenes.empty()) return Error{ErrorCode::NotificationInvalid, "topic_scene: empty, expected 1 to 5"};
  auto& topics = group(request.group).topics;
  const auto known = std::ranges::find(topics, set.urn, &TopicSubscription::urn);
  if (known == topics.end() && topics.size() >= kMostTopics)
    return Error{
        ErrorCode::NotificationInvalid,
        fmt::format("topic_urn: the group tells {} topics, expected at most {}", topics.size(), kMostTopics)};
  if (known == topics.end())
    topics.push_back(set);
  else
    known->scenes = set.scenes;
  note(request.group, "topic {} is told of {} kinds of events", set.urn, set.scenes.size());
  return {};
}

Result<void> Cloud::submit(const UnsubscribeTopic& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  const auto gone = std::erase_if(group(request.group).topics,
                                  [&](const TopicSubscription& each) { return each.urn == request.urn; });
  if (gone == 0) return Error{ErrorCode::ResourceNotFound, "the group does not tell this topic"};
  note(request.group, "topic {} is told no longer", request.urn);
  return {};
}

void Cloud::tell_end(ScalingActivityId id) { tell(activity(id).group, scene_of(activity(id)), id); }

void Cloud::tell(AsGroupId id, Scene scene, ScalingActivityId log) {
  const AsGroup& g = group(id);
  for (const TopicSubscription& each : g.topics) {
    if (std::ranges::find(each.scenes, scene) == each.scenes.end()) continue;
    TopicMessage message{now(), id, each.urn};
    message.scene = scene;
    message.activity = log;
    message.detail = g.detail;
    topic_messages_.push_back(std::move(message));
  }
}

// ---- Tags ----

// Kept once for all ECSs that are made before the tags change again.
std::uint32_t Cloud::present_tag_set(AsGroupId id) {
  AsGroup& g = group(id);
  if (g.tag_set == 0 && !g.tags.empty()) {
    g.tag_set = static_cast<std::uint32_t>(tag_sets_.size());
    tag_sets_.push_back(g.tags);
  }
  return g.tag_set;
}

Result<void> Cloud::submit(const ChangeTags& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  if (auto error = check_keys(request.tags)) return *std::move(error);
  auto& tags = group(request.group).tags;
  if (request.change == TagChange::Delete) {
    for (const Tag& each : request.tags)
      std::erase_if(tags, [&](const Tag& there) { return there.key == each.key; });
    group(request.group).tag_set = 0;
    note(request.group, "tags removed, {} are left", tags.size());
    return {};
  }
  // The newest ones are shown first; a key that is there keeps its place.
  std::vector<Tag> changed = tags;
  auto place = changed.begin();
  for (const Tag& each : request.tags) {
    const auto known = tag_of(changed, each.key);
    if (known == changed.end())
      place = std::next(changed.insert(place, each));
    else
      known->value = each.value;
  }
  if (changed.size() > kMostTags)
    return Error{ErrorCode::TooManyTags, fmt::format("tags: the group would have {}, expected at most {}",
                                                     changed.size(), kMostTags)};
  tags = std::move(changed);
  group(request.group).tag_set = 0;
  note(request.group, "tagged, {} tags are there", tags.size());
  return {};
}

}  // namespace tidepool::sim
