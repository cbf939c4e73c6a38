#include "exporter/http/response.hpp"

#include <array>
#include <cstddef>
#include <ctime>
#include <memory>

namespace ganesha::exporter {
namespace {

struct Reason {
  unsigned status;
  std::string_view text;
};

constexpr std::array reasons{Reason{200, "OK"},
                             Reason{400, "Bad Request"},
                             Reason{404, "Not Found"},
                             Reason{405, "Method Not Allowed"},
                             Reason{411, "Length Required"},
                             Reason{413, "Content Too Large"},
                             Reason{417, "Expectation Failed"},
                             Reason{431, "Request Header Fields Too Large"},
                             Reason{500, "Internal Server Error"},
                             Reason{503, "Service Unavailable"}};

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

std::string_view reason_of(unsigned status) {
  for (const Reason& reason : reasons)
    if (reason.status == status) return reason.text;
  return "Unknown";
}

HttpResponse plain_answer(unsigned status, std::string_view text) {
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

std::string header_of(const HttpResponse& response, Persistence persistence) {
  std::size_t length = 0;
  for (const Chunk& chunk : response.body) length += chunk->size();
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text.append(reason_of(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  text += "Date: " + http_date() + "\r\n";
  text += "Content-Length: " + std::to_string(length) + "\r\n";
  if (persistence == Persistence::close) text += "Connection: close\r\n";
  if (persistence == Persistence::keep_http10) text += "Connection: keep-alive\r\n";
  return text + "\r\n";
}

}  // namespace ganesha::exporter
