#include "exporter/http/session.hpp"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "exporter/http/handler_run.hpp"
#include "exporter/http/request_reader.hpp"
#include "exporter/http/response.hpp"
#include "exporter/http/response_writer.hpp"
#include "exporter/http/shared.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Without a limit of what is unsent, the kernel holds megabytes for each client that does not read. Neither
// option exists for unix sockets.
void set_tcp_options(int socket, std::size_t unsent) {
  const int at_once = 1;
  const int limit = static_cast<int>(unsent);
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &limit, sizeof limit);
}

class ServerSession final : public HttpSession {
 public:
  ServerSession(std::unique_ptr<Transport> transport, Place given, std::shared_ptr<HttpShared> shared)
      : transport_(std::move(transport)),
        shared_(std::move(shared)),
        tls_(shared_->tls),
        reader_(*transport_, shared_->options) {
    set_tcp_options(transport_->native_handle(), shared_->options.unsent);
    if (const auto client = transport_->client()) {
      client_ = client->to_string();
      network = network_of(*client);
    }
    place = given;
    ++shared_->sessions;
  }
  ~ServerSession() override {
    shared_->table.remove(*this);
    --shared_->sessions;
    if (shared_->stopping && shared_->sessions == 0) shared_->all_closed.cancel();
  }

  void close() override {
    transport_->close();
    if (writer_) writer_->abandon();
  }

  void check_progress(TimePoint now) override {
    int unread = 0;
    if (::ioctl(transport_->native_handle(), SIOCOUTQ, &unread) != 0) return;
    if (unread < std::exchange(unread_, unread)) ConnectionTable::progressed(*this, now);
  }

  asio::awaitable<void> run() override {
    bool more = true;
    while (more && !shared_->stopping) {
      more = co_await reader_.wait();
      if (more) more = co_await exchange();
    }
    shared_->log_handshake_failure(client_, transport_->failure());
    co_await linger();
  }

 private:
  void enter(Phase next) { shared_->table.enter(*this, next, std::chrono::steady_clock::now()); }

  // One request and its response. True when the connection can carry another.
  asio::awaitable<bool> exchange() {
    enter(Phase::request);
    ReadRequest read = co_await reader_.read();
    if (read.refusal != 0) {
      HttpResponse refusal = plain_response(read.refusal);
      co_await send(std::move(refusal), Content::head_and_body, Persistence::close);
    }
    if (!read.whole) co_return false;

    enter(Phase::handling);
    read.request.place = place;
    read.request.client = client_;
    HttpResponse response = co_await respond(*shared_, std::move(read.request));
    const auto persistence = persistence_for(read);
    const bool sent = co_await send(std::move(response), read.content, persistence);
    if (sent) enter(Phase::idle);
    co_return (sent && persistence != Persistence::close && !accepted_by_other_rules());
  }

  Persistence persistence_for(const ReadRequest& read) const {
    const bool ends = shared_->stopping || place == Place::reserve || accepted_by_other_rules();
    return ends ? Persistence::close : read.persistence;
  }

  bool accepted_by_other_rules() const { return tls_ != shared_->tls; }

  // True when all was sent.
  asio::awaitable<bool> send(HttpResponse response, Content content, Persistence persistence) {
    if (shared_->observer.on_response) shared_->observer.on_response(response.status);
    std::string head = head_of(response, persistence);
    if (content == Content::head_only) response.body.clear();
    ResponseWriter writer(shared_->pages, std::move(head), std::move(response.body));
    error_code ec;
    // A client whose whole response the kernel takes is no reader that waits.
    writer.written(transport_->write_now(writer.buffers(), ec));
    if (ec || writer.done()) co_return !ec;
    const Writing writing(*this, writer);
    shared_->limit_readers();
    while (!writer.done() && !ec) {
      // The kernel may take a whole large page without a wait: others have their turn after each part of it.
      co_await asio::post(shared_->executor, asio::use_awaitable);
      const std::size_t sent = co_await transport_->write_some(writer.buffers(), ec);
      writer.written(sent);
      ConnectionTable::progressed(*this, std::chrono::steady_clock::now());
    }
    co_return !ec;
  }

  // Closing with input unread would send a reset that can overtake the response: let the client close first.
  // A place of the reserve is needed at once.
  asio::awaitable<void> linger() {
    error_code ec;
    enter(Phase::lingering);
    transport_->shutdown_send(ec);
    while (!ec && !shared_->stopping && place == Place::regular) co_await transport_->discard_some(ec);
  }

  // The session writes a response as long as it lives.
  class Writing {
   public:
    Writing(ServerSession& session, ResponseWriter& writer) : session_(session) {
      session.body_bytes = writer.body_bytes();
      session.writer_ = &writer;
      session.unread_ = 0;
      session.enter(Phase::writing);
    }
    ~Writing() { session_.writer_ = nullptr; }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    ServerSession& session_;
  };

  std::unique_ptr<Transport> transport_;
  std::shared_ptr<HttpShared> shared_;
  std::shared_ptr<const TlsContext> tls_;
  RequestReader reader_;
  std::string client_;
  ResponseWriter* writer_ = nullptr;  // while a response is written
  int unread_ = 0;                    // bytes that the kernel holds for the client
};

}  // namespace

std::shared_ptr<HttpSession> make_session(std::unique_ptr<Transport> transport, Place place,
                                          std::shared_ptr<HttpShared> shared) {
  auto& table = shared->table;
  auto session = std::make_shared<ServerSession>(std::move(transport), place, std::move(shared));
  // Not in its constructor: if this throws, its destructor must run.
  table.add(*session, std::chrono::steady_clock::now());
  return session;
}

}  // namespace ganesha::exporter
