// The server's side of TLS: certificate, key and the rules for clients, made of TlsSettings. OpenSSL's
// headers stay in the .cpp files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exporter/http/tls_settings.hpp"

struct ssl_ctx_st;

namespace ganesha::exporter {

class TlsContext {
 public:
  /// Reads the files. Throws std::runtime_error with one line that names the file or setting, and what is
  /// wrong with it.
  explicit TlsContext(const TlsSettings& settings);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Lives as long as this.
  ssl_ctx_st* native() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };

  TlsSettings settings_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace ganesha::exporter
