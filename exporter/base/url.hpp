// Percent-encoding and the parameters of a URL, by hand: Boost.URL 1.81 refuses the brackets of `collect[]=`
// and letters such as ö, which people type into a URL.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ganesha::exporter {

/// Of a path. An invalid escape is kept unchanged.
std::string percent_decoded(std::string_view text);

/// The reverse, for a path or for a name or value of a parameter.
std::string percent_encoded(std::string_view text);

/// Names and values, decoded, in their order.
std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view query);

/// The values of one parameter, in their order.
std::vector<std::string> values_of(std::string_view query, std::string_view name);

}  // namespace ganesha::exporter
