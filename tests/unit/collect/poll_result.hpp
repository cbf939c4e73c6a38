// What a poll brings, for tests that only ask whether it was complete.
#pragma once

#include <memory>

#include "exporter/model/snapshot.hpp"

namespace ganesha::test {

inline exporter::SnapshotPtr poll_result(bool complete) {
  auto made = std::make_shared<exporter::Snapshot>();
  made->complete = complete;
  return made;
}

}  // namespace ganesha::test
