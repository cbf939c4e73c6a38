// A limit of concurrent requests of one kind.
#pragma once

#include <memory>
#include <string_view>

#include "exporter/http/message.hpp"

namespace ganesha::exporter {

class RequestLimit {
 public:
  /// Counts as long as it lives.
  using Slot = std::shared_ptr<void>;

  /// 0: no limit.
  explicit RequestLimit(unsigned limit) : limit_(limit) {}

  /// Null when `limit` requests are running.
  Slot acquire() const;

 private:
  unsigned limit_;
  std::shared_ptr<unsigned> running_ = std::make_shared<unsigned>(0);
};

/// 503: "more than 40 status requests at once (--web.max-requests)".
HttpResponse too_many(unsigned limit, std::string_view requests);

}  // namespace ganesha::exporter
