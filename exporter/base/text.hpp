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

/// Whether a character is not seen, or changes the order in which others are shown: a name that holds it can
/// look like another one.
bool is_deceptive(char32_t c);

/// Whether all of it is UTF-8.
bool is_utf8(std::string_view text);

/// UTF-8 in which control characters and deceptive ones are written as \u202e, and U+FFFD stands for bytes
/// that are not UTF-8.
std::string visible(std::string_view text);

/// For names and other text from outside that a page shows: visible(), escaped.
std::string escape_for_display(std::string_view text);

}  // namespace ganesha::exporter
