// The exporter that --healthcheck and `top` ask: where it listens and how to speak to it, from the flags or
// from process 1. main.cpp makes a client of it.
#pragma once

#include <filesystem>
#include <string>

#include "exporter/http/client_settings.hpp"
#include "exporter/model/options.hpp"

namespace ganesha::exporter {

// What it is asked for: an address for probes answers only about its health.
enum class Question { health, status };

struct AskedExporter {
  ClientSettings settings;
  // Why the flags of process 1 are not known, or not all of them, and what is asked then; empty: they are.
  std::string problem;
};

// `process` is the directory of process 1. Throws std::runtime_error: a file cannot be read, or the exporter
// cannot be asked without further flags.
AskedExporter asked_exporter(const Options& flags, Question question,
                             const std::filesystem::path& process = "/proc/1");

}  // namespace ganesha::exporter
