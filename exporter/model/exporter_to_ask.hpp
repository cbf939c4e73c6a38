// The running exporter that --healthcheck and `top` ask. cli fills it; main.cpp makes a client of it.
#pragma once

#include <optional>
#include <string>

#include "exporter/base/exporter_address.hpp"

namespace ganesha::exporter {

/// Empty where no flag was given. The files are PEM; the password stands alone in its file.
struct ExporterToAsk {
  std::optional<ExporterAddress> address;  ///< none: it is found from --web.listen-address or process 1
  std::string ca_file, cert_file, key_file;
  std::string username, password_file;
};

}  // namespace ganesha::exporter
