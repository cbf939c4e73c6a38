// The files that the status page goes with. They are part of the program; their paths change with their
// content, so that a browser may keep them for ever.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ganesha::exporter {

struct Asset {
  std::string_view name;  // as in the source tree: page.css
  std::string_view path;  // /static/HASH/page.css
  std::string_view type;
  std::string_view content;
};

std::span<const Asset> assets();
std::string asset_path(std::string_view name);

}  // namespace ganesha::exporter
