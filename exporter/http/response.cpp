#include "exporter/http/response.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <memory>

#include "exporter/base/utc.hpp"

namespace ganesha::exporter {
namespace {

struct Reason {
  unsigned status;
  std::string_view text;
};

constexpr std::array reasons{Reason{200, "OK"},
                             Reason{400, "Bad Request"},
                             Reason{401, "Unauthorized"},
                             Reason{403, "Forbidden"},
                             Reason{404, "Not Found"},
                             Reason{405, "Method Not Allowed"},
                             Reason{411, "Length Required"},
                             Reason{413, "Content Too Large"},
                             Reason{417, "Expectation Failed"},
                             Reason{429, "Too Many Requests"},
                             Reason{431, "Request Header Fields Too Large"},
                             Reason{500, "Internal Server Error"},
                             Reason{503, "Service Unavailable"}};

}  // namespace

std::string_view reason_of(unsigned status) {
  for (const Reason& reason : reasons)
    if (reason.status == status) return reason.text;
  return "Unknown";
}

HttpResponse plain_response(unsigned status, std::string_view text) {
  auto line = std::make_shared<std::string>(text.empty() ? reason_of(status) : text);
  *line += '\n';
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body.push_back(std::move(line));
  return response;
}

HttpResponse busy_response(std::string_view why, unsigned status) {
  HttpResponse response = plain_response(status, why);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string head_of(const HttpResponse& response, Persistence persistence) {
  std::size_t length = 0;
  for (const Chunk& chunk : response.body) length += chunk->size();
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  head += "Date: " + utc_text(std::time(nullptr), "%a, %d %b %Y %H:%M:%S GMT") + "\r\n";
  head += fmt::format("Content-Length: {}\r\n", length);
  if (persistence == Persistence::close) head += "Connection: close\r\n";
  if (persistence == Persistence::keep_http10) head += "Connection: keep-alive\r\n";
  return head + "\r\n";
}

}  // namespace ganesha::exporter
