// What OpenSSL reads and writes in a TlsTransport: a socket that never blocks, raises no SIGPIPE, and is not
// read without end in one turn of the loop.
#pragma once

#include <openssl/bio.h>

#include <cstddef>

namespace ganesha::exporter {

struct BioSocket {
  int descriptor = -1;       ///< -1: closed
  std::size_t may_read = 0;  ///< bytes in this turn; beyond: as if there were no more yet
  int send_flags = 0;        ///< besides those that each write has
  bool ended = false;        ///< the client has closed, or the connection is broken
};

/// `socket` must outlive it. Null without memory.
BIO* make_socket_bio(BioSocket& socket);

}  // namespace ganesha::exporter
