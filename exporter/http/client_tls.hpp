// HttpClient's side of TLS.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

#include "exporter/http/client_settings.hpp"

namespace ganesha::exporter {

/// Reads the files of the settings. Throws std::runtime_error that names the file.
std::shared_ptr<boost::asio::ssl::context> make_client_tls(const ClientSettings& settings);

/// The server must have a certificate for its name, a host name or an address. Throws std::runtime_error.
void expect_server(SSL* connection, const ClientSettings& settings);

/// Why the handshake failed with `ec`: what is wrong with the server's certificate, if that is it.
boost::system::error_code handshake_error(const SSL* connection, const boost::system::error_code& ec);

}  // namespace ganesha::exporter
