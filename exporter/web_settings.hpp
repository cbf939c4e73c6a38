// The web configuration in force: what --web.config.file says, put into the HTTP server. Exporter owns one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "exporter/base/log.hpp"
#include "exporter/http/access.hpp"
#include "exporter/http/server.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/web_config/reload.hpp"

namespace ganesha::exporter {

// What becomes of the start if the file is wrong. Health alone is for run mode: our file must not keep
// Ganesha from starting, and must not open the pages either.
enum class IfWrong { fail, serve_health_alone };

class WebSettings {
 public:
  // With an empty `file` the server stays as it is: plain, and open to all. `loop` runs the requests.
  WebSettings(boost::asio::any_io_executor loop, const std::string& file, Log& log);

  // The handler of all pages, for those whom the settings let in.
  HttpHandler guard(HttpHandler pages) const { return access_.guard(std::move(pages)); }
  // False while a password is checked or a file is read, which cannot be interrupted.
  bool idle() const { return access_.idle() && reads_ended_ == reads_begun_; }

  // Reads the file for `server`, which must live as long as this is used. IfWrong::fail: throws
  // std::runtime_error.
  void load(HttpServer& server, IfWrong then);
  // Reads it again. Returns what is wrong; empty: nothing. The loop does not wait for the file system.
  boost::asio::awaitable<std::string> reload();
  // The same, if a file has changed; returns once it is known.
  boost::asio::awaitable<void> look();
  // Nothing where there is no file.
  std::optional<ConfigReload> last_reload() const;

 private:
  using Seen = std::optional<WebConfigReload::Reading>;
  struct Answer;

  WebConfigReload::Apply prepare(const WebConfig& config);
  WebConfigReload::Reading first_reading(IfWrong then);
  boost::asio::awaitable<Seen> read(WebConfigReload::Look look);
  boost::asio::awaitable<void> read_into(std::shared_ptr<Answer> answer);
  bool file_system_hangs() const;
  std::uint64_t note_read_begins();
  void note_read_ended(std::uint64_t number);

  boost::asio::any_io_executor loop_;
  Log& log_;
  Access access_;
  HttpServer* server_ = nullptr;
  std::optional<WebConfigReload> reload_;
  // The reader takes one after the other: with a read, all before it have ended.
  std::uint64_t reads_begun_ = 0, reads_ended_ = 0;
  std::chrono::steady_clock::time_point reading_since_;  // the oldest of those that have not ended
  std::optional<boost::asio::thread_pool> reader_;       // where there is a file
};

// Throws std::runtime_error if the file, or one that it names, is wrong. An empty `file` is right.
void check_web_config(const std::string& file);

}  // namespace ganesha::exporter
