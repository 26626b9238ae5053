#include "tools/failure.hpp"

#include <cstdio>
#include <string_view>

#include "scenarios/json_writer.hpp"

namespace tidepool::tools {
namespace {

std::string_view code_of(Exit exit) {
  switch (exit) {
    case Exit::Ok: return "ok";
    case Exit::Missed: return "missed";
    case Exit::WrongUse: return "wrong_use";
    case Exit::InputOutput: return "input_output";
    case Exit::Internal: return "internal_error";
    case Exit::Interrupted:
    case Exit::Terminated: return "interrupted";
    case Exit::BrokenPipe: return "broken_pipe";
  }
  return "";
}

std::string as_json(const Failure& failure) {
  scenarios::JsonWriter json;
  json.begin_object();
  json.key("error").begin_object();
  json.key("code").text(failure.code.empty() ? code_of(failure.exit) : failure.code);
  json.key("message").text(failure.message);
  json.key("details").begin_array();
  for (const std::string& each : failure.details) json.text(each);
  json.end_array();
  json.key("hint").text(failure.hint);
  json.end_object();
  json.end_object();
  return json.take();
}

std::string as_text(const Failure& failure) {
  std::string out;
  for (const std::string& each : failure.details) out += each + '\n';
  out += "tidepool: " + failure.message + '\n';
  if (!failure.hint.empty()) out += failure.hint + '\n';
  return out;
}

}  // namespace

void tell(const Failure& failure, ErrorStyle style) {
  if (failure.exit == Exit::BrokenPipe) return;
  const std::string text = style == ErrorStyle::Json ? as_json(failure) : as_text(failure);
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace tidepool::tools
