// The labels of a page of metrics. Recording replaces what they name.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

// What stands for the value of a label in the files.
using ReplaceValue = std::function<std::string(std::string_view label, const std::string& value)>;

// The page, of Prometheus' text format, with each label's value replaced. Not as strict as what reads pages:
// what is wrong in the page stays, for a report of just that.
std::string replace_label_values(std::string_view page, const ReplaceValue& replace);

}  // namespace ganesha::exporter
