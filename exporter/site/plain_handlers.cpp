// The short pages: health, readiness, reload, and the files of the status page.
#include <algorithm>
#include <chrono>

#include "exporter/base/url.hpp"
#include "exporter/http/response.hpp"
#include "exporter/site/page_response.hpp"
#include "exporter/site/pages.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;

asio::awaitable<HttpResponse> health_handler(const SiteContext& context, HttpRequest) {
  const HealthStatus state = context.site.state();
  co_return state.lost.empty() ? plain_response(200, "ganesha_exporter is healthy")
                               : plain_response(503, state.lost);
}

asio::awaitable<HttpResponse> readiness_handler(const SiteContext& context, HttpRequest) {
  const HealthStatus state = context.site.state();
  co_return state.ready ? plain_response(200, "NFS-Ganesha is up and polled")
                        : plain_response(503, why_not_ready(state));
}

asio::awaitable<HttpResponse> reload_handler(const SiteContext& context, HttpRequest) {
  if (!context.site.reload)
    co_return plain_response(403, "Reloading is not allowed; --web.enable-lifecycle allows it");
  if (!context.reloads->take(std::chrono::steady_clock::now()))
    co_return busy_response("there was a reload less than a second ago", 429);
  const std::string error = co_await context.site.reload();
  co_return error.empty() ? plain_response(200, context.site.reloaded) : plain_response(500, error);
}

asio::awaitable<HttpResponse> static_file_handler(const SiteContext& context, HttpRequest request) {
  const auto file = std::ranges::find(context.site.files, percent_decoded(request.path), &StaticFile::path);
  std::vector<Chunk> body{file->content};
  co_return page_response(file->type, std::move(body), "public, max-age=31536000, immutable");
}

}  // namespace ganesha::exporter
