// The path and the parameters of a URL. routes.cpp and the status page's query read them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ganesha::exporter {

/// What is no valid escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus_is_blank);

/// The other way round, for a parameter's name or value.
std::string percent_encoded(std::string_view text);

/// Names and values, decoded, in their order.
std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view query);

/// The values of one parameter, in their order.
std::vector<std::string> values_of(std::string_view query, std::string_view name);

}  // namespace ganesha::exporter
