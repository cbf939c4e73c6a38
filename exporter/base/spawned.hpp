// Completion handlers for asio::co_spawn: what to do with an exception that leaves a coroutine.
#pragma once

#include <exception>
#include <string>

#include "exporter/base/log.hpp"

namespace ganesha::exporter {

// Throws it on, which ends the program. For coroutines without which the program cannot work.
inline void pass_on(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

// Logs that `what` has failed. For coroutines without which the rest of the program works.
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
