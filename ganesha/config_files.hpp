// The files that a ganesha.conf consists of. Bounded: only regular files are read, and no more than the
// limits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha {

constexpr std::size_t largest_config_file = 16U << 20U;
constexpr std::size_t largest_config = 64U << 20U;  // all files of one
constexpr std::size_t most_config_files = 65'536;

// The content of a regular file; never waits for a pipe or a device. Throws std::runtime_error that names the
// file and the cause.
std::string config_file_content(const std::string& file);

// The names that %dir takes: the regular files of a folder, or those that match the pattern after its last
// slash, in the order in which the server parses them. Throws std::runtime_error where the folder cannot be
// read.
std::vector<std::string> files_of_dir(std::string_view folder_or_pattern);

}  // namespace ganesha
