#include "exporter/http/tls_transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <new>
#include <utility>

#include "exporter/http/handshake_pace.hpp"
#include "exporter/http/pem.hpp"
#include "exporter/http/record_pieces.hpp"
#include "exporter/http/socket_bio.hpp"
#include "exporter/http/tls_context.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Of one turn of the loop.
constexpr std::size_t most_read = std::size_t{64} * 1024;
constexpr int most_records = 16;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Ssl = std::unique_ptr<SSL, FreeSsl>;

class TlsTransport final : public Transport {
 public:
  TlsTransport(Socket socket, std::shared_ptr<const TlsContext> context, std::shared_ptr<HandshakePace> pace)
      : Transport(std::move(socket)), context_(std::move(context)), pace_(std::move(pace)) {}

  std::string failure() const override { return failure_; }

 private:
  // Not before the client has sent something: a silent one takes no memory.
  void start() {
    ssl_.reset(SSL_new(context_->native()));
    BIO* const bio = ssl_ ? make_socket_bio(bio_socket_) : nullptr;
    if (!bio) throw std::bad_alloc();
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
  }

  // Before each call of OpenSSL: after close() another connection may have the same descriptor.
  void prepare() {
    ERR_clear_error();
    bio_socket_.descriptor = native_handle();
    bio_socket_.may_read = most_read;
    bio_socket_.send_flags = 0;
  }

  bool in_handshake() const { return !ssl_ || !SSL_is_init_finished(ssl_.get()); }

  std::chrono::steady_clock::time_point turn_to_read(error_code& ec) override {
    if (!in_handshake()) return {};
    const auto turn = pace_->reserve(std::chrono::steady_clock::now());
    if (turn) return *turn;
    failure_ = "too many others wait for their handshakes";
    ec = asio::error::connection_aborted;
    return {};
  }

  std::size_t try_read(asio::mutable_buffer buffer, error_code& ec) override {
    if (!ssl_) start();
    prepare();
    const bool is_step = in_handshake();
    const auto begin = std::chrono::steady_clock::now();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
    if (is_step) pace_->took(std::chrono::steady_clock::now() - begin);
    ec = result == 1 ? error_code() : error_of(result);
    return got;
  }

  std::size_t try_write(const Buffers& buffers, error_code& ec) override {
    RecordPieces pieces(buffers);
    asio::const_buffer piece;
    std::size_t written = 0;
    ec = {};
    for (int i = 0; i < most_records && !ec; ++i) {
      if (piece.size() == 0) piece = pieces.next();
      if (piece.size() == 0) break;
      // The kernel then makes large packets of several records, and wakes the client less often.
      const int flags = pieces.more() && i + 1 < most_records ? MSG_MORE : 0;
      const std::size_t sent = write_record(piece, flags, ec);
      piece += sent;
      written += sent;
    }
    if (ec == asio::error::would_block && written > 0) ec = {};
    return written;
  }

  // The first record of it, or nothing. A client may ask for records smaller than a piece.
  std::size_t write_record(asio::const_buffer piece, int flags, error_code& ec) {
    prepare();
    bio_socket_.send_flags = flags;
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &written);
    if (result != 1) ec = error_of(result);
    return written;
  }

  error_code error_of(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        awaited_ = Socket::wait_read;
        return asio::error::would_block;
      case SSL_ERROR_WANT_WRITE:
        awaited_ = Socket::wait_write;
        return asio::error::would_block;
      case SSL_ERROR_ZERO_RETURN:
        return asio::error::eof;
      default:
        fail();
        return asio::error::connection_aborted;
    }
  }

  // OpenSSL has sent an alert, unless the client would not understand it.
  void fail() {
    broken_ = true;
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) refuse_plain_http();
    if (in_handshake() && !bio_socket_.ended) failure_ = openssl_reason();
  }

  void refuse_plain_http() const {
    static constexpr std::string_view response =
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    ::send(bio_socket_.descriptor, response.data(), response.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  bool has_input() const override { return ssl_ && SSL_pending(ssl_.get()) > 0; }

  void before_shutdown() override {
    if (broken_ || in_handshake()) return;
    prepare();
    SSL_shutdown(ssl_.get());
  }

  std::shared_ptr<const TlsContext> context_;
  std::shared_ptr<HandshakePace> pace_;
  BioSocket bio_socket_;
  Ssl ssl_;
  bool broken_ = false;
  std::string failure_;
};

}  // namespace

std::unique_ptr<Transport> make_tls_transport(Transport::Socket socket,
                                              std::shared_ptr<const TlsContext> context,
                                              std::shared_ptr<HandshakePace> pace) {
  return std::make_unique<TlsTransport>(std::move(socket), std::move(context), std::move(pace));
}

}  // namespace ganesha::exporter
