#include "scenarios/load_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <set>

namespace tidepool::scenarios {
namespace {

// Boost.JSON finds the parts; the tree keeps their order and spelling.
class TreeBuilder {
 public:
  // Boost.JSON's names for what it asks of a handler.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();  // NOLINT(*-naming)
  static constexpr std::size_t max_array_size = max_object_size;                           // NOLINT(*-naming)
  static constexpr std::size_t max_key_size = max_object_size;                             // NOLINT(*-naming)
  static constexpr std::size_t max_string_size = max_object_size;                          // NOLINT(*-naming)
  using Text = boost::json::string_view;
  using Code = boost::json::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(Json::Kind::Object); }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_array_begin(Code&) { return open(Json::Kind::Array); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(Text part, std::size_t, Code&) { return gather(part); }
  bool on_key(Text part, std::size_t, Code&) {
    gather(part);
    open_.back().members.push_back({std::move(gathered_), {}});
    gathered_.clear();
    return true;
  }
  bool on_string_part(Text part, std::size_t, Code&) { return gather(part); }
  bool on_string(Text part, std::size_t, Code&) { return put(Json::Kind::Text, part); }
  bool on_number_part(Text part, Code&) { return gather(part); }
  bool on_int64(std::int64_t, Text part, Code&) { return put(Json::Kind::Number, part); }
  bool on_uint64(std::uint64_t, Text part, Code&) { return put(Json::Kind::Number, part); }
  bool on_double(double, Text part, Code&) { return put(Json::Kind::Number, part); }
  bool on_bool(bool value, Code&) { return put_value({Json::Kind::Boolean, value, {}, {}, {}}); }
  bool on_null(Code&) { return put_value({}); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  Json root;

 private:
  bool gather(Text part) {
    gathered_.append(part.data(), part.size());
    return true;
  }
  bool open(Json::Kind kind) {
    open_.push_back({kind, false, {}, {}, {}});
    return true;
  }
  bool close() {
    Json done = std::move(open_.back());
    open_.pop_back();
    return put_value(std::move(done));
  }
  bool put(Json::Kind kind, Text part) {
    gather(part);
    Json value{kind, false, std::move(gathered_), {}, {}};
    gathered_.clear();
    return put_value(std::move(value));
  }
  bool put_value(Json value) {
    if (open_.empty())
      root = std::move(value);
    else if (open_.back().kind == Json::Kind::Array)
      open_.back().items.push_back(std::move(value));
    else
      open_.back().members.back().value = std::move(value);
    return true;
  }

  std::vector<Json> open_;
  std::string gathered_;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// "line 3, column 5: not JSON at 'foo'". Columns count characters.
void complain_of_syntax(std::string_view text, std::size_t at, std::string_view what,
                        Complaints& complaints) {
  at = std::min(at, text.size());
  while (at < text.size() && is_blank(text[at])) ++at;
  const std::string_view before = text.substr(0, at);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 when there is none.
  const std::size_t column = characters_in(before.substr(line_start)) + 1;
  std::string_view rest = text.substr(at);
  rest = rest.substr(0, std::min<std::size_t>(rest.find('\n'), 20));
  if (!rest.empty() && !begins_with_character(rest)) what = "not UTF-8";
  const std::string found = rest.empty() ? "the end of the file" : shown(rest, '\'');
  complaints.add("", fmt::format("line {}, column {}: {} at {}", line, column, what, found));
}

std::string_view reason(const boost::json::error_code& code) {
  using boost::json::error;
  if (code == error::incomplete) return "unfinished JSON";
  if (code == error::too_deep) return "more than 32 levels of brackets";
  if (code == error::exponent_overflow) return "a number with a huge exponent";
  return "not JSON";
}

void complain_of_duplicates(const Json& value, const std::string& path, Complaints& complaints) {
  std::set<std::string_view> seen;
  for (const Json::Member& each : value.members) {
    const bool twice = !seen.insert(each.key).second;
    if (!twice && each.value.kind < Json::Kind::Array) continue;
    const std::string below = path_of_member(path, each.key);
    if (twice) complaints.add(below, "key given twice");
    complain_of_duplicates(each.value, below, complaints);
  }
  for (std::size_t i = 0; i < value.items.size(); ++i)
    if (value.items[i].kind >= Json::Kind::Array)
      complain_of_duplicates(value.items[i], fmt::format("{}[{}]", path, i), complaints);
}

void append(std::string& out, const Json& value);

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20U)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  out += '"';
}

template <class Items, class Append>
void append_list(std::string& out, const char* brackets, const Items& items, Append append_one) {
  out += brackets[0];
  for (const auto& each : items) {
    if (&each != &items.front()) out += ',';
    append_one(each);
  }
  out += brackets[1];
}

void append(std::string& out, const Json& value) {
  switch (value.kind) {
    case Json::Kind::Null: out += "null"; return;
    case Json::Kind::Boolean: out += value.boolean ? "true" : "false"; return;
    case Json::Kind::Number: out += value.text; return;
    case Json::Kind::Text: append_text(out, value.text); return;
    case Json::Kind::Array:
      append_list(out, "[]", value.items, [&](const Json& each) { append(out, each); });
      return;
    case Json::Kind::Object:
      append_list(out, "{}", value.members, [&](const Json::Member& each) {
        append_text(out, each.key);
        out += ':';
        append(out, each.value);
      });
      return;
  }
}

}  // namespace

const Json* Json::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &found->value;
}

std::optional<Json> parse_json(std::string_view text, Complaints& complaints, std::size_t most_bytes) {
  if (text.size() > most_bytes) {
    complaints.add("", fmt::format("{} bytes, expected at most {}", text.size(), most_bytes));
    return std::nullopt;
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  options.allow_comments = options.allow_trailing_commas = true;
  boost::json::basic_parser<TreeBuilder> parser(options);
  boost::json::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (code || used < text.size()) {
    complain_of_syntax(text, used, code ? reason(code) : "more text after the JSON value", complaints);
    return std::nullopt;
  }
  Json root = std::move(parser.handler().root);
  complain_of_duplicates(root, "", complaints);
  return root;
}

std::string to_text(const Json& value) {
  std::string text;
  append(text, value);
  return text;
}

std::string path_of_member(std::string_view path, std::string_view key) {
  return path.empty() ? printable(key) : fmt::format("{}.{}", path, printable(key));
}

std::string shown(const Json& value) {
  switch (value.kind) {
    case Json::Kind::Array: return "an array";
    case Json::Kind::Object: return "an object";
    case Json::Kind::Text: return shown(std::string_view(value.text));
    default: return printable(to_text(value));
  }
}

}  // namespace tidepool::scenarios
