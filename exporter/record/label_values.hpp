// The labels of a page of metrics. Recording replaces what they name.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

// The page, of Prometheus' text format, with each label's value replaced by what `replace` makes of it. What
// is wrong in the page stays as it is, for a report of just that.
std::string replace_label_values(std::string_view page,
                                 const std::function<std::string(const std::string& value)>& replace);

}  // namespace ganesha::exporter
