// The live view: one loop woken by keys, signals and responses of the exporter alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <optional>

#include "exporter/top/status_client.hpp"
#include "exporter/top/terminal.hpp"

namespace ganesha::exporter::top {

class Session {
 public:
  /// Makes its first request before it takes the terminal; that fails like ask().
  Session(boost::asio::io_context& loop, const HttpClient& exporter, const TopOptions& flags,
          Charset charset);

  /// Until the person quits, a signal ends it, or `flags.iterations` are over.
  void run();

 private:
  boost::asio::awaitable<void> refresh_forever();
  boost::asio::awaitable<void> refresh();
  boost::asio::awaitable<void> wait();
  void refresh_soon();
  void wait_for_keys();
  bool handle_keys();  ///< false: the end
  void wait_for_signals();
  void handle_signal(int signal);
  void stop_until_continued();
  void draw();

  boost::asio::io_context& loop_;
  const HttpClient& exporter_;
  const TopOptions flags_;
  const Charset charset_;
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor keys_;
  boost::asio::steady_timer pause_;
  std::optional<Terminal> terminal_;
  View view_;
  StatusSnapshot snapshot_;
  unsigned refreshes_ = 0;
  bool refresh_now_ = false;
};

}  // namespace ganesha::exporter::top
