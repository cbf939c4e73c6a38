// Which format and encoding a scraper gets, told from its Accept and Accept-Encoding headers.
// routes.cpp asks once a scrape.
#pragma once

#include <string>
#include <string_view>

namespace ganesha::exporter {

enum class Format { text, openmetrics };

struct Negotiated {
  Format format = Format::text;
  std::string content_type;  ///< the whole value of the Content-Type header
};

/// The best match by q-value, the earlier one of equals; text 0.0.4 when nothing matches. Repeats the
/// scraper's `escaping` where it leaves names of [a-z0-9_] as they are, else `escaping=underscores`.
Negotiated negotiate(std::string_view accept);

/// Whether gzip (or *) is listed with a q-value above 0.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace ganesha::exporter
