// Checks passwords: by what is known of them, else by a thread of its own, one at a time. Access owns one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "exporter/http/credentials.hpp"
#include "exporter/http/fair_queue.hpp"
#include "exporter/http/lru_set.hpp"
#include "exporter/http/password_key.hpp"

namespace ganesha::exporter {

using Users = std::map<std::string, std::string>;  ///< name and bcrypt hash

enum class Verdict {
  right,
  wrong,
  busy,  ///< not checked: too many others wait
};

class Passwords : public std::enable_shared_from_this<Passwords> {
 public:
  /// Whether a password has a hash; blocks, and is called on the thread.
  using Match = std::function<bool(const std::string& password, const std::string& hash)>;

  static constexpr std::size_t most_waiting = 16, most_wrong = 1'000;

  /// All calls come from `loop`, which is single-threaded and does not run after stop().
  Passwords(boost::asio::any_io_executor loop, Match match);

  /// `users` is not empty. An unknown user costs as much as a wrong password, also the second time. `client`:
  /// whose requests take turns with those of others. Of equal credentials one is checked, for all that wait.
  boost::asio::awaitable<Verdict> check(std::shared_ptr<const Users> users, Credentials credentials,
                                        std::string client);
  /// Forgets what does not hold for these users: right passwords of others, and what was wrong.
  void keep(Users users) noexcept;
  /// False while the thread is busy.
  bool idle() const { return !running_; }
  /// Waits for the thread.
  void stop();

 private:
  struct Check;
  using CheckPtr = std::shared_ptr<Check>;

  struct Candidate;
  struct RightPassword {
    std::string user, hash;
  };

  Candidate candidate(const Users& users, const Credentials& credentials) const;
  CheckPtr find_or_queue(Candidate candidate, std::string password, const std::string& client);
  void run_next();
  void finish(const CheckPtr& check, Verdict verdict);
  void remember(const Candidate& candidate, Verdict verdict);

  boost::asio::any_io_executor loop_;
  Match match_;
  KeyMaker keys_;
  Users users_;  // those of keep()
  // One for each user, because a hash has one right password of 72 bytes at most.
  std::map<PasswordKey, RightPassword> right_;
  LruSet<PasswordKey> wrong_{most_wrong};
  FairQueue<CheckPtr> queue_{most_waiting};
  std::map<PasswordKey, CheckPtr> open_;  // those in the queue and the running one
  bool running_ = false;
  boost::asio::thread_pool thread_{1};
};

}  // namespace ganesha::exporter
