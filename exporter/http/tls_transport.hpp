// The server's end of a TLS connection.
#pragma once

#include <memory>

#include "exporter/http/transport.hpp"

namespace ganesha::exporter {

class HandshakePace;
class TlsContext;

/// The first read waits for the handshake too. A client that speaks plain HTTP gets a 400 in plain text.
std::unique_ptr<Transport> make_tls_transport(Transport::Socket socket,
                                              std::shared_ptr<const TlsContext> context,
                                              std::shared_ptr<HandshakePace> pace);

}  // namespace ganesha::exporter
