// Responses as bytes: the status line and headers before a body; and responses of plain text.
// The session sends them; the site's handlers make their short responses with plain_response().
#pragma once

#include <string>
#include <string_view>

#include "exporter/http/message.hpp"

namespace ganesha::exporter {

/// What happens to the connection after a response; HTTP/1.0 clients need a header to keep it.
enum class Persistence { close, keep, keep_http10 };

/// "Not Found" for 404; "Unknown" for a status we never send.
std::string_view reason_of(unsigned status);

/// One line of text, to which a newline is added; the reason of the status when `text` is empty.
HttpResponse plain_response(unsigned status, std::string_view text = {});

/// 503, or 429 where the client asks too often, with Retry-After: the same request may succeed a second
/// later.
HttpResponse busy_response(std::string_view why, unsigned status = 503);

/// Status line and headers, with Date, Content-Length and Connection, up to and including the blank line.
std::string head_of(const HttpResponse& response, Persistence persistence);

}  // namespace ganesha::exporter
