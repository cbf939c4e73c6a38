#include "exporter/http/passwords.hpp"

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "exporter/http/bcrypt.hpp"
#include "exporter/http/redirect_to.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace {

// Of an unknown user: the hash of a known one, chosen by the name, so that the costs of hashes cannot show
// which names are known.
const std::string& decoy(const Users& users, const PasswordKey& name) {
  std::size_t number = 0;
  std::memcpy(&number, name.data(), sizeof number);
  return std::next(users.begin(), static_cast<std::ptrdiff_t>(number % users.size()))->second;
}

// An attack keeps the thread busy: the pages, and Ganesha beside them, go before. Of the calling thread
// alone.
void yield_to_others() {
  constexpr int a_third = 5;
  ::setpriority(PRIO_PROCESS, 0, a_third);
}

}  // namespace

struct Passwords::Candidate {
  std::string user, hash;
  bool known;
  PasswordKey key;
};

struct Passwords::Check {
  Check(const asio::any_io_executor& loop, Candidate from, std::string plain)
      : candidate(std::move(from)),
        password(std::move(plain)),
        done(loop, asio::steady_timer::time_point::max()) {}
  ~Check() { wipe(password); }

  Candidate candidate;
  std::string password;
  std::optional<Verdict> verdict;
  asio::steady_timer done;  // cancelled when there is a verdict
};

Passwords::Passwords(asio::any_io_executor loop, Match match)
    : loop_(std::move(loop)), match_(std::move(match)) {
  asio::post(thread_, yield_to_others);
}

asio::awaitable<Verdict> Passwords::check(std::shared_ptr<const Users> users, Credentials credentials,
                                          std::string client) {
  const auto self = shared_from_this();
  Candidate wanted = candidate(*users, credentials);
  if (right_.contains(wanted.key)) co_return Verdict::right;
  if (wrong_.contains(wanted.key)) co_return Verdict::wrong;
  const CheckPtr check = find_or_queue(std::move(wanted), std::move(credentials.password), client);
  boost::system::error_code ignored;
  if (!check->verdict) co_await check->done.async_wait(redirect_to(ignored));
  co_return check->verdict.value_or(Verdict::busy);
}

// The work is the same for known and unknown users.
Passwords::Candidate Passwords::candidate(const Users& users, const Credentials& credentials) const {
  const auto found = users.find(credentials.user);
  const bool known = found != users.end();
  const PasswordKey pick = keys_.key_of({credentials.user});
  const std::string& other = decoy(users, pick);
  const std::string& hash = known ? found->second : other;
  const std::string_view kind = known ? "known" : "other";
  // Without the bytes that do not count: a hash would have any number of right passwords to remember.
  const auto password = std::string_view(credentials.password).substr(0, longest_bcrypt_password);
  return {credentials.user, hash, known, keys_.key_of({kind, credentials.user, hash, password})};
}

Passwords::CheckPtr Passwords::find_or_queue(Candidate candidate, std::string password,
                                             const std::string& client) {
  const auto found = open_.find(candidate.key);
  if (found != open_.end()) {
    wipe(password);
    return found->second;
  }
  auto check = std::make_shared<Check>(loop_, std::move(candidate), std::move(password));
  open_.emplace(check->candidate.key, check);
  if (const auto dropped = queue_.push(client, check)) finish(*dropped, Verdict::busy);
  run_next();
  return check;
}

void Passwords::run_next() {
  if (running_) return;
  auto next = queue_.pop();
  if (!next) return;
  running_ = true;
  asio::post(thread_,
             [weak = weak_from_this(), match = match_, loop = loop_, check = std::move(*next)]() mutable {
               const bool same = match(check->password, check->candidate.hash);
               const auto verdict = same && check->candidate.known ? Verdict::right : Verdict::wrong;
               asio::post(loop, [weak = std::move(weak), verdict, check = std::move(check)] {
                 const auto self = weak.lock();
                 if (!self) return;
                 self->running_ = false;
                 self->remember(check->candidate, verdict);
                 self->finish(check, verdict);
                 self->run_next();
               });
             });
}

void Passwords::finish(const CheckPtr& check, Verdict verdict) {
  check->verdict = verdict;
  check->done.cancel();
  wipe(check->password);
  open_.erase(check->candidate.key);
}

void Passwords::remember(const Candidate& candidate, Verdict verdict) {
  const auto user = users_.find(candidate.user);
  const bool holds = user != users_.end() && user->second == candidate.hash;
  if (verdict == Verdict::wrong) wrong_.insert(candidate.key);
  if (verdict == Verdict::right && holds)
    right_.emplace(candidate.key, RightPassword{candidate.user, candidate.hash});
}

void Passwords::keep(Users users) noexcept {
  if (users == users_) return;
  users_ = std::move(users);
  wrong_.clear();
  std::erase_if(right_, [&](const auto& entry) {
    const auto user = users_.find(entry.second.user);
    return user == users_.end() || user->second != entry.second.hash;
  });
}

void Passwords::stop() {
  thread_.stop();
  thread_.join();
}

}  // namespace ganesha::exporter
