// The command line: main.cpp parses it once at the start and does what the result says.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "exporter/model/options.hpp"

namespace ganesha::exporter {

/// The program is to exit at once: print `text` to standard output when `code` is 0, else to standard error.
struct EarlyExit {
  int code = 0;
  std::string text;  ///< with its newline
};

/// The options, or an early exit: the help, the version, or one line about what is wrong (code 1).
/// `version` is the whole text that --version prints, without a newline.
std::variant<Options, EarlyExit> parse_flags(int argc, const char* const* argv, std::string_view version);

}  // namespace ganesha::exporter
