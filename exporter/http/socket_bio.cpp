#include "exporter/http/socket_bio.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace ganesha::exporter {
namespace {

struct FreeMethod {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};
using Method = std::unique_ptr<BIO_METHOD, FreeMethod>;

BioSocket& socket_of(BIO* bio) { return *static_cast<BioSocket*>(BIO_get_data(bio)); }

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int read(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  BioSocket& socket = socket_of(bio);
  BIO_clear_retry_flags(bio);
  size = std::min(size, socket.may_read);
  const ssize_t result = size > 0 ? ::recv(socket.descriptor, into, size, 0) : -1;
  if (size == 0 || (result < 0 && must_wait())) {
    BIO_set_retry_read(bio);
    return 0;
  }
  socket.ended = result <= 0;
  *got = result > 0 ? static_cast<std::size_t>(result) : 0;
  socket.may_read -= *got;
  return result > 0 ? 1 : 0;
}

int write(BIO* bio, const char* from, std::size_t size, std::size_t* sent) {
  BioSocket& socket = socket_of(bio);
  BIO_clear_retry_flags(bio);
  const ssize_t result = ::send(socket.descriptor, from, size, MSG_NOSIGNAL | socket.send_flags);
  if (result < 0 && must_wait()) {
    BIO_set_retry_write(bio);
    return 0;
  }
  socket.ended = result <= 0;
  *sent = result > 0 ? static_cast<std::size_t>(result) : 0;
  return result > 0 ? 1 : 0;
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

Method make_method() {
  Method method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of the exporter"));
  if (!method) return nullptr;
  BIO_meth_set_read_ex(method.get(), read);
  BIO_meth_set_write_ex(method.get(), write);
  BIO_meth_set_ctrl(method.get(), control);
  return method;
}

}  // namespace

BIO* make_socket_bio(BioSocket& socket) {
  static const Method method = make_method();
  BIO* const bio = method ? BIO_new(method.get()) : nullptr;
  if (!bio) return nullptr;
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace ganesha::exporter
