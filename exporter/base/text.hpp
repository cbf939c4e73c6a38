// Small operations on text that several rooms need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganesha::exporter {

/// Without the blanks and tabs at both ends.
std::string_view trim(std::string_view text);

/// The parts between separators; one part, perhaps empty, where there is no separator.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The other way round: `a, b, c`.
std::string joined(const std::vector<std::string>& parts, std::string_view separator);

/// ASCII letters alone.
char to_lower(char c);
std::string to_lower(std::string_view text);

/// Whether `text` holds `part`, in upper or lower case.
bool contains_ignoring_case(std::string_view text, std::string_view part);

/// For text and quoted attributes of HTML and XML; control characters become U+FFFD.
std::string escape_markup(std::string_view text);

}  // namespace ganesha::exporter
