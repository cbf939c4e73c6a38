// Reads the server's own page of metrics and maps it to our names by the table of
// model/built_in_families.hpp. Pure; the fetcher calls it on the worker.
#pragma once

#include <string_view>

#include "exporter/built_in/labels.hpp"
#include "exporter/built_in/text_format.hpp"
#include "exporter/model/built_in_page.hpp"
#include "exporter/model/selection.hpp"

namespace ganesha::exporter {

/// `text` is the body of the reply, `taken` the time when it came: clients that have been idle for too long
/// then are not shown. `selection` selects exports where there is no bus; see BuiltInPage. The error is one
/// line that says what is wrong with the page.
PageResult<BuiltInPage> read_page(std::string_view text, const Selection& selection,
                                  dbus::WallTime taken = {}, BesideBus beside = BesideBus::yes);

}  // namespace ganesha::exporter
