// Chooses format and encoding of a response by the Accept and Accept-Encoding headers. The handlers of site
// call it once per request.
#pragma once

#include <string>
#include <string_view>

namespace ganesha::exporter {

enum class Format { text, openmetrics };

struct Negotiated {
  Format format = Format::text;
  std::string content_type;  ///< value of the Content-Type header
};

/// The format with the highest q-value, the first of equal ones; text 0.0.4 if none matches. The content type
/// repeats the scraper's `escaping` if that keeps names of [a-z0-9_] unchanged, else it has
/// `escaping=underscores`.
Negotiated negotiate(std::string_view accept);

/// Whether gzip (or *) is listed with a q-value above 0.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace ganesha::exporter
