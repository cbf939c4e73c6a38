// Answers as bytes: the status line and headers that go before a body, and plain text answers.
// http_connection.cpp sends what stands here; routes.cpp makes its short answers with it.
#pragma once

#include <string>
#include <string_view>

#include "exporter/http/message.hpp"

namespace ganesha::exporter {

/// What becomes of the connection after an answer; HTTP/1.0 clients must be told that it stays.
enum class Persistence { close, keep, keep_http10 };

/// "Not Found" for 404; "Unknown" for a status we never send.
std::string_view reason_of(unsigned status);

/// An answer of one line of text, with the newline added here; the status's reason when `text` is empty.
HttpResponse plain_answer(unsigned status, std::string_view text = {});

/// Status line and headers, with Date, Content-Length and Connection, up to the blank line and with it.
std::string header_of(const HttpResponse& response, Persistence persistence);

}  // namespace ganesha::exporter
