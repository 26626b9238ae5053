#include "scenarios/import_gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace tidepool::scenarios {

namespace {

sim::Error refused(std::string message) { return {sim::ErrorCode::BodyInvalid, std::move(message)}; }

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // Unpacks one member off the front of `rest`.
  sim::Result<bool> take_member(std::string_view& rest, std::size_t most_bytes, std::string& out) {
    if (!ready_ || inflateReset(&stream_) != Z_OK) return refused("gzip can't be unpacked here");
    std::vector<Bytef> block(std::size_t{1} << 16U);
    int state = Z_OK;
    while (state == Z_OK) {
      const std::size_t given = std::min<std::size_t>(rest.size(), std::numeric_limits<uInt>::max());
      std::vector<Bytef> input(rest.begin(),
                               rest.begin() + static_cast<std::ptrdiff_t>(std::min(given, block.size())));
      stream_.next_in = input.data();
      stream_.avail_in = static_cast<uInt>(input.size());
      stream_.next_out = block.data();
      stream_.avail_out = static_cast<uInt>(block.size());
      state = inflate(&stream_, Z_NO_FLUSH);
      rest.remove_prefix(input.size() - stream_.avail_in);
      out.append(block.begin(),
                 block.begin() + static_cast<std::ptrdiff_t>(block.size() - stream_.avail_out));
      if (out.size() > most_bytes)
        return refused(fmt::format("more than {} bytes unpacked: expected at most that", most_bytes));
    }
    if (state == Z_BUF_ERROR && rest.empty()) return refused("gzip data that is cut off: expected its end");
    if (state != Z_STREAM_END) return refused("broken gzip data");
    return true;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

sim::Result<std::string> gunzip(std::string_view bytes, std::size_t most_bytes) {
  Inflater inflater;
  std::string out;
  // Some tools pad what they write with zeros.
  while (!bytes.empty() && bytes.find_first_not_of('\0') != std::string_view::npos) {
    const auto taken = inflater.take_member(bytes, most_bytes, out);
    if (!taken) return taken.error();
  }
  return out;
}

}  // namespace tidepool::scenarios
