// A password's hash, for tests that log in nobody.
#pragma once

#include <string>

namespace ganesha::exporter {

inline const std::string hash = "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu";

}  // namespace ganesha::exporter
