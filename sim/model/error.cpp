#include "sim/model/error.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "sim/model/service_command.hpp"

namespace tidepool::sim {

std::string code_text(ErrorCode code) { return fmt::format("AS.{:04}", static_cast<int>(code)); }

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(fmt::format("{}:{}: unread error {}: {}", where.file_name(), where.line(),
                                     code_text(error.code), error.message));
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where) {
  throw std::logic_error(
      fmt::format("{}:{}: unread refusal: {}", where.file_name(), where.line(), refusal.message));
}

}  // namespace tidepool::sim
