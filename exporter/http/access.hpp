// Who gets an answer: rate limit, passwords, and the headers added to each response. Exporter owns one and
// puts it around the handler of all pages; the settings come from the web configuration.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "exporter/http/access_settings.hpp"
#include "exporter/http/message.hpp"

namespace ganesha::exporter {

class Access {
 public:
  /// Until configure() everybody may read all. Requests for `open_paths` need no password and no token of the
  /// rate limit. All calls come from `loop`, which is single-threaded.
  Access(boost::asio::any_io_executor loop, std::vector<std::string> open_paths);
  /// Waits for a password check that is under way: see idle().
  ~Access();
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  /// `next` with these checks in front. May outlive the Access; then no password is accepted any more.
  HttpHandler guard(HttpHandler next) const;

  /// From the next request on. All hashes are usable_hash() (bcrypt.hpp). What is known of a password holds
  /// on while its user's hash stays the same. If it throws std::bad_alloc, nothing has changed.
  void configure(AccessSettings settings);

  /// Until the next configure() all but `open_paths` is answered with 503 and `why`.
  void close(std::string why);

  /// False while a password check is under way: it cannot be interrupted and may take seconds.
  bool idle() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ganesha::exporter
