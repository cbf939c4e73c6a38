// A piece of a page: the metrics make them, HTTP sends them.
#pragma once

#include <memory>
#include <string>

namespace ganesha::exporter {

/// Shared between responses and never copied.
using Chunk = std::shared_ptr<const std::string>;

}  // namespace ganesha::exporter
