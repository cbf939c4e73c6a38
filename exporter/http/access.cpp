#include "exporter/http/access.hpp"

#include <utility>

namespace ganesha::exporter {

struct Access::State {
  std::vector<std::string> open_paths;
  AccessSettings settings;
};

Access::Access(boost::asio::any_io_executor, std::vector<std::string> open_paths)
    : state_(std::make_shared<State>()) {
  state_->open_paths = std::move(open_paths);
}

Access::~Access() = default;

HttpHandler Access::guard(HttpHandler next) const { return next; }

void Access::configure(AccessSettings settings) { state_->settings = std::move(settings); }

bool Access::idle() const { return true; }

}  // namespace ganesha::exporter
