// What happens to an exception that leaves a coroutine which runs on its own: the token for asio::co_spawn.
#pragma once

#include <exception>
#include <string>

#include "exporter/base/log.hpp"

namespace ganesha::exporter {

// Ends the program with one line, where nothing works without the coroutine.
inline void pass_on(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

// One line says that `what` has ended, and the rest goes on.
inline auto log_failure(Log& log, std::string what) {
  return [&log, what = std::move(what)](const std::exception_ptr& failure) {
    try {
      pass_on(failure);
    } catch (const std::exception& error) {
      log.error(what + " has failed", {{"err", error.what()}});
    }
  };
}

}  // namespace ganesha::exporter
