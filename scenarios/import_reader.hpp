// What the readers of single formats share: the series they fill, the rows they skip, and the first thing that is wrong.
//
// A reader takes one file after the other. A row that can't be read is skipped and counted; what no series may hold (a
// negative value, a file of another kind) is a failure, after which the reader stops.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/import.hpp"
#include "scenarios/load_json.hpp"
#include "scenarios/trace_time.hpp"

namespace tidepool::scenarios {

using ImportLabels = std::vector<std::pair<std::string, std::string>>;

struct ImportPoint {
  std::int64_t us =
      0;  ///< since 1970; of a naive one on the local clock while a time zone is still to be applied
  Wide atto = 0;
  bool naive = false;
};

struct SourceSeries {
  ImportLabels labels;
  std::vector<ImportPoint> points;  ///< in the order of the files
};

/// `name{label="value", ...}`, or "the values" without labels.
std::string text_of(const ImportLabels& labels);

/// A file, unpacked.
struct ImportText {
  std::string name;
  std::string_view text;
};

/// Where something stands: in a line's column, or at a path of a JSON document (line 0).
struct ImportPlace {
  std::string_view file;
  std::int64_t line = 0;
  std::string_view field;
  std::string text() const;
};

class ImportReader {
 public:
  ImportReader(const ImportOptions& wanted, ImportReport& told) : options(wanted), report(told) {}

  const ImportOptions& options;
  ImportReport& report;

  std::vector<SourceSeries> series;
  /// What values are where the user doesn't say; empty when the files don't tell.
  std::optional<ImportUnit> unit;
  /// Whether points are single events, which add up.
  bool events = false;
  bool failed() const { return !failure.empty(); }
  std::string failure;

  SourceSeries& series_of(const ImportLabels& labels);

  /// The moment that a text tells; empty when the row is skipped.
  std::optional<ImportPoint> time(std::string_view text, const Dialect& dialect, const ImportPlace& place);
  Dialect dialect(char separator) const;
  /// Puts the value into the point; false when the row is skipped, or when all has failed.
  bool value(std::string_view text, bool comma_is_mark, const ImportPlace& place, ImportPoint& point);
  void add(SourceSeries& to, const ImportPoint& point);

  void skip(std::string_view reason, const ImportPlace& place, std::string_view text,
            std::string_view expected);
  void skip(std::string_view reason, std::string first);
  void fail(const ImportPlace& place, std::string_view text, std::string_view expected);
  void fail(std::string message);

  /// The value that --select wants of a label; null when it doesn't name it.
  const std::string* wanted(std::string_view label) const;
  /// Whether all of --select holds for what a row has; a label that it lacks is empty.
  bool selects(const ImportLabels& labels) const;

 private:
  std::map<ImportLabels, std::size_t> places_;
  std::map<std::string, std::size_t, std::less<>> skip_places_;
};

/// The format of a file that nobody named.
ImportFormat detected_format(std::string_view text);

/// All of a JSON document; fails with the first fault.
std::optional<Json> read_json(const ImportText& file, ImportReader& reader);
/// Whether a text is one of the words, whatever the case.
bool same_word(std::string_view a, std::string_view b);

// One of each family of formats; `file` is one of several.
void read_csv_import(const ImportText& file, ImportReader& reader);
void read_bitbrains(const ImportText& file, ImportReader& reader);
void read_cloudwatch(const ImportText& file, ImportReader& reader);
void read_cloud_eye(const ImportText& file, ImportReader& reader);
void read_prometheus(const ImportText& file, ImportReader& reader);
void read_access_log(const ImportText& file, ImportReader& reader);
void read_k6(const ImportText& file, ImportReader& reader);
void read_locust(const ImportText& file, ImportReader& reader);
void read_azure_functions(const ImportText& file, ImportReader& reader);
void read_azure_vm(const ImportText& file, ImportReader& reader);

/// Points to even steps; `reader` has all the files behind it.
ImportResult even_series(ImportReader& reader, ImportReport report);

}  // namespace tidepool::scenarios
