// Reads the small files of a configuration: none of them may be a pipe, a device or endless.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace ganesha::exporter {

/// The content of a regular file of at most `most` bytes; throws std::runtime_error that begins with the
/// file's name. Never waits for a pipe or a device.
std::string read_file(const std::filesystem::path& file, std::size_t most);

}  // namespace ganesha::exporter
